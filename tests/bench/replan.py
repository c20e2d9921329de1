"""Moving a workshop's day with 30 people plans their reminders again, in one transaction, among a million pending."""

from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.tables.agenda import Partner, Place, Workshop
from core.tables.notices import Notice
from core.tables.people import Person
from scheduler.meetings import workshops
from tests.bench.rows import Row, measured

PEOPLE = 30
RUNS = 7
WARM_UP = 8

_DAY = timedelta(days=1)


async def run_on(database: Database) -> Row:
    """The row `replan_30_at_1m_ms`, on a queue that is long already."""
    settings, now = Settings(_env_file=None), Clock().now()
    days = await _days(database, settings, now, WARM_UP + RUNS)
    taken = [await _moved(database, settings, now, day, later) for day, later in days]
    return measured("replan_30_at_1m_ms", [1000 * one for one in taken[WARM_UP:]], "ms", target="<= 10")


async def _days(database: Database, settings: Settings, now: datetime, many: int) -> list[tuple[UUID, datetime]]:
    """Days of a workshop in a month, each with the same 30 people; and to what time each moves."""
    async with database.begin() as session:
        partner, place = Partner(name="Voorbeeld"), Place(name="Voorbeeld", town="Veghel")
        session.add_all([partner, place])
        await session.flush()
        workshop = Workshop(
            title="Voorbeeld", summary="Voorbeeld", leefgebied="wonen", partner_id=partner.id, minutes=120
        )
        session.add(workshop)
        await session.flush()
        people = (await session.scalars(select(Person.id).limit(PEOPLE))).all()
        noon = clock.wall(now, settings.timezone).replace(hour=12, minute=0, second=0, microsecond=0)
        made = []
        for number in range(many):
            day = await workshops.schedule(
                session,
                now,
                settings,
                workshop_id=workshop.id,
                wall_time=noon + (30 + number) * _DAY,
                place_id=place.id,
                capacity=PEOPLE,
            )
            for person_id in people:
                await workshops.sign_up(session, now, settings, day.id, person_id)
            made.append((day.id, day.wall_time + timedelta(hours=1)))
    return made


async def _moved(database: Database, settings: Settings, now: datetime, day: UUID, later: datetime) -> float:
    """Seconds to move a day, committed; everybody has then a change and two reminders at the new time."""
    start = perf_counter()
    async with database.begin() as session:
        await workshops.move(session, now, settings, day, wall_time=later)
    seconds = perf_counter() - start
    async with database.begin() as session:
        waits = select(func.count()).select_from(Notice).where(Notice.source_id == day, Notice.state == "planned")
        assert await session.scalar(waits) == 3 * PEOPLE
    return seconds
