"""Payments of Huishoudboekje, as far as a person must hear of them; never a bank account number."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedJson, SealedMoney
from core.tables.base import Base


class SourceFile(Base):
    """A file that staff brought in, waiting for a second person or done."""

    __tablename__ = "source_file"

    sha256: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]  #: pain001 | camt053 | mt940 | csv | people | agenda
    message_hash: Mapped[bytes | None] = mapped_column(index=True)  #: index("message", the file's own message id)
    status: Mapped[str]  #: waiting | approved | withdrawn | done
    counts: Mapped[dict[str, Any]]  #: new, changed, same, dropped, flagged; no amounts
    rows_sealed: Mapped[bytes | None]  #: what approval will write; kept 24 hours
    rows = SealedJson("rows_sealed")
    imported_by: Mapped[UUID | None]
    imported_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]


class Payment(Base):
    """One leefgeld payment to one person (an IBAN of two adults gives two rows)."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("person_id", "reference_hash"),
        Index(None, "person_id", "expected_on"),
        Index(None, "status", "expected_on"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    amount_sealed: Mapped[bytes]
    amount = SealedMoney("amount_sealed")
    expected_on: Mapped[date]  #: a TARGET2 bank day
    booked_on: Mapped[date | None]
    status: Mapped[str]  #: announced | paid | returned | withdrawn
    reference_hash: Mapped[bytes | None] = mapped_column(index=True)  #: index("payment", EndToEndId or line key)
    iban_hash: Mapped[bytes | None]
    differs: Mapped[bool] = mapped_column(default=False)  #: more than 25% from last time
    answer: Mapped[str | None]  #: received | not_received
    answered_at: Mapped[datetime | None]
    source_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class FixedCost(Base):
    """One of the four fixed costs in a month: paid or waiting; no amount, no creditor."""

    __tablename__ = "fixed_cost"
    __table_args__ = (UniqueConstraint("person_id", "cost", "month"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    cost: Mapped[str]  #: huur | energie | water | zorgverzekering
    month: Mapped[date]  #: its first day
    paid: Mapped[bool]
    source_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_file.id"))
