from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Notice
from core.tables.people import Account
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.volunteers import volunteer
from tests.scheduler.rolmodellen import rolmodel
from tests.scheduler.world import NOW, ZONE, at

DECEMBER = date(2026, 12, 1)


async def test_time_of_work_is_added_up_per_month_and_day(session: AsyncSession) -> None:
    selam, other = await rolmodel(session), await rolmodel(session)
    for moment, seconds in (("12-21 11:00", 200), ("12-21 12:00", 250), ("12-31 23:50", 120), ("11-30 23:59", 600)):
        await volunteer.add(session, at(f"2026-{moment}"), selam, "answer", seconds)
    await volunteer.add(session, NOW, other, "review", 60)
    assert await volunteer.month(session, selam, DECEMBER, ZONE) == (0, 10)
    assert await volunteer.days(session, selam, DECEMBER, ZONE) == [(date(2026, 12, 21), 8), (date(2026, 12, 31), 2)]
    assert await volunteer.month(session, selam, date(2026, 11, 9), ZONE) == (0, 10)
    assert await volunteer.month(session, selam, date(2027, 1, 1), ZONE) == (0, 0)
    everybody = {account.id: worked for account, worked in await volunteer.everybody(session, DECEMBER, ZONE)}
    assert everybody == {selam.id: (0, 10), other.id: (0, 1)}


async def test_of_one_task_a_quarter_of_an_hour_counts_at_most(session: AsyncSession) -> None:
    selam = await rolmodel(session)
    await volunteer.add(session, NOW, selam, "write", 100_000)
    await volunteer.add(session, NOW, selam, "write", 0)
    await volunteer.add(session, NOW, selam, "write", -5)
    assert await volunteer.month(session, selam, DECEMBER, ZONE) == (0, 15)


async def test_hours_and_minutes() -> None:
    assert volunteer.worked(2 * 3600 + 40 * 60 + 29) == (2, 40)
    assert volunteer.worked(59 * 60 + 30) == (1, 0)


async def test_other_work_is_refused(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="no work"):
        await volunteer.add(session, NOW, await rolmodel(session), "coffee", 60)


async def test_a_task_counts_from_when_it_was_shown(session: AsyncSession) -> None:
    selam = await rolmodel(session)
    began = volunteer.begun(NOW)
    await volunteer.finished(session, NOW + timedelta(minutes=4), selam, "record", began)
    await volunteer.finished(session, NOW + timedelta(minutes=9), selam, "record", None)
    assert await volunteer.month(session, selam, DECEMBER, ZONE) == (0, 4)


async def asked_to_judge(session: AsyncSession, account: Account) -> Notice:
    assert account.person_id is not None
    plan = Plan(
        person_id=account.person_id,
        kind="work",
        step="",
        source_kind="news_text",
        source_id=account.id,
        due=NOW + timedelta(hours=1),
    )
    await notices.plan(session, NOW, [plan])
    return (await session.scalars(select(Notice).where(Notice.source_id == account.id))).one()


async def test_on_leave_nothing_is_asked_and_what_waited_comes_afterwards(session: AsyncSession) -> None:
    selam, other = await rolmodel(session), await rolmodel(session)
    mine, others = await asked_to_judge(session, selam), await asked_to_judge(session, other)
    until = volunteer.leave_until(NOW.date(), month=False)
    assert until == date(2026, 12, 27)
    await volunteer.take_leave(session, NOW, selam, until, ZONE)
    assert await volunteer.on_leave(session, selam, date(2026, 12, 27))
    assert not await volunteer.on_leave(session, selam, date(2026, 12, 28))
    assert not await volunteer.on_leave(session, other, NOW.date())
    await session.refresh(mine)
    await session.refresh(others)
    assert mine.due == at("2026-12-28 09:00")
    assert others.due == NOW + timedelta(hours=1)
    assert await volunteer.hour(session, selam, NOW, ZONE) == at("2026-12-28 09:00")
    assert await volunteer.hour(session, other, NOW, ZONE) == NOW


async def test_a_month_ends_the_day_before_the_same_day(session: AsyncSession) -> None:
    assert volunteer.leave_until(date(2027, 1, 31), month=True) == date(2027, 2, 27)
    assert volunteer.leave_until(date(2026, 12, 21), month=True) == date(2027, 1, 20)


async def test_back_from_leave(session: AsyncSession) -> None:
    selam = await rolmodel(session)
    await volunteer.take_leave(session, NOW, selam, date(2027, 1, 20), ZONE)
    mine = await asked_to_judge(session, selam)
    await volunteer.take_leave(session, NOW, selam, date(2027, 1, 20), ZONE)
    await volunteer.end_leave(session, NOW, selam, ZONE)
    assert not await volunteer.on_leave(session, selam, NOW.date())
    await session.refresh(mine)
    assert mine.due == NOW
