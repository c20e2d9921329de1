"""What follows in the queue when an appointment is made, changed or cancelled, seen from what its person knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import WITHOUT_STEPS
from core.settings import Settings
from core.tables.agenda import Appointment
from scheduler import rules, tasks
from scheduler.meetings import subjects, week
from scheduler.queue import notices, waiting
from scheduler.queue.notices import Plan

_STEPS = ("announced", "week", "day", "hours", "changed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Belief:
    """What a person thinks about an appointment."""

    told: bool
    wall_time: datetime  #: the day that was told, or would have been
    cancelled: bool = False  #: was told that it is off
    change_waits: bool = False  #: a change was planned that has not gone yet
    place_waits: bool = False  #: that change is about the place only
    announced: datetime | None = None  #: when the announcement that still waits is due


async def believed(session: AsyncSession, settings: Settings, row: Appointment) -> Belief:
    """What the person knows of the row as it stands, before it is changed."""
    pending = await waiting.steps(session, row.id, row.person_id)
    changed, off = pending.get("changed"), pending.get("cancelled")
    told = changed is not None or off is not None or await _knows(session, settings, row)
    day = row.wall_time
    if changed is not None:
        day = changed.wall_time("old_day", "old_time") or day
    elif off is not None:
        day = off.wall_time() or day
    return Belief(
        told=told,
        wall_time=day,
        cancelled=told and row.status == "cancelled" and off is None,
        change_waits=changed is not None or off is not None,
        place_waits=changed is not None and changed.unit == "appointment.place",
        announced=pending["announced"].due if "announced" in pending else None,
    )


async def _knows(session: AsyncSession, settings: Settings, row: Appointment) -> bool:
    """By a push of its own, by having answered it, or (kinds without steps) by the overview of its week."""
    if row.answer is not None or await notices.was_told(session, row.id, row.person_id):
        return True
    if row.kind not in WITHOUT_STEPS:
        return False
    overview = week.overview_id(row.person_id, row.starts_at, subjects.of_appointment(settings, row).house)
    told_at = await notices.last_sent(session, overview, row.person_id)
    return told_at is not None and told_at >= row.created_at


def in_time(row: Appointment, now: datetime, settings: Settings) -> bool:
    """Whether the last making, move or cancellation is recent enough to take back."""
    return now <= (row.changed_at or row.created_at) + timedelta(seconds=settings.undo_seconds)


async def announce(
    session: AsyncSession, now: datetime, settings: Settings, row: Appointment, waits: datetime | None = None
) -> None:
    """Plan all steps of an appointment its person doesn't know of; `waits`: the announcement keeps this moment."""
    if row.kind in WITHOUT_STEPS:
        return
    subject = await subjects.as_wished(session, subjects.of_appointment(settings, row))
    joins = waits or await waiting.announcement(session, now, row.person_id, besides=row.id)
    steps = rules.made(row.wall_time, subject.house, now, joins=joins)
    await _replace(session, now, row, [subject.plan(step) for step in steps])
    if rules.is_soon(steps):
        await tasks.open_task(
            session,
            now,
            settings,
            kind=tasks.Kind.MADE_LATE,
            person_id=row.person_id,
            reason="soon",
            source_kind=subjects.APPOINTMENT,
            source_id=row.id,
        )


async def change(
    session: AsyncSession, now: datetime, settings: Settings, row: Appointment, belief: Belief, *, placed: bool
) -> None:
    """Plan again after a change; one `changed` where the person now believes something else.

    `placed`: the place is another one than the person was told.
    """
    if not belief.told:
        await announce(session, now, settings, row, waits=belief.announced)
        return
    subject = await subjects.as_wished(session, subjects.of_appointment(settings, row))
    plans = []
    previous = await notices.last_sent(session, row.id, row.person_id)
    news = subject.changed(now, belief.wall_time, placed=placed, revived=belief.cancelled)
    if news is not None:
        plans.append(news)
        previous = news.due
    if row.kind not in WITHOUT_STEPS:
        answered = row.answer is not None
        steps = rules.remaining(row.wall_time, subject.house, now, previous=previous, answered=answered)
        plans += [subject.plan(step) for step in steps]
    await _replace(session, now, row, plans)


async def again(session: AsyncSession, now: datetime, settings: Settings, person_id: UUID) -> None:
    """Plan what a person still hears of her appointments again: she chose other hours."""
    query = select(Appointment).where(
        Appointment.person_id == person_id, Appointment.status == "planned", Appointment.starts_at > now
    )
    for row in await session.scalars(query.order_by(Appointment.starts_at).with_for_update()):
        belief = await believed(session, settings, row)
        await change(session, now, settings, row, belief, placed=belief.place_waits)


async def cancel(
    session: AsyncSession, now: datetime, settings: Settings, row: Appointment, belief: Belief, reason: str
) -> None:
    """Take everything out of the queue; `cancelled` goes to a person who was told, about the day that was told."""
    off = None
    if belief.told and not belief.cancelled:
        subject = await subjects.as_wished(session, subjects.of_appointment(settings, row))
        off = subject.cancelled(now, belief.wall_time)
    await _replace(session, now, row, [off] if off is not None else [], reason)


async def _replace(
    session: AsyncSession, now: datetime, row: Appointment, plans: Sequence[Plan], reason: str = "moved"
) -> None:
    """Change in place what stays, withdraw what doesn't."""
    gone = [step for step in _STEPS if step not in {plan.step for plan in plans}]
    await notices.withdraw(session, row.id, reason, person_id=row.person_id, steps=gone)
    if plans:
        await notices.plan(session, now, plans)
