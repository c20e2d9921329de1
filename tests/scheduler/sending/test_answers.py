import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from scheduler.meetings import appointments
from tests.scheduler import world
from tests.scheduler.world import HOUSE, at

ALL = ["announced 12-21 11:02", "week 01-05 10:00", "day 01-11 10:00", "hours 01-12 08:00"]


async def test_yes_needs_no_asking_again(session: AsyncSession) -> None:
    row = await world.told(session)
    task = await appointments.answer(session, at("2026-12-21 12:00"), HOUSE, row, "yes")
    assert (task, row.answer) == (None, "yes")
    assert await world.waiting(session, row.id) == ALL[2:]


async def test_no_never_cancels_and_makes_one_task(session: AsyncSession) -> None:
    karin = await world.staff(session)
    someone = await world.person(session, klantmanager_id=karin.id)
    row = await world.appointment(session, someone)
    first = await appointments.answer(session, at("2026-12-24 12:00"), HOUSE, row, "no")
    again = await appointments.answer(session, at("2026-12-24 12:01"), HOUSE, row, "no", "children")
    assert first is not None
    assert first is again
    assert (row.status, row.decline_reason, first.reason) == ("planned", "children", "children")
    assert (first.owner_id, first.kind, first.language, first.tolk) == (karin.id, "decline", "ti", True)
    assert first.due == at("2026-12-28 17:00")
    assert await world.waiting(session, row.id) == [ALL[0], *ALL[2:]]


@pytest.mark.parametrize(
    ("now", "due"),
    [("2027-01-11 10:00", "2027-01-11 17:00"), ("2027-01-12 08:00", "2027-01-12 10:00")],
)
async def test_no_within_a_day_is_for_today(session: AsyncSession, now: str, due: str) -> None:
    row = await world.told(session)
    task = await appointments.answer(session, at(now), HOUSE, row, "no")
    assert task is not None
    assert task.due == at(due)


async def test_coming_after_all_closes_the_task(session: AsyncSession) -> None:
    row = await world.told(session)
    await appointments.answer(session, at("2026-12-21 12:00"), HOUSE, row, "no", "lesson")
    await appointments.answer(session, at("2026-12-21 12:05"), HOUSE, row, "yes")
    assert (row.answer, row.decline_reason, await world.open_tasks(session)) == ("yes", None, [])


async def test_late_is_told_to_the_klantmanager_now(session: AsyncSession) -> None:
    row = await world.told(session)
    now = at("2027-01-12 09:50")
    task = await appointments.answer(session, now, HOUSE, row, "late")
    assert task is not None
    assert (task.kind, task.due) == ("late", now)


async def test_an_old_bubble_changes_nothing(session: AsyncSession) -> None:
    row = await world.told(session)
    assert await appointments.answer(session, at("2027-01-12 10:45"), HOUSE, row, "no") is None
    assert row.answer is None


async def test_there_is_no_reason_for_illness(session: AsyncSession) -> None:
    row = await world.told(session)
    with pytest.raises(ValueError, match="ill"):
        await appointments.answer(session, at("2026-12-21 12:00"), HOUSE, row, "no", "ill")


async def test_two_taps_at_once_make_one_task(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        row = await world.appointment(session, await world.person(session))

    async def tap() -> None:
        async with fresh_database.begin() as own:
            await appointments.answer(own, at("2026-12-21 12:00"), HOUSE, row, "no", "transport")

    await asyncio.gather(*[tap() for _ in range(4)])
    async with fresh_database.begin() as session:
        assert [task.kind for task in await world.open_tasks(session)] == ["decline"]
