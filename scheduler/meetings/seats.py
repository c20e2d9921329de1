"""A person's seat in a workshop: taken, waited for, given back, offered to the next, and used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.settings import Settings
from core.tables.agenda import Attendance, Enrolment, Session, Workshop
from scheduler import rules
from scheduler.meetings import room, subjects
from scheduler.meetings.room import Room
from scheduler.meetings.subjects import Subject
from scheduler.queue import notices, waiting
from scheduler.queue.notices import Plan
from scheduler.rules import Step

#: The steps that ask for an answer.
_ASKING = ("invitation", "offered")

#: The door's digits count from this long before the start until this long after the end.
_AT_THE_DOOR = timedelta(hours=1)


class Refused(Exception):
    """What was asked can't be done; the text is a Dutch sentence for staff."""


class Status(StrEnum):
    """What came of a wish to join."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    FULL = "full"  #: nothing was written; the person may wait
    CLOSED = "closed"  #: off, begun, or without sign-up


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A seat, or the place in the queue for one."""

    status: Status
    number: int | None = None  #: place in the queue, from 1


async def locked(session: AsyncSession, session_id: UUID) -> Session:
    """A workshop's day, locked: its row keeps the count of seats true. Refused where there is none."""
    row, _ = await _locked(session, session_id)
    return row


async def _locked(session: AsyncSession, session_id: UUID) -> tuple[Session, bool]:
    """The same, and whether everybody may come without signing up."""
    found = (await session.execute(_LOCKED, {"a_session": session_id})).one_or_none()
    if found is None:
        raise Refused("Deze workshopdag is er niet.")
    return found.Session, found.open_activity


_LOCKED = (
    select(Session, Workshop.open_activity)
    .join(Workshop, Workshop.id == Session.workshop_id)
    .where(Session.id == bindparam("a_session", type_=Session.id.type))
    .with_for_update(of=Session)
    .execution_options(populate_existing=True)
)


