"""What every channel is: three verbs (receive, receipt, send) and the values they exchange.

A channel never touches the queue or the conversation: it turns a provider's words into `Incoming` and
`Receipt`, and an `Outgoing` into a call. An error says by its verdict what the worker must do.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from core.languages import Direction
from core.values import Handle


@dataclass(frozen=True, kw_only=True)
class Button:
    """One answer a person can tap, or type the number of."""

    id: str  #: the action, at most 64 bytes; ids only, never a name or an amount
    label: str  #: at most 20 UTF-16 units, pictogram first
    digit: int | None = None  #: fixed number on sms (1 yes, 2 no, 3 call me); None: numbered in order


@dataclass(frozen=True, kw_only=True)
class Template:
    """A WhatsApp template that may open a conversation, with its variables in order."""

    name: str  #: afspraak | nieuwe_dag | gaat_niet_door | bericht
    language: str
    variables: tuple[str, ...] = ()
    text: str = ""  #: what the person sees: the template's own words with the variables in them
    label: str = ""  #: of its one button


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One rendered message for one address, in the form its channel needs."""

    text: str
    language: str
    direction: Direction = "ltr"
    buttons: tuple[Button, ...] = ()
    opens: str = ""  #: on the button behind which the answers stand as a list, where a channel shows so many as one
    #: What stands out where a channel can show it: offset and length in UTF-16 units of the text.
    bold: tuple[tuple[int, int], ...] = ()
    columns: int = 1  #: buttons side by side
    silent: bool = False  #: no sound
    pushed: bool = False  #: arrives by itself, so all of it is neutral
    edit: str | None = None  #: provider id of the bubble to change, where the channel can
    template: Template | None = None  #: for WhatsApp outside its 24 hours
    use_by: datetime | None = None  #: service time; a provider that queues must drop it then
    remove: tuple[str, ...] = ()  #: provider ids of bubbles to delete, where the channel can
    says: str | None = None  #: hash of somebody's own words in it (news), so that they are found when they are recalled
    #: Ids of rows of Media that are heard after each other, as one voice; their bytes are read just before the call.
    #: With an empty text the voice goes alone. A channel that can't (SMS) leaves it out.
    voice: tuple[str, ...] = ()
    picture: str | None = None  #: id of a row of Media that is seen with the text

    @property
    def shown(self) -> tuple[str, str]:
        """The words that the person sees, and their language: a template's own where one opens the conversation."""
        return (self.template.text, self.template.language) if self.template else (self.text, self.language)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a sealed column; `from_json` reads them back."""
        plain = asdict(self)
        plain["use_by"] = self.use_by.isoformat() if self.use_by else None
        return plain


def from_json(plain: Mapping[str, Any]) -> Outgoing:
    """The message that `Outgoing.as_json` wrote."""
    template = plain["template"]
    return Outgoing(
        **{
            **plain,
            "buttons": tuple(Button(**button) for button in plain["buttons"]),
            "template": Template(**{**template, "variables": tuple(template["variables"])}) if template else None,
            "use_by": datetime.fromisoformat(plain["use_by"]) if plain["use_by"] else None,
            "bold": tuple((offset, length) for offset, length in plain["bold"]),
            "remove": tuple(plain["remove"]),
            "voice": tuple(plain.get("voice", ())),
        }
    )


class Attached(StrEnum):
    """What came instead of a text; only a picture or a voice that a scene asked for is ever fetched."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class File:
    """A picture or a voice that a provider keeps for us; nothing of it is here until it is fetched."""

    reference: str  #: Telegram's file_id, or the address of Twilio's copy
    size: int | None = None  #: bytes, as the provider says
    seconds: int | None = None  #: of a voice, as the provider says


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a person typed or tapped, on any channel. Exactly one of text, choice, attached is set."""

    channel: str
    handle: Handle  #: the sender's address
    text: str | None = None
    choice: str | None = None  #: id of the button tapped
    attached: Attached | None = None
    message: str | None = None  #: provider id of what the person sent, where the channel can delete it
    bubble: str | None = None  #: provider id of the bubble the button stood on
    tap: str | None = None  #: what the provider wants confirmed (Telegram's callback query id)
    app_language: str | None = None
    group: bool = False  #: not a private chat: nothing personal is ever said there
    own_contact: bool = False  #: a shared contact that is the sender's own
    file: File | None = None  #: of a picture or a voice, where the provider keeps one

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.text, self.choice, self.attached)) != 1:
            raise ValueError("an incoming message is a text, a choice or an attachment")


class Reached(StrEnum):
    """How far a message came, in order; failed and blocked are ends of their own."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a provider says of a message it took earlier."""

    channel: str
    provider_id: str
    reached: Reached
    delivery_id: UUID | None = None  #: where the callback's address carried it
    code: str | None = None
    dead: bool = False  #: the address will never work again
    reason: str | None = None  #: a code of messaging.reasons, in words for staff


