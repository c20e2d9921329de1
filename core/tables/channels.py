"""What we know of the providers: pauses, send moments, templates, uploaded files."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.tables.base import Base


class ChannelState(Base):
    """Whether a channel is paused, until when (real time), and why."""

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(unique=True)
    paused_until: Mapped[datetime | None]
    reason: Mapped[str | None]
    opening: Mapped[str | None]  #: the address that opens this chat, once a card's code is put behind it


class RateSlot(Base):
    """The next free send moment of one allowance: a bot, a chat, a sender (real time)."""

    __tablename__ = "rate_slot"

    key: Mapped[str] = mapped_column(unique=True)
    next_at: Mapped[datetime]


class TemplateState(Base):
    """A WhatsApp template, or a form for answers inside a conversation, and what Meta said of it."""

    __tablename__ = "template_state"
    __table_args__ = (UniqueConstraint("template", "language"),)

    template: Mapped[str]  #: afspraak | nieuwe_dag | gaat_niet_door | bericht | keuze_1 ... | lijst_4 ... lijst_10
    language: Mapped[str]
    content_sid: Mapped[str | None]  #: in use, once approved
    approval: Mapped[str]  #: unsubmitted | pending | approved | rejected; session: needs none
    waiting_sid: Mapped[str | None]  #: submitted, in the place of content_sid once approved
    text_hash: Mapped[str | None]  #: SHA-256 of the words that were submitted last
    why: Mapped[str | None]  #: Meta's own words for a refusal
    checked_at: Mapped[datetime | None]


class MediaRef(Base):
    """A file that a provider already holds, by the hash of its content."""

    __tablename__ = "media_ref"
    __table_args__ = (UniqueConstraint("channel", "sha256"),)

    channel: Mapped[str]
    sha256: Mapped[str]
    provider_id: Mapped[str]
