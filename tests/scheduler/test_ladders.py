"""Other ladders, gaps and moments than the plan's, from the municipality's file to the queue."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.municipality import FILE
from core.settings import Settings
from scheduler import rules
from scheduler.meetings import agenda, appointments, week, workshops
from scheduler.rules import House
from tests.scheduler import world
from tests.scheduler.world import NOW, at

OTHER = """
[appointment]
week = { days = 14 }
day = { days = 3 }
hours = { hours = 26 }

[workshop]
week = { days = 10 }
hours = { hours = 4 }

[gaps]
hours = 6

[moments]
evening = "19:00"
week_overview = "12:00"
"""


@pytest.fixture
def other(tmp_path: Path) -> Settings:
    """An installation with a file of its own."""
    (tmp_path / FILE).write_text(OTHER)
    return world.settings(data_dir=tmp_path)


async def made(session: AsyncSession, settings: Settings, start: str = "2027-01-12 10:00") -> list[str]:
    someone = await world.person(session)
    row = await appointments.make(
        *(session, NOW, settings),
        person_id=someone.id,
        kind="pip_gesprek",
        wall_time=datetime.fromisoformat(start),
        minutes=30,
        place=None,
        with_whom=None,
        tolk=None,
        by=None,
    )
    assert await agenda.upcoming(session, NOW, someone.id)
    said = {step: (await world.said(session, row.id, step))["unit"] for step in ("week", "day", "hours")}
    return [f"{line} {said.get(line.split()[0])}" for line in await world.waiting(session, row.id)]


async def test_an_appointment_climbs_another_ladder(session: AsyncSession, other: Settings) -> None:
    assert await made(session, other) == [
        "announced 12-21 11:02 None",
        "week 12-29 10:00 appointment.ahead",
        "day 01-09 10:00 appointment.ahead",
        "hours 01-11 08:00 appointment.day",
    ]


async def test_staff_foresee_the_same(other: Settings) -> None:
    steps = appointments.foresee(other, NOW, kind="pip_gesprek", wall_time=datetime(2027, 1, 12, 10))
    assert [step.name for step in steps] == ["announced", "week", "day", "hours"]


async def test_who_signed_up_climbs_the_other_ladder_of_workshops(session: AsyncSession, other: Settings) -> None:
    someone, day = await world.person(session), await world.day(session)
    await workshops.sign_up(session, NOW, other, day.id, someone.id)
    assert await world.waiting(session, day.id) == ["week 01-24 13:00", "hours 02-03 09:00"]
    assert (await world.said(session, day.id, "hours"))["unit"] is None


async def test_another_gap(other: Settings) -> None:
    steps = rules.remaining(
        datetime(2027, 2, 3, 13),
        House.of(other),
        NOW,
        previous=at("2027-02-03 03:30"),
        answered=True,
        subject="workshop",
    )
    assert [step.name for step in steps if step.name == "hours"] == []


async def test_another_evening(other: Settings, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[moments]\nevening = "19:00"\n')
    settings = world.settings(data_dir=tmp_path)
    *_, last = rules.made(datetime(2027, 1, 12, 8, 30), House.of(settings), NOW)
    assert (last.name, last.due) == ("hours", at("2027-01-11 19:00"))


async def test_another_hour_of_the_week_overview(session: AsyncSession, other: Settings) -> None:
    someone = await world.person(session)
    await world.appointment(session, someone, "2027-01-13 09:00", kind="taalles")
    assert week.next_week_moment(at("2027-01-10 11:00"), other) == at("2027-01-10 12:00")
    assert await week.plan_week(session, at("2027-01-10 12:00"), other) == 1
    assert await week.plan_week(session, at("2027-01-10 18:00"), other) == 0
