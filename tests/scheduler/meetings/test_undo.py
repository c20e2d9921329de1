from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.values import Private
from scheduler.meetings import appointments
from scheduler.meetings.appointments import Refused
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

ALL = ["announced 12-21 11:02", "week 01-05 10:00", "day 01-11 10:00", "hours 01-12 08:00"]
TUESDAY = {"day": date(2027, 1, 12), "time": time(10)}


async def test_a_new_appointment_disappears_untold(session: AsyncSession) -> None:
    row = await world.appointment(session, await world.person(session))
    await appointments.take_back(session, at("2026-12-21 11:01"), HOUSE, row.id, None)
    assert (row.status, await world.waiting(session, row.id)) == ("cancelled", [])


async def test_a_late_one_that_went_is_cancelled_aloud(session: AsyncSession) -> None:
    row = await world.appointment(session, await world.person(session), "2026-12-21 13:00")
    await world.send(session, row.id, NOW)
    await appointments.take_back(session, at("2026-12-21 11:01"), HOUSE, row.id, None)
    assert await world.waiting(session, row.id) == ["cancelled 12-21 11:01"]
    assert await world.open_tasks(session) == []


async def test_after_two_minutes_it_is_refused_in_words(session: AsyncSession) -> None:
    row = await world.appointment(session, await world.person(session))
    with pytest.raises(Refused, match="120 seconden"):
        await appointments.take_back(session, NOW + timedelta(seconds=121), HOUSE, row.id, None)


async def test_a_move_that_has_not_gone_was_never_there(session: AsyncSession) -> None:
    row = await world.told(session)
    await appointments.answer(session, at("2026-12-21 12:00"), HOUSE, row, "yes")
    night = at("2026-12-21 22:00")
    await appointments.move(
        session, night, HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), place="Elders", by=None
    )
    await appointments.take_back(session, night, HOUSE, row.id, None)
    assert (row.wall_time, row.answer, row.place) == (
        datetime(2027, 1, 12, 10),
        "yes",
        Private("Voorbeeldplein 1, Veghel"),
    )
    assert await world.waiting(session, row.id) == ALL[2:]


async def test_a_move_that_went_is_put_right(session: AsyncSession) -> None:
    row = await world.told(session)
    moved = at("2026-12-22 09:00")
    await appointments.move(session, moved, HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), by=None)
    await world.send(session, row.id, moved)
    await appointments.take_back(session, at("2026-12-22 09:01"), HOUSE, row.id, None)
    news = await world.said(session, row.id, "changed")
    assert (news["day"], news["old_day"]) == (date(2027, 1, 12), date(2027, 1, 14))


@pytest.mark.parametrize(("went", "unit"), [(False, None), (True, "appointment.place")])
async def test_another_place_taken_back(session: AsyncSession, went: bool, unit: str | None) -> None:
    row = await world.told(session)
    moved = at("2026-12-22 09:00")
    await appointments.move(session, moved, HOUSE, row.id, version=1, place="Elders", by=None)
    if went:
        await world.send(session, row.id, moved)
    await appointments.take_back(session, at("2026-12-22 09:01"), HOUSE, row.id, None)
    waits = await world.waiting(session, row.id)
    assert ("changed 12-22 09:01" in waits) is went
    assert unit is None or (await world.said(session, row.id, "changed"))["unit"] == unit


async def test_a_cancellation_that_has_not_gone(session: AsyncSession) -> None:
    row = await world.told(session)
    night = at("2026-12-21 22:00")
    await appointments.cancel(session, night, HOUSE, row.id, version=1, by=None)
    await appointments.take_back(session, night, HOUSE, row.id, None)
    assert (row.status, await world.waiting(session, row.id)) == ("planned", ALL[1:])


async def test_a_cancellation_that_went_is_announced_again(session: AsyncSession) -> None:
    row = await world.told(session)
    off = at("2026-12-22 09:00")
    await appointments.cancel(session, off, HOUSE, row.id, version=1, by=None)
    await world.send(session, row.id, off)
    await appointments.take_back(session, at("2026-12-22 09:01"), HOUSE, row.id, None)
    assert (await world.waiting(session, row.id))[0] == "changed 12-22 09:01"
    assert await world.said(session, row.id, "changed") == {"unit": "appointment.announced", **TUESDAY}


async def test_only_once_taken_back(session: AsyncSession) -> None:
    row = await world.told(session)
    await appointments.cancel(session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, by=None)
    await appointments.take_back(session, at("2026-12-22 09:00"), HOUSE, row.id, None)
    with pytest.raises(Refused, match="geen wijziging"):
        await appointments.take_back(session, at("2026-12-22 09:00"), HOUSE, row.id, None)
