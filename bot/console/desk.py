"""What the console needs of the house, and one visit of one member of staff to one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from content.texts import InForce
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.tables.people import Account


@dataclass(frozen=True, kw_only=True)
class DemoStaff:
    """A made-up log-in that the demo shows on its log-in page."""

    email: str
    password: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The parts of the house that pages use."""

    database: Database
    settings: Settings
    clock: Clock
    texts: Callable[[], InForce]
    demo: bool = False
    demo_staff: Sequence[DemoStaff] = field(default=())


DESK: Final = web.AppKey("desk", Desk)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a visitor did or saw that the audit log must hold."""

    action: str
    object_kind: str
    object_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of somebody who is logged in and may see this kind of page, in one transaction."""

    request: web.Request
    desk: Desk
    session: AsyncSession
    account: Account
    session_id: UUID  #: of the log-in
    now: datetime  #: service time, UTC
    notes: list[Note] = field(default_factory=list)  #: for the audit log, however the visit ends

    @property
    def settings(self) -> Settings:
        """The settings of the installation."""
        return self.desk.settings

    def id_in_path(self, name: str = "id") -> UUID:
        """The id in the address; a text that is none looks like an id that nothing has."""
        try:
            return UUID(self.request.match_info[name])
        except ValueError:
            raise web.HTTPNotFound from None
