"""What a scene is: a question, its choices, and what each answer does.

A scene is a module with one `SCENE`. Its functions take the `Turn` (who speaks, on which chat, now) and give
back what is said next. They change rows in the turn's transaction; they never send.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from content.parts import Choice, Part, Value, Word
from content.voice.attachments import Picture, Voice
from core import clock
from core.ids import from_short, short
from core.languages import guess
from core.settings import Settings
from core.tables.base import Base
from core.tables.chats import Chat
from core.tables.people import Account, Address, Person
from messaging.channel import Incoming
from scheduler.sending import forms

#: Choices of a person who gets a voice (Person.sense).
LISTENS = frozenset({"hear", "both"})

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, kw_only=True)
class Say:
    """One bubble: its parts below each other, and what can be answered."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()
    sms: Part | None = None  #: what SMS says instead (neutral, one segment)
    sms_choices: tuple[Choice, ...] | None = None  #: what its digits mean, where that isn't `choices`
    columns: int = 1
    fresh: bool = False  #: a new bubble, also after a tap
    echo: bool = True  #: easy Dutch under the mother tongue, if the person wants it
    dutch: tuple[Part, ...] = ()  #: what that easy Dutch says, where it isn't `parts`
    private: bool = False  #: about a person: never said by SMS without an `sms` part
    closes_after: timedelta | None = None  #: details that close by themselves, where the channel can
    reopen: str = ""  #: the action behind [open] once they are closed
    says: str | None = None  #: hash of somebody's own words in it (news), so that they are found when they are recalled
    remove: tuple[str, ...] = ()  #: provider ids of bubbles that go with it, where the channel can
    voice: UUID | None = None  #: a row of Media that is heard with it, also by who reads
    picture: UUID | None = None  #: a row of Media that is seen with it
    spoken: tuple[Part, ...] = ()  #: what clips say to who listens, where that isn't `parts`


