"""What staff see of a payment file before and after approval: totals, what is unusual, who it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.leefgeld import Payment, SourceFile
from core.values import Money
from scheduler.imports.reading import Refused
from scheduler.leefgeld import books, matching
from scheduler.leefgeld.ledger import Entry, Line, Move
from scheduler.leefgeld.matching import Matched


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """One payment of the file; who may see name and amount is the page's to check."""

    person_id: UUID
    amount: Money
    day: date
    move: str  #: new | changed | same | dropped | clash
    status: str  #: what the payment becomes, or is
    differs: bool  #: more than 25% from last time
    late: bool  #: too late to announce


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A payment file with its totals, beside the one before it of the same kind."""

    source: SourceFile
    counts: Mapping[str, Any]
    rows: Sequence[PreviewRow]
    total: Money
    before: Money | None  #: total of the file before it; None: there is none, or its payments are gone
    before_count: int


async def preview(session: AsyncSession, source_file_id: UUID) -> Preview:
    """A waiting file as its approval would write it now; an approved one as it stands."""
    source = await session.get(SourceFile, source_file_id)
    if source is None or source.kind in ("people", "agenda"):
        raise Refused("Dit bestand is er niet.")
    if source.rows_sealed is not None:
        rows = await _foreseen(session, source)
    else:
        rows = [_written(payment, source) for payment in await _payments(session, source.id)]
    earlier = await _earlier(session, source)
    return Preview(
        source=source,
        counts=source.counts,
        rows=rows,
        total=_sum(row.amount for row in rows),
        before=_sum(payment.amount for payment in earlier if payment.amount) if earlier else None,
        before_count=len(earlier),
    )


async def _foreseen(session: AsyncSession, source: SourceFile) -> list[PreviewRow]:
    matched = matching.from_json(source.rows)
    judged = await books.judge(session, matched)
    return [_foreseen_row(line, move, entry, matched) for line, move, entry in judged.moves]


def _foreseen_row(line: Line, move: Move, entry: Entry | None, matched: Matched) -> PreviewRow:
    return PreviewRow(
        person_id=line.person_id,
        amount=Money(line.cents),
        day=line.day,
        move=move.value,
        status=entry.after.status if entry is not None else "",
        differs=entry is not None and entry.differs,
        late=line.line in matched.late,
    )


def _written(payment: Payment, source: SourceFile) -> PreviewRow:
    assert payment.amount is not None
    told_on = (source.approved_at or source.imported_at).date()
    return PreviewRow(
        person_id=payment.person_id,
        amount=payment.amount,
        day=payment.booked_on or payment.expected_on,
        move=Move.SAME.value,
        status=payment.status,
        differs=payment.differs,
        late=payment.status == "announced" and payment.expected_on < told_on,
    )


async def _payments(session: AsyncSession, source_file_id: UUID) -> list[Payment]:
    query = select(Payment).where(Payment.source_file_id == source_file_id).order_by(Payment.id)
    return list(await session.scalars(query))


async def _earlier(session: AsyncSession, source: SourceFile) -> list[Payment]:
    query = (
        select(SourceFile.id)
        .where(
            SourceFile.kind == source.kind, SourceFile.status == "approved", SourceFile.imported_at < source.imported_at
        )
        .order_by(SourceFile.imported_at.desc())
        .limit(1)
    )
    found = (await session.scalars(query)).first()
    return await _payments(session, found) if found else []


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, start=Money(0))


async def recent(session: AsyncSession, limit: int = 20) -> list[SourceFile]:
    """The payment files of late, the newest first."""
    query = (
        select(SourceFile)
        .where(SourceFile.kind.not_in(("people", "agenda")))
        .order_by(SourceFile.imported_at.desc(), SourceFile.id.desc())
        .limit(limit)
    )
    return list(await session.scalars(query))
