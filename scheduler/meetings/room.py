"""How much room a workshop's day has for somebody: the seats that are held, and the queue before her."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.agenda import Enrolment, Session

_DAY = timedelta(days=1)

#: Who has a seat for good.
TAKEN = ("enrolled", "attended")


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Somebody in the queue."""

    since: datetime
    id: UUID
    ready: bool  #: may be offered a seat


@dataclass(frozen=True, kw_only=True)
class Room:
    """A day as one person finds it; she herself is counted nowhere."""

    free: int  #: seats that nobody has and that are offered to nobody
    queue: Sequence[Waits]
    listed: bool  #: she stands on the day's list, in whatever way

    def has_seat(self, since: datetime | None) -> bool:
        """Whether one is left for her; `since`: when she began to wait, None where she doesn't."""
        ahead = [other for other in self.queue if other.ready and (since is None or other.since < since)]
        return len(ahead) < self.free

    def number(self, seat: Enrolment | None) -> int:
        """Her place in the queue, from 1; the last where she doesn't wait yet."""
        if seat is None:
            return 1 + len(self.queue)
        return 1 + sum((other.since, other.id) < (seat.since, seat.id) for other in self.queue)


async def of(session: AsyncSession, now: datetime, row: Session, person_id: UUID) -> Room:
    """The room of a day whose row is locked, in one query."""
    held, queue, listed = 0, [], False
    for seat in await session.execute(_COUNT, {"a_session": row.id, "a_person": person_id}):
        if seat.person_id == person_id:
            listed = True
        elif seat.status == "waiting":
            queue.append(Waits(since=seat.since, id=seat.id, ready=_is_ready(seat.offer_until, now)))
        elif seat.status in TAKEN or (seat.offer_until is not None and seat.offer_until > now):
            held += 1
    return Room(free=row.capacity - held, queue=queue, listed=listed)


_COUNT = (
    select(Enrolment.id, Enrolment.person_id, Enrolment.status, Enrolment.since, Enrolment.offer_until)
    .where(Enrolment.session_id == bindparam("a_session", type_=Enrolment.session_id.type))
    .where(
        or_(
            Enrolment.status.in_((*TAKEN, "offered", "waiting")),
            Enrolment.person_id == bindparam("a_person", type_=Enrolment.person_id.type),
        )
    )
)


def is_held(now: datetime) -> ColumnElement[bool]:
    """Whether a seat is taken, or kept for somebody."""
    return or_(Enrolment.status.in_(TAKEN), (Enrolment.status == "offered") & (Enrolment.offer_until > now))


def is_ready(now: datetime) -> ColumnElement[bool]:
    """Who can be offered a seat: not again within a day of an offer that ended."""
    return or_(Enrolment.offer_until.is_(None), Enrolment.offer_until <= now - _DAY)


def _is_ready(offer_until: datetime | None, now: datetime) -> bool:
    return offer_until is None or offer_until <= now - _DAY
