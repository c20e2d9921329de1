"""What everybody on the list of a workshop's day hears when it moves or is off: a handful of statements in all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.tables.agenda import Enrolment, Session
from core.tables.people import Person
from scheduler import rules
from scheduler.meetings import seats, subjects
from scheduler.meetings.subjects import Subject
from scheduler.queue import notices, waiting
from scheduler.queue.notices import Plan
from scheduler.queue.plans import Place
from scheduler.queue.waiting import Standing
from scheduler.rules import Step


@dataclass(frozen=True, kw_only=True)
class _Knows:
    """All that decides what somebody hears; of a crowd most know the same, so it is worked out once."""

    status: str
    told: bool
    believed: datetime  #: the day that was told, or would have been
    place_waits: bool = False  #: a change of the place only has not gone yet
    last_sent: datetime | None = None  #: None also where nothing depends on it
    invited: datetime | None = None  #: when the invitation that still waits is due
    by_day: bool = False  #: chose to hear of things only by day

    def wishes(self, subject: Subject) -> Subject:
        """The day with the quiet hours of who knows this."""
        return replace(subject, house=subject.house.by_day) if self.by_day else subject


async def moved(
    session: AsyncSession, now: datetime, settings: Settings, row: Session, before: datetime, *, placed: bool
) -> None:
    """The day stands at its new time or place; `before`: the wall time until now."""
    subject = subjects.of_session(settings, row, row.id)
    listed = await _tell(
        session, now, row, before, "moved", lambda knows: _after_move(now, knows.wishes(subject), knows, placed)
    )
    if row.starts_at > now and "offered" in listed.values():
        await _offer_anew(session, now, settings, row)


async def cancelled(session: AsyncSession, now: datetime, settings: Settings, row: Session) -> None:
    """The day is off."""
    subject = subjects.of_session(settings, row, row.id)

    def off(knows: _Knows) -> list[Plan]:
        plan = knows.wishes(subject).cancelled(now, knows.believed) if knows.told else None
        return [] if plan is None else [plan]

    await _tell(session, now, row, row.wall_time, "cancelled", off)


async def _tell(
    session: AsyncSession,
    now: datetime,
    row: Session,
    before: datetime,
    reason: str,
    hears: Callable[[_Knows], Sequence[Plan]],
) -> dict[UUID, str]:
    """Plan what each hears instead of what waits; returns who is on the list, and how they stand to the day."""
    rows = (await session.execute(_LISTED, {"a_session": row.id})).all()
    by_day = {row.person_id for row in rows if row.daytime_only}
    listed: dict[UUID, str] = {row.person_id: row.status for row in rows}
    standing = await waiting.everybody(session, subjects.SESSION, row.id)
    alike: dict[_Knows, Sequence[Plan]] = {}
    plans: list[Plan] = []
    waits: dict[Place, UUID] = {}
    for person_id, status in listed.items():
        theirs = standing.get(person_id, _NOTHING)
        knows = _knows(status, theirs, before, by_day=person_id in by_day)
        if knows not in alike:
            alike[knows] = hears(knows)
        plans += [plan._replace(person_id=person_id) for plan in alike[knows]]
        waits |= theirs.open
    await notices.replace(session, now, plans, waits, reason)
    return listed


_NOTHING = Standing()

#: How somebody stands to a day who hears of its changes.
LISTED = ("invited", "enrolled", "offered", "waiting")

_LISTED = (
    select(Enrolment.person_id, Enrolment.status, Person.daytime_only)
    .join(Person, Person.id == Enrolment.person_id)
    .where(Enrolment.session_id == bindparam("a_session", type_=Enrolment.session_id.type))
    .where(Enrolment.status.in_(LISTED))
    .order_by(Enrolment.since, Enrolment.id)
)


def _knows(status: str, standing: Standing, before: datetime, *, by_day: bool) -> _Knows:
    """Who signed up or waits knows the day by the answer; who was invited, once the invitation went."""
    change, invitation = standing.waits.get("changed"), standing.waits.get("invitation")
    old_day = change.wall_time("old_day", "old_time") if change is not None else None
    return _Knows(
        by_day=by_day,
        status=status,
        told=change is not None or status != "invited" or standing.told,
        believed=old_day or before,
        place_waits=change is not None and change.unit == "workshop.place",
        last_sent=standing.last_sent if status == "enrolled" else None,
        invited=invitation.due if invitation is not None and status == "invited" else None,
    )


def _after_move(now: datetime, subject: Subject, knows: _Knows, placed: bool) -> list[Plan]:
    """The waiting invitation in place, else one `changed`, and reminders."""
    plans = []
    news = subject.changed(now, knows.believed, placed=placed or knows.place_waits) if knows.told else None
    if news is not None:
        plans.append(news)
    if knows.invited is not None and subject.start > now:
        due = rules.at_once(knows.invited, subject.start, subject.house)
        plans.append(subject.plan(Step(name="invitation", due=due, use_by=subject.start, says="invitation")))
    if knows.status == "enrolled":
        plans += seats.reminders(now, subject, knows.last_sent if news is None else news.due)
    return plans


async def _offer_anew(session: AsyncSession, now: datetime, settings: Settings, row: Session) -> None:
    """Who was offered a seat has until another moment to take it; too little time is the queue again."""
    query = select(Enrolment).where(Enrolment.session_id == row.id, Enrolment.status == "offered")
    for seat in (await session.scalars(query.order_by(Enrolment.since, Enrolment.id))).all():
        if not await seats.offer(session, now, settings, row, seat):
            seat.status = "waiting"