@dataclass(frozen=True, kw_only=True)
class Gone:
    """An address that takes no message any more, as the provider told by itself."""

    channel: str
    handle: Handle
    reason: str  #: a code of messaging.reasons


@dataclass(frozen=True, kw_only=True)
class Back:
    """An address that was gone and takes messages again."""

    channel: str
    handle: Handle


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A provider took the message."""

    provider_id: str
    segments: int | None = None
    cost_microeuro: int | None = None


class Verdict(StrEnum):
    """What an error means for the message and its address."""

    RETRY = "retry"  #: surely not taken: try again after `retry_after`
    PAUSE = "pause"  #: not taken, and the whole channel must wait (429, a refused key)
    DEAD = "dead"  #: the address is gone for ever: next address
    REFUSED = "refused"  #: this message is not wanted, others may be
    UNSURE = "unsure"  #: may have been taken: never blindly again


class SendError(Exception):
    """Carries the verdict; `reason` is a code that the console shows in words."""

    def __init__(
        self, verdict: Verdict, reason: str, *, code: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{verdict}: {reason}")
        self.verdict = verdict
        self.reason = reason
        self.code = code
        self.retry_after = retry_after


#: Store a raw update durably (channel, unique provider id, payload); False when it was there already. What
#: receives calls this before it confirms anything to the provider.
Keep = Callable[[str, str, Mapping[str, Any]], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One message on a provider's own list of what it took from us."""

    text: str  #: as the person sees it; a template's own words where one was used
    at: datetime  #: real time, in whole seconds: when the provider made it
    receipt: Receipt  #: its id, and how far it came


class Records(Protocol):
    """A provider that keeps a list of what it took: it can be asked what became of a message, and to forget it."""

    @property
    def name(self) -> str:
        """The channel."""

    async def find(self, handle: Handle, since: datetime) -> Sequence[Trace]:
        """What went to this address since then (real time), newest first. SendError where the list can't be read."""

    async def forget(self, provider_id: str) -> bool:
        """Wipe a message and delete it; False where it is still under way. SendError where nobody could say."""


class Outlet(Protocol):
    """A channel as far as a worker needs it: it only sends."""

    @property
    def name(self) -> str:
        """telegram, whatsapp or sms."""

    @property
    def rate(self) -> float:
        """Messages a second over all; 0 is no limit."""

    @property
    def chat_rate(self) -> float:
        """Messages a second to one address; 0 is no limit."""

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        """Hand a message over; SendError says what went wrong. One total deadline of 15 s."""

    async def close(self) -> None:
        """Let go of connections."""


class Channel(Outlet, Protocol):
    """One way to a phone, in and out."""

    @property
    def edits(self) -> bool:
        """Whether a bubble can be changed after it was sent."""

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        """What a stored raw update says; empty where it says nothing to us."""

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | Gone | Back | None:
        """What a stored raw status says of a message or an address, or None where it is none."""

    async def fetch(self, file: File, most: int) -> bytes:
        """What the provider keeps, at most so many bytes of it. SendError (`too_long` where it is more).

        The caller holds the deadline, and no transaction.
        """

    async def confirm_tap(self, tap: str) -> None:
        """Tell the provider that a tap was seen (Telegram's spinner); never raises."""
