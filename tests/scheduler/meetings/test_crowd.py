from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.ids import new_id
from core.tables.agenda import Session
from core.tables.notices import Notice
from core.tables.people import Person
from scheduler.meetings import workshops
from tests.scheduler import world
from tests.scheduler.world import HOUSE, at

LATER = at("2027-01-04 10:00")
NOW = at("2027-01-05 10:00")
THURSDAY = datetime(2027, 2, 4, 9)
NEWS = ["changed 01-05 10:00", "day 02-03 09:00", "hours 02-04 08:00"]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that this database is asked for meanwhile."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def enrolled(session: AsyncSession, many: int, **values: Any) -> tuple[Session, list[Person]]:
    """A day with so many people who signed up."""
    row = await world.day(session, capacity=many, **values)
    people = [await world.person(session) for _ in range(many)]
    for person in people:
        await workshops.sign_up(session, LATER, HOUSE, row.id, person.id)
    return row, people


async def rows(session: AsyncSession, day: Session, step: str) -> dict[Any, Notice]:
    query = select(Notice).where(Notice.source_id == day.id, Notice.step == step)
    found = await session.scalars(query.execution_options(populate_existing=True))
    return {row.person_id: row for row in found}


async def let(session: AsyncSession, notice: Notice, **values: Any) -> None:
    await session.execute(update(Notice).where(Notice.id == notice.id).values(**values))


@pytest.mark.parametrize("many", [1, 30])
async def test_a_move_costs_as_many_statements_for_one_as_for_thirty(fresh_database: Database, many: int) -> None:
    async with fresh_database.begin() as session:
        day, people = await enrolled(session, many)
    with counted(fresh_database) as asked:
        async with fresh_database.begin() as session:
            await workshops.move(session, NOW, HOUSE, day.id, wall_time=THURSDAY)
    assert len(asked) == 5
    async with fresh_database.begin() as session:
        for person in people:
            assert await world.waiting(session, day.id, person) == NEWS


async def test_a_seat_costs_six_statements(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        day, someone = await world.day(session), await world.person(session)
    with counted(fresh_database) as asked:
        async with fresh_database.begin() as session:
            await workshops.sign_up(session, LATER, HOUSE, day.id, someone.id)
    assert len(asked) == 6  # one of them asks when she wants to hear of things


async def test_each_hears_the_change_from_what_she_believes(session: AsyncSession) -> None:
    # given two people of whom one heard of the first move, and the other didn't yet
    day, (heard, waits) = await enrolled(session, 2)
    await workshops.move(session, NOW, HOUSE, day.id, wall_time=THURSDAY)
    first = (await rows(session, day, "changed"))[heard.id]
    await let(session, first, state="sent", sent_at=NOW)
    # when it moves again
    await workshops.move(session, NOW + timedelta(hours=1), HOUSE, day.id, wall_time=datetime(2027, 2, 5, 9))
    # then each is told the day that she had in mind
    told = {row.person_id: row.variables["values"]["old_day"] for row in await _waiting(session, day, "changed")}
    assert told == {heard.id: {"date": "2027-02-04"}, waits.id: {"date": "2027-02-03"}}


async def _waiting(session: AsyncSession, day: Session, step: str) -> list[Any]:
    query = select(Notice).where(Notice.source_id == day.id, Notice.step == step, Notice.state == "planned")
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def test_back_to_the_day_that_is_believed_leaves_only_reminders(session: AsyncSession) -> None:
    day, (someone,) = await enrolled(session, 1)
    before = day.wall_time
    await workshops.move(session, NOW, HOUSE, day.id, wall_time=THURSDAY)
    await workshops.move(session, NOW + timedelta(minutes=1), HOUSE, day.id, wall_time=before)
    assert await world.waiting(session, day.id, someone) == ["day 02-02 13:00", "hours 02-03 11:00"]
    gone = (await rows(session, day, "changed"))[someone.id]
    assert (gone.state, gone.reason) == ("withdrawn", "moved")


async def test_what_is_claimed_is_void_and_what_is_handed_over_goes_once_more(session: AsyncSession) -> None:
    # given reminders of which one worker holds one, and is handing over another
    day, (claimed, handing) = await enrolled(session, 2)
    held, leaves = (await rows(session, day, "day"))[claimed.id], (await rows(session, day, "day"))[handing.id]
    token = new_id()
    await let(session, held, state="claimed", token=token, lease_until=NOW)
    await let(session, leaves, state="handing", token=token, lease_until=NOW)
    # when the day moves
    await workshops.move(session, NOW, HOUSE, day.id, wall_time=THURSDAY)
    # then the claim is gone, and the call that runs keeps its token but is about an old version
    after = await rows(session, day, "day")
    assert (after[claimed.id].id, after[claimed.id].state, after[claimed.id].token) == (held.id, "planned", None)
    assert (after[handing.id].state, after[handing.id].token) == ("handing", token)
    assert after[handing.id].source_version == 2


async def test_a_day_that_is_off_takes_everything_else_back(session: AsyncSession) -> None:
    # given a day whose hours reminder is being handed over
    day, (someone,) = await enrolled(session, 1)
    leaves = (await rows(session, day, "hours"))[someone.id]
    await let(session, leaves, state="handing", token=new_id())
    await workshops.cancel(session, NOW, HOUSE, day.id)
    assert await world.waiting(session, day.id) == ["cancelled 01-05 10:00"]
    # then the call isn't tried again, and the others are withdrawn
    hours, eve = (await rows(session, day, "hours"))[someone.id], (await rows(session, day, "day"))[someone.id]
    assert (hours.state, hours.use_by) == ("handing", hours.due)
    assert (eve.state, eve.reason) == ("withdrawn", "cancelled")


async def test_signing_up_answers_the_invitation_and_leaves_a_change(session: AsyncSession) -> None:
    # given somebody who was invited, to whom a change of the day still has to go
    day, someone = await world.day(session), await world.person(session)
    await workshops.invite(session, LATER, HOUSE, day.id, [someone.id])
    invitation = (await rows(session, day, "invitation"))[someone.id]
    await let(session, invitation, state="sent", sent_at=LATER)
    await workshops.move(session, NOW, HOUSE, day.id, wall_time=THURSDAY)
    await workshops.sign_up(session, NOW, HOUSE, day.id, someone.id)
    assert await world.waiting(session, day.id) == NEWS
    assert (await rows(session, day, "invitation"))[someone.id].answered_at == NOW


async def test_signing_up_withdraws_an_invitation_that_waits(session: AsyncSession) -> None:
    day, someone = await world.day(session), await world.person(session)
    await workshops.invite(session, LATER, HOUSE, day.id, [someone.id])
    await workshops.sign_up(session, LATER, HOUSE, day.id, someone.id)
    gone = (await rows(session, day, "invitation"))[someone.id]
    assert (gone.state, gone.reason) == ("withdrawn", "answered")
