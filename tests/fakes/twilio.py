"""The fake provider's Messages API, and signed webhooks as Twilio would send them."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import aiohttp
from aiohttp import web

from core.clock import Clock
from tests.fakes.faults import Fault
from tests.fakes.provider import Accepted, FakeProvider, misbehave

ACCOUNT = "ACersatz00000000000000000000000000"
TOKEN = "ersatz-twilio-sleutel-0123456789"


_ENDED = ("delivered", "read", "undelivered", "failed", "received")


class FakeTwilio:
    """One account on a FakeProvider; `messages` is what it still holds, by sid."""

    def __init__(
        self, provider: FakeProvider, account: str = ACCOUNT, token: str = TOKEN, *, clock: Clock | None = None
    ) -> None:
        self.provider = provider
        self.account = account
        self.token = token
        self.messages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}  #: what people sent, by name
        self.seen: list[str | None] = []  #: the keys that came along to where files really are
        self.contents: dict[str, dict[str, Any]] = {}  #: by ContentSid; one that stands here not is taken as it is
        self.on_taken: Callable[[Accepted], Awaitable[None]] | None = None  #: before the answer goes out
        self._clock = clock or Clock()
        at = "/2010-04-01/Accounts/{account}/Messages"
        provider.app.router.add_post(f"{at}.json", self._create)
        provider.app.router.add_get(f"{at}.json", self._list)
        provider.app.router.add_post(f"{at}/{{sid}}.json", self._wipe)
        provider.app.router.add_delete(f"{at}/{{sid}}.json", self._delete)
        provider.app.router.add_get(f"{at}/{{sid}}/Media/{{name}}", self._media)
        provider.app.router.add_get("/copies/{name}", self._copy)

    def became(self, sid: str, status: str, code: int | None = None) -> None:
        """A message moved on, and nobody was told."""
        self.messages[sid] |= {"status": status, "error_code": code}

    async def report(
        self, message: Accepted, status: str, code: int | None = None, *, public: str = "", door: str = ""
    ) -> int:
        """Post a signed status callback for a message; gives the HTTP status of the answer.

        `door` is where the public address really listens, as a proxy would know.
        """
        url = str(message.fields["StatusCallback"])
        fields = status_fields(message.id, status, message.to, code=code)
        async with (
            aiohttp.ClientSession() as client,
            client.post(
                url.replace(public, door, 1), data=fields, headers={"X-Twilio-Signature": sign(self.token, url, fields)}
            ) as answer,
        ):
            return answer.status

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if not self.knows(request):
            return _unknown_account()
        fields = {name: str(value) for name, value in (await request.post()).items()}
        fault = self.provider.next_fault("Messages")
        if fault is not None and not fault.takes:
            await self.provider.wait()
            return await misbehave(request, fault, _body(fault))
        content = self.contents.get(fields.get("ContentSid", ""))
        if content is not None:
            shown = _shown(content, json.loads(fields.get("ContentVariables", "{}")))
            if shown is None:
                return refused(400, "The Content Variables parameter is invalid.", 21656)
            fields |= shown
        sid = "SM" + secrets.token_hex(16)
        self.provider.accept("Messages", fields["To"], fields.get("Body", ""), fields, sid)
        self.messages[sid] = _resource(sid, fields, self._clock.real())
        if self.on_taken is not None:
            await self.on_taken(self.provider.ledger[-1])
        await self.provider.wait()
        if fault is not None:
            return await misbehave(request, fault, self.messages[sid])
        return web.json_response(self.messages[sid], status=201)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        return await self._about(request, "list", lambda: self._listed(request.query["To"]))

    async def _wipe(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}

        def wipe() -> web.Response:
            message = self.messages.get(request.match_info["sid"])
            if message is None:
                return refused(404, "not found", 20404)
            if message["status"] not in _ENDED:
                return refused(409, "Resource not complete", 20009)
            message["body"] = form["Body"]
            return web.json_response(message)

        return await self._about(request, "wipe", wipe)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        def delete() -> web.Response:
            found = self.messages.pop(request.match_info["sid"], None)
            return web.Response(status=204) if found else refused(404, "not found", 20404)

        return await self._about(request, "delete", delete)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        """As Twilio: with the key it says where the file really is."""
        if not self.knows(request):
            return _unknown_account()
        raise web.HTTPTemporaryRedirect(f"/copies/{request.match_info['name']}")

    async def _copy(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.headers.get("Authorization"))
        content = self.files.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content, content_type="audio/ogg")

    def _listed(self, to: str) -> web.Response:
        mine = [message for message in self.messages.values() if message["to"] == to]
        return web.json_response({"messages": mine[::-1], "next_page_uri": None, "page": 0})

    async def _about(self, request: web.Request, method: str, answer: Callable[[], web.Response]) -> web.StreamResponse:
        """A call about messages that exist: it changes nothing for a person, so it isn't in the ledger."""
        if not self.knows(request):
            return _unknown_account()
        fault = self.provider.next_fault(method)
        if fault is not None:
            return await misbehave(request, fault, _body(fault))
        return answer()

    def knows(self, request: web.Request) -> bool:
        """Whether this call carries the account's key."""
        known = "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        account = request.match_info.get("account", self.account)
        return request.headers.get("Authorization") == known and account == self.account


def _resource(sid: str, fields: Mapping[str, str], at: datetime) -> dict[str, Any]:
    return {
        "sid": sid,
        "to": fields["To"],
        "body": fields.get("Body", "PIM Welkom"),
        "status": "queued",
        "direction": "outbound-api",
        "error_code": None,
        "num_segments": "1",
        "price": None,
        "date_created": format_datetime(at.replace(microsecond=0)),
        "date_sent": None,
    }


def _shown(content: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, str] | None:
    """What a person sees of a content: its text, and its answers as `label=id`; None where a variable is missing."""
    (form,) = content["types"].values()
    missing = {**content.get("variables", {})}.keys() - {name for name, value in variables.items() if value}
    if missing:
        return None

    def filled(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda hole: variables[hole[1]], text)

    answers = [(row.get("title") or row["item"], row["id"]) for row in form.get("actions") or form.get("items") or ()]
    shown = "|".join(f"{filled(label)}={filled(payload)}" for label, payload in answers)
    opens = {"Opens": filled(form["button"])} if "button" in form else {}
    return {"Body": filled(form["body"]), "Shown": shown, **opens}


def _unknown_account() -> web.Response:
    return refused(401, "Authenticate", 20003)


def refused(status: int, says: str, code: int) -> web.Response:
    return web.json_response(_body(Fault(status=status, says=says, code=code)), status=status)


def _body(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.says, "more_info": "", "status": fault.status}


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Twilio's signature of a form, from its description: the address, then every name and value, sorted."""
    said = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def message_fields(sid: str, sender: str, text: str, to: str = "+3197010200000", **more: str) -> dict[str, str]:
    """The form of an incoming message."""
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT,
        "SmsStatus": "received",
        "From": sender,
        "To": to,
        "Body": text,
        "NumMedia": "0",
        "FromCity": "",
        **more,
    }


def status_fields(sid: str, status: str, to: str, *, code: int | None = None) -> dict[str, str]:
    """The form of a status callback."""
    prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT,
        "MessageStatus": status,
        "SmsStatus": status,
        "From": prefix + "+3197010200000",
        "To": to,
    }
    return fields if code is None else {**fields, "ErrorCode": str(code)}
