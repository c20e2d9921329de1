"""The fake provider's Messages API, and signed webhooks as Twilio would send them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.provider import Accepted, FakeProvider, misbehave

ACCOUNT = "ACersatz00000000000000000000000000"
TOKEN = "ersatz-twilio-sleutel-0123456789"


class FakeTwilio:
    """One account on a FakeProvider."""

    def __init__(self, provider: FakeProvider, account: str = ACCOUNT, token: str = TOKEN) -> None:
        self.provider = provider
        self.account = account
        self.token = token
        provider.app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", self._create)

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
        known = "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != known or request.match_info["account"] != self.account:
            return web.json_response(_body(Fault(status=401, says="Authenticate", code=20003)), status=401)
        fields = {name: str(value) for name, value in (await request.post()).items()}
        fault = self.provider.next_fault("Messages")
        if fault is not None and not fault.takes:
            return await misbehave(request, fault, _body(fault))
        sid = "SM" + secrets.token_hex(16)
        self.provider.accept("Messages", fields["To"], fields.get("Body", ""), fields, sid)
        answer = {"sid": sid, "status": "queued", "num_segments": "1", "price": None, "to": fields["To"]}
        if fault is not None:
            return await misbehave(request, fault, answer)
        return web.json_response(answer, status=201)


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
