"""The days of a workshop: planned, people invited, moved, cancelled; the queue follows. Seats are in seats.py."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.settings import Settings
from core.tables.agenda import Enrolment, Partner, Place, Session, Workshop
from core.tables.people import Person
from scheduler import rules
from scheduler.meetings import crowd, seats, subjects
from scheduler.meetings.seats import Refused, Seat, Status, check_in, offer_free_seats, sign_up, step_back
from scheduler.meetings.seats import of as seat_of
from scheduler.queue import notices
from scheduler.rules import House, Step

__all__ = [
    "OpenSession",
    "Refused",
    "Seat",
    "Stale",
    "Status",
    "cancel",
    "check_in",
    "invite",
    "move",
    "offer_free_seats",
    "open_sessions",
    "schedule",
    "seat_of",
    "sign_up",
    "step_back",
]


class Stale(Refused):
    """Somebody else changed this day first."""


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A day that somebody can still sign up for."""

    id: UUID
    title: str
    summary: str
    leefgebied: str
    wall_time: datetime
    zone: str
    starts_at: datetime
    minutes: int
    place: str  #: name and town
    partner: str
    seats_left: int  #: 0: there is a queue
    childcare: bool
    women_only: bool
    counts_for: str | None  #: pvt | map
    hours: float  #: that count


async def schedule(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    workshop_id: UUID,
    wall_time: datetime,
    place_id: UUID,
    capacity: int,
    childcare: bool = False,
    women_only: bool = False,
) -> Session:
    """Plan a day of a workshop; nobody hears of it until invited. Refused for a wrong value."""
    workshop = await session.get(Workshop, workshop_id)
    if workshop is None or await session.get(Place, place_id) is None:
        raise Refused("Deze workshop of deze plek is er niet.")
    if not 0 < capacity <= 10_000:
        raise Refused("Het aantal plaatsen is een getal, van 1 tot en met 10000.")
    row = Session(
        workshop_id=workshop_id,
        wall_time=wall_time,
        zone=settings.timezone,
        starts_at=clock.instant(wall_time, settings.timezone),
        minutes=workshop.minutes,
        place_id=place_id,
        capacity=capacity,
        childcare=childcare,
        women_only=women_only,
        status="planned",
        door_code=f"{secrets.randbelow(10_000):04}",
        version=1,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def invite(
    session: AsyncSession, now: datetime, settings: Settings, session_id: UUID, person_ids: Sequence[UUID]
) -> int:
    """Invite people who don't stand on this day's list yet, in whatever way; returns how many."""
    row = await seats.locked(session, session_id)
    workshop = await session.get_one(Workshop, row.workshop_id)
    if workshop.open_activity:
        raise Refused("Een open activiteit heeft geen uitnodigingen: iedereen kan komen.")
    if row.status != "planned" or row.starts_at <= now:
        raise Refused("Deze workshopdag gaat niet door of is al begonnen.")
    listed = select(Enrolment.person_id).where(Enrolment.session_id == row.id)
    fresh = select(Person.id, Person.daytime_only).where(
        Person.id.in_(person_ids), Person.left_at.is_(None), Person.id.not_in(listed)
    )
    people = (await session.execute(fresh)).all()
    session.add_all(
        Enrolment(session_id=row.id, person_id=person_id, status="invited", since=now) for person_id, _ in people
    )
    await session.flush()
    house = House.of(settings)
    due = {
        by_day: rules.announcement(now, row.starts_at, house.by_day if by_day else house) for by_day in (True, False)
    }
    plans = [
        subjects.of_session(settings, row, person_id).plan(
            Step(name="invitation", due=due[by_day], use_by=row.starts_at, says="invitation")
        )
        for person_id, by_day in people
    ]
    await notices.plan(session, now, plans)
    return len(people)


async def move(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    session_id: UUID,
    *,
    version: int | None = None,
    wall_time: datetime | None = None,
    place_id: UUID | None = None,
) -> Session:
    """Give a day another time, place or both; everybody who was told hears so. Stale where `version` is old."""
    row = await _current(session, session_id, version)
    if row.status != "planned":
        raise Refused("Deze workshopdag gaat niet door. Plan een nieuwe dag.")
    before, placed = row.wall_time, place_id is not None and place_id != row.place_id
    if not placed and (wall_time is None or wall_time == before):
        return row
    if place_id is not None:
        row.place_id = place_id
    if wall_time is not None:
        row.wall_time, row.starts_at = wall_time, clock.instant(wall_time, row.zone)
    row.version += 1
    await session.flush()
    await crowd.moved(session, now, settings, row, before, placed=placed)
    return row


async def cancel(
    session: AsyncSession, now: datetime, settings: Settings, session_id: UUID, *, version: int | None = None
) -> Session:
    """Call a day off; everybody who was told hears so. Stale where `version` is old; twice is once."""
    row = await _current(session, session_id, version)
    if row.status == "cancelled":
        return row
    row.status, row.version = "cancelled", row.version + 1
    await session.flush()
    await crowd.cancelled(session, now, settings, row)
    return row


async def _current(session: AsyncSession, session_id: UUID, version: int | None) -> Session:
    row = await seats.locked(session, session_id)
    if version is not None and row.version != version:
        raise Stale("Iemand anders wijzigde deze workshopdag. Kijk wat er nu staat.")
    return row


async def open_sessions(session: AsyncSession, now: datetime, leefgebied: str | None = None) -> list[OpenSession]:
    """The days still to come that people can sign up for, soonest first; open activities need no sign-up."""
    query = (
        select(Session, Workshop, Place, Partner.name)
        .join(Workshop, Workshop.id == Session.workshop_id)
        .join(Place, Place.id == Session.place_id)
        .join(Partner, Partner.id == Workshop.partner_id)
        .where(Session.status == "planned", Session.starts_at > now, Workshop.open_activity.is_(False))
        .order_by(Session.starts_at, Session.id)
    )
    if leefgebied is not None:
        query = query.where(Workshop.leefgebied == leefgebied)
    rows = (await session.execute(query)).all()
    left = await seats.left(session, now, [row for row, *_ in rows])
    return [
        OpenSession(
            id=row.id,
            title=workshop.title,
            summary=workshop.summary,
            leefgebied=workshop.leefgebied,
            wall_time=row.wall_time,
            zone=row.zone,
            starts_at=row.starts_at,
            minutes=row.minutes,
            place=f"{place.name}, {place.town}",
            partner=partner,
            seats_left=left[row.id],
            childcare=row.childcare,
            women_only=row.women_only,
            counts_for=workshop.counts_for,
            hours=workshop.minutes / 60,
        )
        for row, workshop, place, partner in rows
    ]
