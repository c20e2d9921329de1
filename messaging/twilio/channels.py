"""SMS and WhatsApp through Twilio: one account, two channels.

Twilio's own asynchronous client has no timeout and repeats a post on every 5xx, so sending is one plain post of ours.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.clock import Clock
from core.languages import SOURCE
from core.settings import Settings
from core.values import Handle
from messaging import answers, segments
from messaging.channel import Attached, File, Incoming, Outgoing, Receipt, SendError, Sent, Trace, Verdict
from messaging.shelf import Held, Shelf
from messaging.twilio import forms, receipts
from messaging.twilio.account import Account
from messaging.wire import DEADLINE
from messaging.words import clean

LONGEST_TEXT = 1600  #: letters Twilio takes in one Body
PAIR_RATE = 1 / 6  #: WhatsApp takes one message per 6 s for one person
LONGEST_VALIDITY = 36_000  #: seconds Twilio may hold a message in its queue

#: (template, language) -> ContentSid, or None where there is none that may be used now.
ContentSid = Callable[[str, str], Awaitable[str | None]]

_WHATSAPP = "whatsapp:"

#: Why Twilio refuses the form of a message, not what it says.
_FORM_REFUSED = frozenset({"template_missing", "template_wrong"})
_KINDS = (("image/", Attached.PHOTO), ("audio/", Attached.VOICE), ("text/", Attached.CONTACT), ("", Attached.DOCUMENT))


class Sms:
    """Text messages: short, one language, answered by number."""

    name = "sms"
    edits = False

    def __init__(self, account: Account, settings: Settings) -> None:
        self.rate = settings.twilio_sms_rate
        self.chat_rate = 0.0
        self._account = account
        if settings.twilio_sms_from:
            self._sender = {"From": settings.twilio_sms_from}
        else:
            self._sender = {"MessagingServiceSid": settings.twilio_messaging_service_sid}

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        """What a stored webhook says; empty for a status, and for a sender nobody can answer."""
        return _receive(self.name, payload)

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        """What a stored status callback says, or None where it is no receipt."""
        return receipts.from_twilio(self.name, payload) if "delivery" in payload else None

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        """Hand one text over; the answers stand below it unless it names them itself."""
        text, number = answers.as_sms(message.text, message.buttons), handle.reveal()
        form = {**self._sender, "To": number, "Body": _fitting(text)}
        return _sent(await self._account.post({**form, **_common(self._account, message, delivery_id)}), text, number)

    async def find(self, handle: Handle, since: datetime) -> Sequence[Trace]:
        """What went to this number since then (real time), newest first. Raises SendError."""
        return await self._account.traces(self.name, handle.reveal(), since)

    async def forget(self, provider_id: str) -> bool:
        """Wipe and delete a message; False where it is still under way. Raises SendError."""
        return await self._account.forget(provider_id)

    async def fetch(self, file: File, most: int) -> bytes:
        """Nothing is ever fetched of what comes by SMS. Raises SendError."""
        raise SendError(Verdict.REFUSED, "content_refused")

    async def confirm_tap(self, tap: str) -> None:
        """Nothing to confirm."""

    async def close(self) -> None:
        """Let go of connections; the account may be shared, closing twice does no harm."""
        await self._account.close()


class WhatsApp:
    """WhatsApp: free text within 24 hours of the person's last message, else an approved template."""

    name = "whatsapp"
    edits = False

    def __init__(
        self, account: Account, settings: Settings, content_sid: ContentSid, shelf: Shelf | None = None
    ) -> None:
        self._shelf = shelf
        self.rate = settings.whatsapp_rate
        self.chat_rate = PAIR_RATE
        self._account = account
        self._sender = _WHATSAPP + settings.twilio_whatsapp_from.removeprefix(_WHATSAPP)
        self._content_sid = content_sid

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        """What a stored webhook says; empty for a status."""
        return _receive(self.name, payload)

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        """What a stored status callback says, or None where it is no receipt."""
        return receipts.from_twilio(self.name, payload) if "delivery" in payload else None

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        """Hand one message over: as a template where it has one, else with buttons, or with numbers below the text.

        A voice is a message of its own, without words: one that has words goes without it (forms.apart).
        """
        form = {"From": self._sender, "To": _WHATSAPP + handle.reveal(), **_common(self._account, message, delivery_id)}
        content = await self._content(message)
        try:
            body = await self._account.post({**form, **content})
        except SendError as error:
            if message.template is not None or "ContentSid" not in content or error.reason not in _FORM_REFUSED:
                raise
            # Surely not taken, and the answers can be typed as well.
            body = await self._account.post({**form, **_typed(message)})
        cost = segments.cost(message.text, self.name, template=message.template is not None)
        return Sent(provider_id=body["sid"], cost_microeuro=cost.microeuro)

    async def find(self, handle: Handle, since: datetime) -> Sequence[Trace]:
        """What went to this number since then (real time), newest first. Raises SendError."""
        return await self._account.traces(self.name, _WHATSAPP + handle.reveal(), since)

    async def forget(self, provider_id: str) -> bool:
        """Wipe and delete a message; False where it is still under way. Raises SendError."""
        return await self._account.forget(provider_id)

    async def confirm_tap(self, tap: str) -> None:
        """Nothing to confirm."""

    async def close(self) -> None:
        """Let go of connections; the account may be shared, closing twice does no harm."""
        await self._account.close()

    async def fetch(self, file: File, most: int) -> bytes:
        """A voice or a picture that somebody sent us. Raises SendError; the caller holds the deadline."""
        if file.size is not None and file.size > most:
            raise SendError(Verdict.REFUSED, "too_long")
        return await self._account.download(file.reference, most)

    async def _content(self, message: Outgoing) -> dict[str, str]:
        template = message.template
        if template is None:
            held = await self._held(message)
            if held is not None:
                words = _typed(message) if message.text.strip() else {}
                return {**words, "MediaUrl": self._account.link(held.id, held.mime)}
            return await self._tapped(message) or _typed(message)
        content_sid = await self._content_sid(template.name, template.language)
        if not content_sid:
            raise SendError(Verdict.REFUSED, "template_missing")
        form = {"ContentSid": content_sid}
        # An empty set of variables is refused.
        return {**form, "ContentVariables": forms.variables(template.variables)} if template.variables else form

    async def _held(self, message: Outgoing) -> Held | None:
        ids = (message.picture,) if message.picture else message.voice if not message.text.strip() else ()
        return await self._shelf.held(self.name, ids) if ids and self._shelf is not None else None

    async def _tapped(self, message: Outgoing) -> dict[str, str] | None:
        """The answers as buttons or a list, where they fit and their content was made."""
        text = message.text
        if not text.strip() or not forms.fits(text, message.buttons):
            return None
        content_sid = await self._content_sid(forms.CHOICES[len(message.buttons)], SOURCE)
        if not content_sid:
            return None
        return {
            "ContentSid": content_sid,
            "ContentVariables": forms.chosen(text, message.buttons, message.opens),
        }


