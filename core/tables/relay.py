"""Questions of people that rolmodellen answer without knowing who asks, and when rolmodellen do that."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedText
from core.tables.base import Base


class Question(Base):
    """One question: to a rolmodel it is a number and a language, never a name."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_waiting", "due", postgresql_where=text("state IN ('waiting', 'taken', 'asking')")),
        Index(None, "person_id"),
        Index(None, "address_id"),
    )

    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))  #: where it was asked
    language: Mapped[str]
    #: waiting | taken (a rolmodel looks at it) | answered | asking (may the municipality see it?) | municipality
    #: (handed over) | kept (no hand-over wanted) | wiped
    state: Mapped[str]
    text_sealed: Mapped[bytes | None]
    text = SealedText("text_sealed")
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))
    rolmodel_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  #: who has it now, or answered
    taken_at: Mapped[datetime | None]  #: since when she has it; after an hour without an answer others may have it
    passed_by: Mapped[list[UUID] | None]  #: accounts that gave it away, or know the voice
    why: Mapped[str | None]  #: of a hand-over: heavy | asked | slow
    asked_at: Mapped[datetime]
    due: Mapped[datetime]  #: by when the person was promised an answer
    answer_sealed: Mapped[bytes | None]
    answer = SealedText("answer_sealed")
    answer_media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  #: words and voices are wiped seven days after


class Duty(Base):
    """A rolmodel answers questions in this time."""

    __tablename__ = "duty"
    __table_args__ = (Index(None, "account_id", "ends_at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  #: earlier than planned where she stopped


class Leave(Base):
    """A rolmodel is asked nothing up to and including this day."""

    __tablename__ = "leave"
    __table_args__ = (Index(None, "account_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    until: Mapped[date]
    created_at: Mapped[datetime]


class VolunteerTime(Base):
    """Time that a rolmodel worked, for the allowance; seconds of a task, from its first tap to its last."""

    __tablename__ = "volunteer_time"
    __table_args__ = (Index(None, "account_id", "at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    what: Mapped[str]  #: review | write | record | answer
    seconds: Mapped[int]
    at: Mapped[datetime]
