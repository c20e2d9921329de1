"""The week overview: on Sunday evening everybody who has something hears how much, and when the first is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import WITHOUT_STEPS
from core import clock
from core.settings import Settings
from core.tables.agenda import Appointment, Enrolment, Session, Workshop
from core.tables.notices import Notice
from core.tables.people import Person
from scheduler import rules
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.rules import House

SOURCE = "week"

_WEEK = timedelta(days=7)

#: People per statement: PostgreSQL takes no more than 32,767 parameters.
_AT_ONCE = 1000

#: How long after its moment an overview is still made, if the service was away.
_STILL_USEFUL = timedelta(hours=18)


def overview_id(person_id: UUID, moment: datetime, house: House) -> UUID:
    """The source id of the overview that tells a person of this moment: the same for the whole week."""
    return _id(person_id, rules.week_moment(moment, house), house.zone)


def _id(person_id: UUID, told: datetime, zone: str) -> UUID:
    monday = clock.wall(told, zone).date() + timedelta(days=1)
    year, number, _ = monday.isocalendar()
    return uuid5(person_id, f"{year}-W{number:02}")


def next_week_moment(now: datetime, settings: Settings) -> datetime:
    """The next Sunday evening of the overview after now, as a moment (UTC)."""
    return rules.next_week_moment(now, House.of(settings))


async def plan_week(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Plan this week's overviews, once per person; returns how many. To be called by a timer, at any time."""
    ours = House.of(settings)
    told = rules.week_moment(now, ours)
    if now > told + _STILL_USEFUL:
        return 0
    due = rules.quiet_end(now, ours) or now
    starts = await _starts(session, now, told, due)
    people = {_id(person_id, told, ours.zone): person_id for person_id in starts}
    ids, planned = list(people), 0
    for first in range(0, len(ids), _AT_ONCE):
        fresh = await _fresh(session, ids[first : first + _AT_ONCE])
        plans = [_overview(people[row_id], row_id, starts[people[row_id]], due, ours.zone) for row_id in fresh]
        if plans:
            planned += len(await notices.plan(session, now, plans))
    return planned


async def _fresh(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Those of which no overview was ever planned."""
    query = select(Notice.source_id).where(Notice.source_kind == SOURCE, Notice.source_id.in_(ids))
    done = set(await session.scalars(query))
    return [row_id for row_id in ids if row_id not in done]


def _overview(person_id: UUID, source_id: UUID, starts: Sequence[datetime], due: datetime, zone: str) -> Plan:
    first = min(starts)
    local = clock.wall(first, zone)
    return Plan(
        person_id=person_id,
        kind="week",
        step="",
        source_kind=SOURCE,
        source_id=source_id,
        due=due,
        use_by=first,
        values={"count": len(starts), "day": local.date(), "time": local.time()},
    )


async def _starts(session: AsyncSession, now: datetime, told: datetime, after: datetime) -> dict[UUID, list[datetime]]:
    """The starts of the week of everybody who has something that isn't pushed one by one, as it stood when told."""
    here = (Person.left_at.is_(None), (Person.paused_until.is_(None)) | (Person.paused_until <= now))
    until = told + _WEEK
    appointments = (
        select(Appointment.person_id, Appointment.starts_at, Appointment.kind.in_(WITHOUT_STEPS))
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.status == "planned", Appointment.created_at <= told, *here)
        .where(Appointment.starts_at > after, Appointment.starts_at < until)
    )
    sessions = (
        select(Enrolment.person_id, Session.starts_at, Workshop.open_activity)
        .join(Session, Session.id == Enrolment.session_id)
        .join(Workshop, Workshop.id == Session.workshop_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.status == "enrolled", Session.status == "planned", Enrolment.since <= told, *here)
        .where(Session.starts_at > after, Session.starts_at < until)
    )
    found: dict[UUID, list[datetime]] = {}
    repeating: set[UUID] = set()
    for query in (appointments, sessions):
        for person_id, start, repeats in await session.execute(query):
            found.setdefault(person_id, []).append(start)
            if repeats:
                repeating.add(person_id)
    return {person_id: starts for person_id, starts in found.items() if person_id in repeating}
