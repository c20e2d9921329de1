"""What a scene is: a question, its choices, and what each answer does.

A scene is a module with one `SCENE`. Its functions take the `Turn` (who speaks, on which chat, now) and give
back what is said next. They change rows in the turn's transaction; they never send.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Choice, Part
from core.settings import Settings
from core.tables.chats import Chat
from core.tables.people import Account, Address, Person
from messaging.channel import Incoming


@dataclass(frozen=True, kw_only=True)
class Say:
    """One bubble: its parts below each other, and what can be answered."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()
    sms: Part | None = None  #: what SMS says instead (neutral, one segment)
    columns: int = 1
    fresh: bool = False  #: a new bubble, also after a tap
    echo: bool = True  #: easy Dutch under the mother tongue, if the person wants it
    closes_after: timedelta | None = None  #: details that close by themselves, where the channel can


@dataclass(kw_only=True)
class Turn:
    """One message of a person, and everything an answer may need."""

    session: AsyncSession
    settings: Settings
    now: datetime  #: service time, UTC
    incoming: Incoming
    chat: Chat
    address: Address
    persons: tuple[Person, ...]  #: who verified this address; empty: unknown
    person: Person | None  #: the one who speaks; None where unknown, or a shared phone is closed
    accounts: tuple[Account, ...] = ()  #: rolmodel accounts bound to the person

    @property
    def state(self) -> dict[str, Any]:
        """What the scene remembers; assign the whole dict to keep it."""
        return dict(self.chat.state or {})

    def stay(self, scene: str, **state: Any) -> None:
        """Let this scene hear the next free text, remembering these values."""
        self.chat.scene = scene
        self.chat.state = state


Answer = Callable[[Turn, str], Awaitable[list[Say]]]  #: the argument is what stood after the colon, or the text


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A module of the conversation: its name, its actions, and who hears free text in it."""

    name: str
    actions: Mapping[str, Answer]
    hear: Answer | None = None  #: free text while the chat stands in this scene
    personal: frozenset[str] = frozenset()  #: actions that need a known person, and an open phone where it is shared