def _typed(message: Outgoing) -> dict[str, str]:
    """The answers as numbers below the text."""
    return {"Body": _fitting(answers.below(message.text, message.buttons))}


def channels(
    settings: Settings,
    clock: Clock,
    content_sid: ContentSid,
    *,
    deadline: float = DEADLINE,
    shelf: Shelf | None = None,
) -> list[Sms | WhatsApp]:
    """The channels of PIM_CHANNELS that go through Twilio, on one shared account."""
    account = Account(settings, clock, deadline=deadline)
    both: list[Sms | WhatsApp] = [Sms(account, settings), WhatsApp(account, settings, content_sid, shelf)]
    return [channel for channel in both if channel.name in settings.channels]


def _common(account: Account, message: Outgoing, delivery_id: UUID) -> dict[str, str]:
    """Where the status goes, with our own id so that a lost answer can be found back, and until when it may wait."""
    common = {"StatusCallback": f"{account.callback}?delivery={delivery_id}"}
    if message.use_by is not None:
        left = int((message.use_by - account.clock.now()).total_seconds())
        if left < 1:
            raise SendError(Verdict.REFUSED, "too_late")
        common["ValidityPeriod"] = str(min(left, LONGEST_VALIDITY))
    return common


def _fitting(text: str) -> str:
    if not text.strip():
        raise SendError(Verdict.REFUSED, "empty")
    if len(text) > LONGEST_TEXT:
        raise SendError(Verdict.REFUSED, "too_long")
    return text


def _sent(body: Mapping[str, Any], text: str, number: str) -> Sent:
    told = str(body.get("num_segments") or "0")
    said = int(told) if told.isdecimal() and len(told) < 4 else 0
    cost = segments.charged(said or segments.count(text).segments, number)
    return Sent(provider_id=body["sid"], segments=cost.segments, cost_microeuro=cost.microeuro)


def _receive(channel: str, payload: Mapping[str, Any]) -> Sequence[Incoming]:
    handle = str(payload.get("From", "")).removeprefix(_WHATSAPP)
    if "delivery" in payload or not (handle.startswith("+") and handle[1:].isdecimal()):
        return ()
    choice = payload.get("ButtonPayload") or payload.get("ListId")
    attached = None if choice else _attached(payload)
    return (
        Incoming(
            channel=channel,
            handle=Handle(handle),
            choice=clean(str(choice)) if choice else None,
            attached=attached,
            text=None if choice or attached else clean(str(payload.get("Body", ""))),
            file=_file(payload, attached),
            bubble=payload.get("OriginalRepliedMessageSid") or None,
        ),
    )


def _file(payload: Mapping[str, Any], attached: Attached | None) -> File | None:
    """Where Twilio keeps a voice or a picture; one alone, for two say nothing of which is meant."""
    if attached not in (Attached.PHOTO, Attached.VOICE) or str(payload.get("NumMedia")) != "1":
        return None
    url = payload.get("MediaUrl0")
    return File(reference=url) if isinstance(url, str) and url else None


def _attached(payload: Mapping[str, Any]) -> Attached | None:
    if str(payload.get("NumMedia") or "0") == "0":
        return Attached.OTHER if "Latitude" in payload else None
    content_type = str(payload.get("MediaContentType0", ""))
    return next(kind for prefix, kind in _KINDS if content_type.startswith(prefix))
