"""The state of the service itself."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.tables.base import Base


class Hold(Base):
    """The kill switch: while a row is open, nothing is sent."""

    __tablename__ = "hold"

    since: Mapped[datetime]
    why: Mapped[str]
    by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_why: Mapped[str | None]


class Heartbeat(Base):
    """That a process was alive (real time)."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    home: Mapped[str | None]  #: core.home: which database it was; None: from before this was written down


class ServiceClock(Base):
    """How far the demo's time machine moved the service's time; one row, none outside the demo."""

    __tablename__ = "service_clock"

    offset: Mapped[timedelta]


class StaffSession(Base):
    """A log-in of the console; deleting the row ends it."""

    __tablename__ = "staff_session"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)  #: index("session", cookie)
    created_at: Mapped[datetime]  #: real time
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
