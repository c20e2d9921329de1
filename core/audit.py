"""The audit log: append-only, one hash chain per month, ids only."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.audit import AuditEntry

_START = bytes(32)


async def record(
    session: AsyncSession,
    real: datetime,
    *,
    actor_id: UUID | None,
    action: str,
    object_kind: str,
    object_id: UUID | None,
) -> AuditEntry:
    """Write what an actor did to an object at a moment of real time; one writer at a time per month."""
    month = f"{real:%Y-%m}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"audit {month}"})
    query = select(AuditEntry).where(AuditEntry.month == month).order_by(AuditEntry.n.desc()).limit(1)
    last = (await session.scalars(query)).one_or_none()
    entry = AuditEntry(
        month=month,
        n=last.n + 1 if last else 1,
        at=real,
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        link=b"",
    )
    entry.link = link(last.link if last else _START, entry)
    session.add(entry)
    await session.flush()
    return entry


def link(before: bytes, entry: AuditEntry) -> bytes:
    """The hash that binds an entry to all before it."""
    said = (
        entry.month,
        entry.n,
        entry.at.isoformat(),
        entry.actor_id,
        entry.action,
        entry.object_kind,
        entry.object_id,
    )
    return hashlib.sha256(before + repr([str(part) for part in said]).encode()).digest()


async def months(session: AsyncSession) -> list[str]:
    """The months that have a chain, oldest first: 2026-11."""
    return list(await session.scalars(select(AuditEntry.month).distinct().order_by(AuditEntry.month)))


async def first_broken(session: AsyncSession, month: str) -> int | None:
    """The number of the first entry of a month that doesn't follow from the one before; None: all is whole."""
    before, expected = _START, 0
    query = select(AuditEntry).where(AuditEntry.month == month).order_by(AuditEntry.n)
    async for entry in await session.stream_scalars(query.execution_options(yield_per=1000)):
        expected += 1
        if entry.n != expected or entry.link != link(before, entry):
            return expected
        before = entry.link
    return None
