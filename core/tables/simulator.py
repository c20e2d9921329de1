"""The demo's phones, what stands on their screens, and the files they hold; empty outside the demo."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedBytes, SealedHandle, SealedJson
from core.tables.base import Base


class SimulatorPhone(Base):
    """A made-up phone with one app on it."""

    __tablename__ = "simulator_phone"
    __table_args__ = (UniqueConstraint("channel", "handle_hash"),)

    name: Mapped[str]
    channel: Mapped[str]
    handle_sealed: Mapped[bytes]
    handle = SealedHandle("handle_sealed")
    handle_hash: Mapped[bytes]
    language: Mapped[str | None]  #: of the app, as Telegram tells it
    blocked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class SimulatorMessage(Base):
    """A bubble on a phone, in the order in which it appeared."""

    __tablename__ = "simulator_message"
    __table_args__ = (UniqueConstraint("phone_id", "n"),)

    phone_id: Mapped[UUID] = mapped_column(ForeignKey("simulator_phone.id", ondelete="CASCADE"))
    n: Mapped[int]
    content_sealed: Mapped[bytes]
    content = SealedJson("content_sealed")  #: from, text, language, direction, choices, delivery, replaces, pushed
    at: Mapped[datetime]


class SimulatorFile(Base):
    """A voice or a picture as a made-up provider keeps it, sent to a phone or by it."""

    __tablename__ = "simulator_file"

    phone_id: Mapped[UUID] = mapped_column(ForeignKey("simulator_phone.id", ondelete="CASCADE"), index=True)
    mime: Mapped[str]
    content_sealed: Mapped[bytes]
    content = SealedBytes("content_sealed")
    at: Mapped[datetime]
