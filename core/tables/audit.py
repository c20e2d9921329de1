"""Who did what to whose data; append-only, one hash chain per month."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from core.tables.base import Base


class AuditEntry(Base):
    """One link of the chain of its month."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("month", "n"), Index(None, "object_id"))

    month: Mapped[str]  #: 2026-11
    n: Mapped[int]
    at: Mapped[datetime]  #: real time
    actor_id: Mapped[UUID | None]  #: account; None: the service, or a person in a chat
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    link: Mapped[bytes]  #: SHA-256 over the previous link and this entry