async def of(session: AsyncSession, session_id: UUID, person_id: UUID) -> Enrolment | None:
    """How a person stands to a workshop's day."""
    query = select(Enrolment).where(Enrolment.session_id == session_id, Enrolment.person_id == person_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def sign_up(
    session: AsyncSession, now: datetime, settings: Settings, session_id: UUID, person_id: UUID, *, wait: bool = True
) -> Seat:
    """Take a seat, or a place in the queue; with `wait=False` a full group writes nothing and tells the number.

    Twice is once. Whoever was offered a seat has it until the offer ends; nobody passes the queue.
    """
    row, open_activity = await _locked(session, session_id)
    if open_activity or row.status != "planned" or row.starts_at <= now:
        return Seat(status=Status.CLOSED)
    found = await room.of(session, now, row, person_id)
    seat = await of(session, session_id, person_id) if found.listed else None
    if seat is not None and seat.status in room.TAKEN:
        await _heard(session, now, row, person_id)
        return Seat(status=Status.ENROLLED)
    if seat is not None and _lapsed(seat, now):
        seat.status, seat.since = "waiting", now
    if _may_sit(found, seat):
        await _enrol(session, now, settings, row, seat or _new(session, row, person_id, now))
        return Seat(status=Status.ENROLLED)
    if seat is not None and seat.status == "waiting":
        return Seat(status=Status.WAITING, number=found.number(seat))
    if not wait:
        return Seat(status=Status.FULL, number=found.number(None))
    seat = seat or _new(session, row, person_id, now)
    seat.status, seat.since = "waiting", now
    await session.flush()
    await _heard(session, now, row, person_id)
    return Seat(status=Status.WAITING, number=found.number(seat))


def _may_sit(found: Room, seat: Enrolment | None) -> bool:
    """Whoever was offered a seat has it; a free one is hers whom nobody is before."""
    if seat is not None and seat.status == "offered":
        return True
    return found.has_seat(seat.since if seat is not None and seat.status == "waiting" else None)


def _new(session: AsyncSession, row: Session, person_id: UUID, now: datetime) -> Enrolment:
    seat = Enrolment(session_id=row.id, person_id=person_id, status="waiting", since=now)
    session.add(seat)
    return seat


def _lapsed(seat: Enrolment, now: datetime) -> bool:
    return seat.status == "offered" and (seat.offer_until is None or seat.offer_until <= now)


async def free(session: AsyncSession, now: datetime, row: Session) -> int:
    """Seats that nobody has and that are offered to nobody."""
    query = select(func.count()).select_from(Enrolment).where(Enrolment.session_id == row.id, room.is_held(now))
    return row.capacity - ((await session.scalar(query)) or 0)


async def left(session: AsyncSession, now: datetime, rows: Sequence[Session]) -> dict[UUID, int]:
    """Seats that a new person could take, of several days: those that are free and waited for by nobody."""
    query = (
        select(Enrolment.session_id, func.count())
        .where(
            Enrolment.session_id.in_([row.id for row in rows]), or_(room.is_held(now), Enrolment.status == "waiting")
        )
        .group_by(Enrolment.session_id)
    )
    taken: dict[UUID, int] = dict(iter(await session.execute(query)))
    return {row.id: max(0, row.capacity - taken.get(row.id, 0)) for row in rows}


def _queue(row: Session) -> Select[Enrolment]:
    query = select(Enrolment).where(Enrolment.session_id == row.id, Enrolment.status == "waiting")
    return query.order_by(Enrolment.since, Enrolment.id)


async def _enrol(session: AsyncSession, now: datetime, settings: Settings, row: Session, seat: Enrolment) -> None:
    """The answer to signing up is the announcement; after it only the day and the hours before remain."""
    seat.status, seat.since, seat.offer_until = "enrolled", now, None
    await session.flush()
    subject = await subjects.as_wished(session, subjects.of_session(settings, row, seat.person_id))
    await _heard(session, now, row, seat.person_id, reminders(now, subject, now))


def reminders(now: datetime, subject: Subject, previous: datetime | None) -> list[Plan]:
    """The reminders of an enrolled person that are still to come."""
    steps = rules.remaining(
        subject.wall_time, subject.house, now, previous=previous, answered=False, subject="workshop"
    )
    return [subject.plan(step) for step in steps]


async def _heard(
    session: AsyncSession, now: datetime, row: Session, person_id: UUID, plans: Sequence[Plan] = ()
) -> None:
    """What asked for an answer has it, or needs none any more; these steps come in its place."""
    standing = await waiting.of(session, subjects.SESSION, row.id, person_id)
    if standing.told:
        await notices.withdraw(session, row.id, "answered", person_id=person_id, steps=_ASKING)
        await notices.answered(session, now, row.id, person_id)
        await notices.plan(session, now, plans)
        return
    steps = {*_ASKING, *(plan.step for plan in plans)}
    theirs = {place: notice_id for place, notice_id in standing.open.items() if place[2] in steps}
    await notices.replace(session, now, plans, theirs, "answered")


async def step_back(
    session: AsyncSession, now: datetime, settings: Settings, session_id: UUID, person_id: UUID
) -> bool:
    """Give back a seat, an offer or a place in the queue, or decline an invitation; False where there is none.

    A freed seat is offered to the first in the queue.
    """
    row = await locked(session, session_id)
    seat = await of(session, session_id, person_id)
    if seat is None or row.starts_at <= now or seat.status not in ("enrolled", "offered", "waiting", "invited"):
        return False
    seat.status = "declined" if seat.status == "invited" else "cancelled"
    seat.offer_until = None
    await session.flush()
    await notices.withdraw(session, row.id, "answered", person_id=person_id)
    await notices.answered(session, now, row.id, person_id)
    await _offer(session, now, settings, row)
    return True


async def offer_free_seats(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """End the offers that nobody took and offer free seats to who waits; returns how many. For a timer."""
    waits = or_(Enrolment.status == "waiting", (Enrolment.status == "offered") & (Enrolment.offer_until <= now))
    query = (
        select(Session.id)
        .where(Session.status == "planned", Session.starts_at > now)
        .where(Session.id.in_(select(Enrolment.session_id).where(waits)))
        .order_by(Session.id)
    )
    offered = 0
    for session_id in (await session.scalars(query)).all():
        row = await locked(session, session_id)
        await _lapse(session, now, row)
        offered += await _offer(session, now, settings, row)
    return offered


async def _lapse(session: AsyncSession, now: datetime, row: Session) -> None:
    """Who didn't take an offer in time waits again, behind the others."""
    query = select(Enrolment).where(
        Enrolment.session_id == row.id, Enrolment.status == "offered", Enrolment.offer_until <= now
    )
    for seat in await session.scalars(query):
        seat.status, seat.since = "waiting", now
        await notices.withdraw(session, row.id, "lapsed", person_id=seat.person_id, steps=("offered",))
    await session.flush()


async def _offer(session: AsyncSession, now: datetime, settings: Settings, row: Session) -> int:
    left_over = await free(session, now, row)
    if left_over <= 0 or row.status != "planned" or row.starts_at <= now:
        return 0
    seats: Sequence[Enrolment] = (await session.scalars(_queue(row).where(room.is_ready(now)).limit(left_over))).all()
    for seat in seats:
        if not await offer(session, now, settings, row, seat):
            return 0
    return len(seats)


async def offer(session: AsyncSession, now: datetime, settings: Settings, row: Session, seat: Enrolment) -> bool:
    """Keep a free seat for one person and say so; False where too little time remains to answer."""
    subject = await subjects.as_wished(session, subjects.of_session(settings, row, seat.person_id))
    due = rules.at_once(now, subject.start, subject.house)
    until = rules.offer_until(now, due, row.wall_time, subject.house)
    if until is None:
        return False
    seat.status, seat.offer_until = "offered", until
    await session.flush()
    step = Step(name="offered", due=due, use_by=until, says="offered")
    await notices.plan(session, now, [_with_limit(subject.plan(step), until, row.zone)])
    return True


def _with_limit(plan: Plan, until: datetime, zone: str) -> Plan:
    limit = clock.wall(until, zone)
    return plan._replace(values={**plan.values, "until_day": limit.date(), "until_time": limit.time()})


async def check_in(session: AsyncSession, now: datetime, session_id: UUID, person_id: UUID, code: str) -> bool:
    """Whether the digits on the board are right, by an enrolled person, around the time itself; then present."""
    row = await locked(session, session_id)
    seat = await of(session, session_id, person_id)
    ends = row.starts_at + timedelta(minutes=row.minutes)
    if row.status != "planned" or not row.starts_at - _AT_THE_DOOR <= now <= ends + _AT_THE_DOOR:
        return False
    if seat is None or row.door_code is None or not compare_digest(code.encode(), row.door_code.encode()):
        return False
    if seat.status == "enrolled":
        seat.status = "attended"
        session.add(Attendance(enrolment_id=seat.id, present=True, disputed=False, at=now))
        await session.flush()
    return seat.status == "attended"
