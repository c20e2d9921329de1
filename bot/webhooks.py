"""The doors that providers post to: verify, store, answer; nothing is handled here.

A route exists only where its channel is on. What is answered is the contract of the interfaces: 403 without
a right secret or signature, 400 for what can't be read, 413 above 1 MB, 503 where nothing could be stored.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from multidict import MultiDict

from core.settings import Settings
from messaging.channel import Keep
from messaging.words import json_object

TELEGRAM = "/webhooks/telegram"
TWILIO_MESSAGES = "/webhooks/twilio/messages"
TWILIO_STATUS = "/webhooks/twilio/status"

LARGEST = 1_000_000  #: bytes of a body, unpacked
MOST_FIELDS = 500  #: Twilio sends some thirty
SLOWEST = 2.0  #: seconds for a body to arrive
PATIENCE = 8.0  #: seconds for the database to take it; Twilio waits 15

#: (url, fields of the form or the body as text, signature) -> whether Twilio signed it.
SignatureFits = Callable[[str, Mapping[str, str] | str, str | None], bool]

_SECRET = "X-Telegram-Bot-Api-Secret-Token"
_SIGNATURE = "X-Twilio-Signature"
_FORM = "application/x-www-form-urlencoded"

log = structlog.get_logger(__name__)


def routes(settings: Settings, keep: Keep, *, signature_fits: SignatureFits | None = None) -> list[web.RouteDef]:
    """The webhooks of the channels that are on. Twilio's need `signature_fits` (messaging.twilio.signature)."""
    defined = []
    if "telegram" in settings.channels:
        defined.append(web.post(TELEGRAM, _Telegram(settings, keep).update))
    twilio = [name for name in ("sms", "whatsapp") if name in settings.channels]
    if twilio and signature_fits is not None:
        door = _Twilio(settings, keep, signature_fits)
        defined += [web.post(TWILIO_MESSAGES, door.message), web.post(TWILIO_STATUS, door.status)]
    return defined


class _Telegram:
    def __init__(self, settings: Settings, keep: Keep) -> None:
        self._secret = settings.telegram_webhook_secret
        self._keep = keep

    async def update(self, request: web.Request) -> web.Response:
        """Whatever happened in a chat with the bot."""
        if not _same(self._secret, request.headers.get(_SECRET)):
            raise web.HTTPForbidden
        update = _json(await _body(request))
        number = update.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise web.HTTPBadRequest(text="update_id is missing")
        await _store(self._keep, "telegram", str(number), update)
        return web.Response()


class _Twilio:
    def __init__(self, settings: Settings, keep: Keep, signature_fits: SignatureFits) -> None:
        self._public = settings.public_url.rstrip("/")
        self._channels = settings.channels
        self._keep = keep
        self._fits = signature_fits

    async def message(self, request: web.Request) -> web.Response:
        """A person's message."""
        fields = await self._verified(request, TWILIO_MESSAGES)
        fields.pop("delivery", None)
        await self._store(fields, fields["MessageSid"])
        return _empty()

    async def status(self, request: web.Request) -> web.Response:
        """How far a message of ours came; `delivery` of its address is our own id."""
        fields = await self._verified(request, TWILIO_STATUS)
        fields["delivery"] = request.query.get("delivery", "")
        await self._store(fields, f"{fields['MessageSid']}:{fields.get('MessageStatus', '')}")
        return _empty()

    async def _verified(self, request: web.Request, path: str) -> dict[str, str]:
        """The fields of a signed form. The address is built from PIM_PUBLIC_URL: headers can say anything."""
        signature = request.headers.get(_SIGNATURE)
        if not signature:
            raise web.HTTPForbidden
        body = await _body(request)
        _, mark, query = request.raw_path.partition("?")
        form = _form(body) if request.content_type == _FORM else None
        signed = body.decode("utf-8", "replace") if form is None else form
        if not self._fits(self._public + path + mark + query, signed, signature):
            raise web.HTTPForbidden
        if form is None or not form.get("MessageSid"):
            raise web.HTTPBadRequest(text="a form with a MessageSid is expected")
        return {name: value.replace("\0", "") for name, value in form.items()}

    async def _store(self, fields: dict[str, str], provider_id: str) -> None:
        ends = (fields.get("From", ""), fields.get("To", ""))
        channel = "whatsapp" if any(end.startswith("whatsapp:") for end in ends) else "sms"
        if channel not in self._channels:
            raise web.HTTPNotFound
        await _store(self._keep, channel, provider_id, fields)


async def _body(request: web.Request) -> bytes:
    """The whole body, unpacked; however slowly or tightly packed it comes, at most 2 seconds and 1 MB of it."""
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise web.HTTPBadRequest(text="the body did not arrive") from None
    except (web.RequestPayloadError, ValueError):
        raise web.HTTPBadRequest(text="the body can't be unpacked") from None
    return bytes(body)


async def _store(keep: Keep, channel: str, provider_id: str, payload: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await keep(channel, provider_id, payload)
    except Exception as error:
        # Whatever kept it from being stored, the provider must hear that it wasn't, so that it comes again.
        log.error("webhook_not_stored", channel=channel, error=type(error).__name__)
        raise web.HTTPServiceUnavailable from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        return json_object(body)
    except ValueError:
        raise web.HTTPBadRequest(text="a JSON object is expected") from None


def _form(body: bytes) -> MultiDict[str]:
    """All fields, blank ones too: they are part of the signature."""
    try:
        text = body.decode("utf-8")
        return MultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise web.HTTPBadRequest(text="a form of at most 500 fields is expected") from None


def _same(secret: str, given: str | None) -> bool:
    """Compared in constant time, as bytes: a header may hold any. An empty secret fits nothing."""
    if not secret or given is None:
        return False
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogateescape"))


def _too_large() -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=LARGEST + 1)


def _empty() -> web.Response:
    """What Twilio reads as: nothing to do."""
    return web.Response(text="<Response/>", content_type="text/xml")
