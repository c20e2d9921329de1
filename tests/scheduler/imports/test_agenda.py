from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.agenda import Appointment
from scheduler import imports
from scheduler.imports import Result
from scheduler.meetings import appointments
from tests.scheduler import world
from tests.scheduler.payments import rows, what
from tests.scheduler.world import HOUSE, NOW

HEAD = "klantnummer;soort;datum;tijd;duur;plaats;met;tolk"
TALK = "V-1;voortgangsgesprek;12-01-2027;10:00;45;Voorbeeldplein 1, Veghel;Karin;ti"


async def bring(session: AsyncSession, *lines: str) -> Result:
    return await imports.agenda(session, NOW, HOUSE, rows(HEAD, *lines), by=None)


def numbers(result: Result) -> tuple[int, int, int]:
    assert result.problems == ()
    return result.new, result.changed, result.same


async def only(session: AsyncSession) -> Appointment:
    return (await session.scalars(select(Appointment))).one()


async def test_a_new_appointment_and_its_steps(session: AsyncSession) -> None:
    someone = await world.person(session, klantnummer="V-1")
    assert numbers(await bring(session, TALK)) == (1, 0, 0)
    row = await only(session)
    assert (row.person_id, row.wall_time, row.minutes, row.tolk) == (someone.id, datetime(2027, 1, 12, 10), 45, "ti")
    assert await world.waiting(session, row.id) == [
        "announced 12-21 11:02",
        "week 01-05 10:00",
        "day 01-11 10:00",
        "hours 01-12 08:00",
    ]


async def test_the_same_again(session: AsyncSession) -> None:
    await world.person(session, klantnummer="V-1")
    await bring(session, TALK)
    assert numbers(await bring(session, TALK)) == (0, 0, 1)


@pytest.mark.parametrize(("was", "becomes"), [("10:00", "14:00"), ("Voorbeeldplein 1", "Voorbeeldplein 2")])
async def test_another_time_or_place_is_a_move(session: AsyncSession, was: str, becomes: str) -> None:
    await world.person(session, klantnummer="V-1")
    await bring(session, TALK)
    assert numbers(await bring(session, TALK.replace(was, becomes))) == (0, 1, 0)
    assert (await only(session)).version == 2


async def test_another_length_is_put_right_without_a_word(session: AsyncSession) -> None:
    await world.person(session, klantnummer="V-1")
    await bring(session, TALK)
    assert numbers(await bring(session, TALK.replace(";45;", ";60;"))) == (0, 1, 0)
    row = await only(session)
    assert (row.minutes, row.version) == (60, 1)


async def test_what_was_called_off_here_stays_off(session: AsyncSession) -> None:
    await world.person(session, klantnummer="V-1")
    await bring(session, TALK)
    row = await only(session)
    await appointments.cancel(session, NOW, HOUSE, row.id, version=row.version, by=None)
    assert numbers(await bring(session, TALK)) == (0, 0, 1)
    assert numbers(await bring(session, TALK.replace("10:00", "14:00"))) == (1, 0, 0)


WRONG = [
    (TALK.replace("V-1", "V-9"), "klantnummer"),
    (TALK.replace("voortgangsgesprek", "praatje"), "soort"),
    (TALK.replace("12-01-2027", "31-02-2027"), "datum"),
    (TALK.replace("12-01-2027", "12-01-2026"), "datum"),
    (TALK.replace("10:00", "25:00"), "tijd"),
    (TALK.replace(";45;", ";lang;"), "duur"),
    (TALK.replace(";ti", ";xx"), "tolk"),
    (TALK, ""),
]


@pytest.mark.parametrize(("line", "field"), WRONG)
async def test_a_wrong_line_refuses_the_file(session: AsyncSession, line: str, field: str) -> None:
    await world.person(session, klantnummer="V-1")
    result = await bring(session, TALK, line)
    assert what(result.problems) == [(3, field)]
    assert (await session.scalars(select(Appointment))).all() == []


async def test_a_klantmanager_plans_for_own_people_only(session: AsyncSession) -> None:
    karin = await world.staff(session)
    await world.person(session, klantnummer="V-1")
    result = await imports.agenda(session, NOW, HOUSE, rows(HEAD, TALK), by=karin.id)
    assert what(result.problems) == [(2, "klantnummer")]


async def test_a_dry_run_counts_and_keeps_nothing(session: AsyncSession) -> None:
    await world.person(session, klantnummer="V-1")
    result = await imports.agenda(session, NOW, HOUSE, rows(HEAD, TALK), by=None, dry_run=True)
    assert numbers(result) == (1, 0, 0)
    assert (await session.scalars(select(Appointment))).all() == []


async def test_a_time_that_the_clock_skips_is_refused(session: AsyncSession) -> None:
    await world.person(session, klantnummer="V-1")
    result = await bring(session, TALK.replace("12-01-2027;10:00", "28-03-2027;02:30"))
    (problem,) = result.problems
    assert (problem.line, problem.field) == (2, "tijd")
    assert "bestaat niet" in problem.what
    assert (await session.scalars(select(Appointment))).all() == []
