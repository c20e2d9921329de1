"""The Twilio account that SMS and WhatsApp share: its messages are made, listed, wiped and deleted here."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from core.clock import Clock
from core.settings import Settings
from messaging import medialinks
from messaging.channel import Receipt, SendError, Trace, Verdict
from messaging.twilio import receipts
from messaging.twilio.codes import refusal
from messaging.wire import DEADLINE, Answer, Deadline, Wire

WEBHOOK_STATUS = "/webhooks/twilio/status"
NEWEST = 100  #: messages of one address that are looked through; nobody gets more of ours in an hour

_UNDER_WAY = 20009  #: a message that hasn't ended yet can't be deleted


class Account:
    """One account, one connection pool."""

    def __init__(self, settings: Settings, clock: Clock, *, deadline: float = DEADLINE) -> None:
        sid = settings.twilio_account_sid
        self.clock = clock
        self.callback = settings.public_url.rstrip("/") + WEBHOOK_STATUS
        self._messages = f"{settings.twilio_api_url.rstrip('/')}/2010-04-01/Accounts/{sid}/Messages"
        self._api = settings.twilio_api_url.rstrip("/")
        self._public = settings.public_url
        self._deadline = deadline
        self._wire = Wire(authorization=authorization(settings))

    async def post(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Create a message; the resource that Twilio answers with. Raises SendError."""
        async with Deadline(self._deadline):
            answer = await self._wire.post(f"{self._messages}.json", form=form)
        if answer.ok and answer.body is not None and isinstance(answer.body.get("sid"), str):
            return answer.body
        raise refusal(answer)

    async def traces(self, channel: str, to: str, since: datetime) -> Sequence[Trace]:
        """The messages to this address that Twilio made since then (real time). Raises SendError.

        Not filtered by DateSent: what still waits in Twilio's queue has none.
        """
        async with Deadline(self._deadline):
            answer = await self._wire.get(f"{self._messages}.json", {"To": to, "PageSize": str(NEWEST)})
        listed = answer.body.get("messages") if answer.ok and answer.body is not None else None
        if not isinstance(listed, list):
            raise refusal(answer)
        found = [trace for message in listed if (trace := _trace(channel, message)) is not None]
        return [trace for trace in found if trace.at >= since]

    async def forget(self, sid: str) -> bool:
        """Wipe a message's text and delete it, so that nothing stays if the second fails. Raises SendError."""
        async with Deadline(self._deadline):
            wiped = await self._wire.post(f"{self._messages}/{sid}.json", form={"Body": ""})
            if _is_gone(wiped):
                return True
            if not wiped.ok:
                return _still_under_way(wiped)
            deleted = await self._wire.delete(f"{self._messages}/{sid}.json")
        return _is_gone(deleted) or _still_under_way(deleted)

    async def download(self, url: str, most: int) -> bytes:
        """A file that somebody sent us. Raises SendError; the caller holds the deadline."""
        if not (url.startswith(f"{self._api}/") or _is_theirs(url)):
            raise SendError(Verdict.REFUSED, "content_refused")
        return await self._wire.download(url, most, follows=lambda to: to.startswith(f"{self._api}/") or _is_theirs(to))

    def link(self, media_id: UUID, mime: str) -> str:
        """Where Twilio fetches a file of ours, for a while."""
        return medialinks.link(self._public, media_id, mime, self.clock.real())

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()


def _is_theirs(url: str) -> bool:
    """Whether an address is one at which Twilio keeps files: nothing that a form says may lead us elsewhere."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and host.endswith((".twilio.com", ".twiliocdn.com", ".amazonaws.com"))


def authorization(settings: Settings) -> str:
    """The header with the account's key."""
    key = f"{settings.twilio_account_sid}:{settings.twilio_auth_token}"
    return f"Basic {base64.b64encode(key.encode()).decode('ascii')}"


def _is_gone(answer: Answer) -> bool:
    """Deleted now or before. Only Twilio's own words count: a page that isn't there says nothing of a message."""
    missing = answer.status == HTTPStatus.NOT_FOUND and (answer.body or {}).get("code") == 20404
    return answer.status == HTTPStatus.NO_CONTENT or missing


def _still_under_way(answer: Answer) -> bool:
    """Always False; raises what any other answer means."""
    if (answer.body or {}).get("code") == _UNDER_WAY or answer.status == HTTPStatus.CONFLICT:
        return False
    error = refusal(answer)
    # Wiping twice does no harm, so no answer to it is a doubt.
    verdict = Verdict.RETRY if error.verdict is Verdict.UNSURE else error.verdict
    raise SendError(verdict, error.reason, code=error.code, retry_after=error.retry_after)


def _trace(channel: str, message: Any) -> Trace | None:
    """A message resource as a trace; None for what came in, and for what can't be read."""
    if not isinstance(message, Mapping) or not str(message.get("direction", "")).startswith("outbound"):
        return None
    at, receipt = _moment(message), _receipt(channel, message)
    return Trace(text=str(message.get("body") or ""), at=at, receipt=receipt) if at and receipt else None


def _receipt(channel: str, message: Mapping[str, Any]) -> Receipt | None:
    said = {"MessageSid": message.get("sid"), "MessageStatus": message.get("status")}
    return receipts.from_twilio(channel, {**said, "ErrorCode": message.get("error_code")})


def _moment(message: Mapping[str, Any]) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["date_created"])).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return None
