import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database import Database
from core.ids import new_id
from core.tables.audit import AuditEntry
from tests.scheduler.world import NOW

MONTH = "2026-12"


async def record(session: AsyncSession, action: str = "person.name", *, days: int = 0) -> AuditEntry:
    return await audit.record(
        session,
        NOW + timedelta(days=days),
        actor_id=new_id(),
        action=action,
        object_kind="person",
        object_id=new_id(),
    )


async def chain(session: AsyncSession, length: int = 5) -> list[AuditEntry]:
    return [await record(session) for _ in range(length)]


async def broken(session: AsyncSession) -> int | None:
    session.expire_all()
    return await audit.first_broken(session, MONTH)


async def test_entries_are_numbered_and_follow_from_each_other(session: AsyncSession) -> None:
    entries = await chain(session)
    assert [entry.n for entry in entries] == [1, 2, 3, 4, 5]
    assert len({entry.link for entry in entries}) == 5
    assert await broken(session) is None


async def test_every_month_has_a_chain_of_its_own(session: AsyncSession) -> None:
    await chain(session)
    january = await record(session, days=20)
    assert (january.month, january.n) == ("2027-01", 1)
    assert (await record(session)).n == 6
    assert await broken(session) is None
    assert await audit.first_broken(session, "2027-02") is None


@pytest.mark.parametrize("change", ["actor_id", "object_id", "action", "object_kind", "at", "link"])
async def test_a_changed_entry_is_found(session: AsyncSession, change: str) -> None:
    await chain(session)
    values = {
        "actor_id": new_id(),
        "object_id": None,
        "action": "person.list",
        "object_kind": "task",
        "at": NOW + timedelta(microseconds=1),
        "link": bytes(32),
    }
    await session.execute(update(AuditEntry).where(AuditEntry.n == 3).values({change: values[change]}))
    assert await broken(session) == 3


async def test_a_missing_entry_is_found(session: AsyncSession) -> None:
    await chain(session)
    await session.execute(delete(AuditEntry).where(AuditEntry.n == 2))
    assert await broken(session) == 2


async def test_an_entry_put_in_its_place_is_found(session: AsyncSession) -> None:
    entries = await chain(session)
    await session.execute(delete(AuditEntry).where(AuditEntry.n == 2))
    forged = AuditEntry(
        month=MONTH, n=2, at=NOW, actor_id=None, action="hold", object_kind="hold", object_id=None, link=b""
    )
    forged.link = audit.link(entries[0].link, forged)
    session.add(forged)
    await session.flush()
    assert await broken(session) == 3


async def test_two_entries_that_changed_places_are_found(session: AsyncSession) -> None:
    await chain(session)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        await session.execute(update(AuditEntry).where(AuditEntry.n == old).values(n=new))
    assert await broken(session) == 2


async def test_it_holds_ids_only(session: AsyncSession) -> None:
    columns = set(AuditEntry.__table__.columns.keys())
    assert columns == {"id", "month", "n", "at", "actor_id", "action", "object_kind", "object_id", "link"}


async def test_writers_at_once_make_one_chain(fresh_database: Database) -> None:
    async def write() -> None:
        for _ in range(5):
            async with fresh_database.begin() as session:
                await record(session)

    await asyncio.gather(*(write() for _ in range(4)))
    async with fresh_database.begin() as session:
        assert list(await session.scalars(select(AuditEntry.n).order_by(AuditEntry.n))) == list(range(1, 21))
        assert await broken(session) is None


async def test_a_writer_that_breaks_leaves_no_gap(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await record(session)
    with pytest.raises(DBAPIError, match="division by zero"):
        await _write_and_break(fresh_database)
    async with fresh_database.begin() as session:
        assert (await record(session)).n == 2
        assert await broken(session) is None


async def _write_and_break(database: Database) -> None:
    async with database.begin() as session:
        await record(session)
        await session.execute(text("SELECT 1/0"))
