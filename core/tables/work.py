"""What staff must do, by when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.tables.base import Base


class Task(Base):
    """One thing for one owner; the open ones about calling are the call list."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "due", postgresql_where=text("closed_at IS NULL")),)

    kind: Mapped[str]  #: a code of scheduler.tasks
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    source_kind: Mapped[str | None]
    source_id: Mapped[UUID | None]
    reason: Mapped[str]  #: a code, shown in words
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    stand_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    due: Mapped[datetime]
    language: Mapped[str | None]
    tolk: Mapped[bool] = mapped_column(default=False)
    call: Mapped[bool] = mapped_column(default=False)  #: stands on the call list
    moment: Mapped[str | None]  #: morning | afternoon, as the person asked
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_how: Mapped[str | None]