@dataclass(kw_only=True)
class Turn:
    """One message of a person, and everything an answer may need."""

    session: AsyncSession
    settings: Settings
    texts: InForce
    now: datetime  #: service time, UTC
    incoming: Incoming
    edits: bool  #: whether a bubble can be changed, and so closed, on this channel
    chat: Chat
    address: Address
    persons: tuple[Person, ...]  #: who verified this address; empty: unknown
    person: Person | None  #: the one who speaks; None where unknown, or a shared phone is closed
    invited: tuple[Person, ...] = ()  #: who was given this address by staff, and has not answered yet
    accounts: tuple[Account, ...] = ()  #: rolmodel accounts bound to the person
    heard_before: datetime | None = None  #: when this address wrote to us last, before this message
    then: str | None = None  #: an action to do next, set by a scene that opened the way to it
    #: What came with this message, fetched and made clean before the turn: only where the scene asked for it
    #: (`Scene.hears_voice`, `takes_picture`, `fetches`), and None where it could not be used.
    taken: Voice | Picture | None = None
    #: Why `taken` is None: broken | long (over a minute, or too many bytes) | soft (nothing is heard) | lost.
    refused: str | None = None

    @property
    def state(self) -> dict[str, Any]:
        """What the scene remembers; assign the whole dict to keep it."""
        return dict(self.chat.state or {})

    def stay(self, scene: str, **state: Any) -> None:
        """Let this scene hear the next free text, remembering these values."""
        self.chat.scene = scene
        self.chat.state = {**self._kept, **state}

    def leave(self) -> None:
        """No scene hears free text any more; nothing is remembered."""
        self.chat.scene = ""
        self.chat.state = self._kept or None

    @property
    def _kept(self) -> dict[str, Any]:
        """What no scene's end makes forgotten: wrong pictures are counted over a day."""
        return {name: value for name, value in self.state.items() if name == "wrong"}

    @property
    def is_verbatim(self) -> bool:
        """Whether the scene waits for words that mean nothing but themselves, such as the label of a button."""
        return bool(self.state.get("verbatim"))

    @property
    def attachment(self) -> bytes | None:
        """What came with this message: a voice as OGG/Opus, a picture as JPEG without its metadata."""
        return None if self.taken is None else self.taken.content

    def voice(self) -> Voice | None:
        """The voice that came with this message; `content.voice.media.keep` makes a row of it."""
        return self.taken if isinstance(self.taken, Voice) else None

    def unheard(self) -> Part:
        """Why the voice that came can't be used, in words."""
        return part("recording", self.refused if self.refused in ("long", "soft") else "broken")

    def picture(self) -> Picture | None:
        """The picture that came with this message; `content.voice.media.keep` makes a row of it."""
        return self.taken if isinstance(self.taken, Picture) else None

    @property
    def file(self) -> dict[str, Any] | None:
        """Where the provider keeps what came: `turn.stay(..., file=turn.file)` lets an action of `Scene.fetches`
        have it later, once the person said yes."""
        return None if self.incoming.file is None else asdict(self.incoming.file)

    @property
    def speaker(self) -> Person | None:
        """Who is spoken to where nothing personal is said: also on a closed shared phone."""
        return self.person or next(iter(self.persons), None)

    @property
    def shared(self) -> bool:
        """Whether somebody else may hold this phone."""
        return self.address.shared or len(self.persons) > 1

    @property
    def text_only(self) -> bool:
        """Whether this channel has words only: no buttons, no voice, no picture."""
        return self.address.channel in forms.TEXT_ONLY

    @property
    def listens(self) -> bool:
        """Whether voices are wanted here: never on a phone that somebody else may hold."""
        person = self.person
        sense = person.sense if person is not None else self.state.get("sense") if self.chat.scene == "link" else None
        return sense in LISTENS and not self.shared

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to answer in, first choice first."""
        if self.chat.scene == "link" and self.chat.language:
            return (self.chat.language,)
        known = self.speaker or next(iter(self.invited), None)
        if known is not None:
            return tuple(known.languages)
        first = self.chat.language or guess(self.incoming.app_language)
        return (first,) if first else ()

    @property
    def dawn(self) -> bool:
        """Whether times are said by the clock that is counted from dawn too (content.habit)."""
        return self.speaker is not None and self.speaker.habit_clock

    def day(self, moment: datetime) -> date:
        """The day on a clock in this municipality."""
        return clock.wall(moment, self.settings.timezone).date()

    @property
    def today(self) -> date:
        """Today, on a clock in this municipality."""
        return self.day(self.now)


Answer = Callable[[Turn, str], Awaitable[list[Say]]]  #: the argument is what stood after the colon, or the text


Asks = Callable[[Mapping[str, Any]], bool]  #: given what the chat remembers in this scene


def _never(state: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A module of the conversation: its name, its actions, and who hears free text in it.

    A voice or a picture is fetched from its provider only where the scene in which the chat stands says that it
    wants it in this state; then `take` answers it, with `Turn.taken` (or `Turn.refused`) filled. Everywhere else
    it gets the fixed answer, and is never fetched.
    """

    name: str
    actions: Mapping[str, Answer]
    hear: Answer | None = None  #: free text while the chat stands in this scene
    personal: frozenset[str] = frozenset()  #: actions that need a known person, and an open phone where it is shared
    hears_voice: Asks = _never  #: whether a voice is wanted now
    takes_picture: Asks = _never  #: whether a picture is wanted now
    take: Answer | None = None  #: a voice or a picture that was wanted; the argument is `voice` or `photo`
    #: Actions that get the voice whose `Turn.file` the chat remembers as `file` in its state.
    fetches: frozenset[str] = frozenset()


def part(unit: str, name: str, /, **values: Value) -> Part:
    """One message with its values."""
    return Part(unit=unit, name=name, values=values)


def button(
    name: str, action: str, row_id: UUID | None = None, /, *, digit: int | None = None, **values: Value
) -> Choice:
    """A button with a label of the catalogue; its action gets the row's short id as argument."""
    return Choice(
        button=name, action=action if row_id is None else f"{action}:{short(row_id)}", digit=digit, values=values
    )


def picture(label: str, action: str) -> Choice:
    """A button that looks the same in every language."""
    return Choice(label=label, action=action)


def call_me(source_kind: str | None = None, source_id: UUID | None = None) -> Choice:
    """The button that asks for a call, about something or about nothing in particular."""
    about = f":{source_kind}/{short(source_id)}" if source_kind and source_id else ""
    return Choice(button="call", action=f"call.ask{about}", digit=3)


async def own(turn: Turn, table: type[Row], argument: str) -> Row | None:
    """The row of a button's argument, if it is this person's; a guessed id finds nothing."""
    row_id = from_short(argument)
    row = await turn.session.get(table, row_id) if row_id else None
    if row is None or turn.person is None or getattr(row, "person_id", None) != turn.person.id:
        return None
    return row


async def klantmanager(turn: Turn) -> str | Word:
    """The name of who follows up, or the municipality: stands at the start of a sentence."""
    person = turn.speaker
    account = await turn.session.get(Account, person.klantmanager_id) if person and person.klantmanager_id else None
    return account.name if account is not None else Word(unit="who", name="municipality")
