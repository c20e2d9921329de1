from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.people import Person
from scheduler.meetings import appointments, telling
from tests.scheduler import world
from tests.scheduler.world import HOUSE, at


class TestOnlyByDay:
    """Who chose to hear of things only by day has quiet hours of her own: from 18:00 to 09:00."""

    async def test_the_steps_keep_to_her_hours(self, session: AsyncSession) -> None:
        someone = await world.person(session)
        someone.daytime_only = True
        row = await world.appointment(session, someone, "2027-01-12 09:00", now=at("2026-12-21 20:00"))
        assert await world.waiting(session, row.id) == [
            "announced 12-22 09:00",
            "week 01-05 09:00",
            "hours 01-11 17:00",
        ]

    async def test_also_where_she_chose_so_later(self, session: AsyncSession) -> None:
        row = await world.told(session, start="2027-01-12 09:00")
        person = await session.get_one(Person, row.person_id)
        person.daytime_only = True
        await telling.again(session, at("2027-01-02 10:00"), HOUSE, person.id)
        assert await world.waiting(session, row.id) == ["week 01-05 09:00", "hours 01-11 17:00"]

    async def test_a_change_waits_for_the_morning(self, session: AsyncSession) -> None:
        row = await world.told(session)
        person = await session.get_one(Person, row.person_id)
        person.daytime_only = True
        moved = datetime(2027, 1, 14, 10)
        await appointments.move(session, at("2027-01-02 19:00"), HOUSE, row.id, version=1, wall_time=moved, by=None)
        assert (await world.waiting(session, row.id))[0].startswith("changed 01-03 09:00")
