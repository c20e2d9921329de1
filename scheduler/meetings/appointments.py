"""One-to-one appointments: made, moved, cancelled, taken back and answered; the queue follows."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from babel.dates import format_datetime
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import APPOINTMENTS, WITHOUT_STEPS
from core import clock
from core.languages import LANGUAGES
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.work import Task
from core.values import Private
from scheduler import rules, tasks
from scheduler.meetings import subjects, telling, undo
from scheduler.meetings.agenda import Item, upcoming
from scheduler.queue import notices
from scheduler.rules import House, Step
from scheduler.tasks import Kind

__all__ = [
    "REASONS",
    "Item",
    "Refused",
    "Stale",
    "answer",
    "cancel",
    "foresee",
    "make",
    "move",
    "take_back",
    "upcoming",
]

Answer = Literal["yes", "no", "late"]

#: Why somebody can't come; there is none for illness, on purpose.
REASONS = ("lesson", "children", "transport", "other", "unsaid")

#: Tasks that another day, or none, makes needless; and those that an answer does.
_ABOUT_IT = (Kind.DECLINE, Kind.LATE, Kind.MADE_LATE, Kind.NO_ANSWER, Kind.NOT_REACHED)
_LOOKING = (Kind.NO_ANSWER, Kind.NOT_REACHED)

_DAY = timedelta(days=1)


class Refused(Exception):
    """What was asked can't be done; the text is a Dutch sentence for staff."""


class Stale(Refused):
    """Somebody else changed the appointment first; the sentence says when, and what it is now."""


def foresee(settings: Settings, now: datetime, *, kind: str, wall_time: datetime) -> tuple[Step, ...]:
    """What the person would hear, and when, if the appointment were made now; see rules.is_soon."""
    return () if kind in WITHOUT_STEPS else rules.made(wall_time, House.of(settings), now)


async def make(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    person_id: UUID,
    kind: str,
    wall_time: datetime,
    minutes: int,
    place: str | None,
    with_whom: str | None,
    tolk: str | None,
    by: UUID | None,
) -> Appointment:
    """Make an appointment and plan what the person hears of it; Refused with a sentence for a wrong value."""
    _check(kind, minutes, tolk)
    row = Appointment(
        person_id=person_id,
        kind=kind,
        wall_time=wall_time,
        zone=settings.timezone,
        starts_at=clock.instant(wall_time, settings.timezone),
        minutes=minutes,
        place=Private(place) if place else None,
        with_whom=Private(with_whom) if with_whom else None,
        tolk=tolk or None,
        status="planned",
        version=1,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    await session.flush()
    await telling.announce(session, now, settings, row)
    return row


def _check(kind: str, minutes: int, tolk: str | None) -> None:
    if kind not in APPOINTMENTS:
        raise Refused(f"Deze soort afspraak bestaat niet: {kind}.")
    if not 0 < minutes <= 24 * 60:
        raise Refused("De duur is een aantal minuten, van 1 tot en met 1440.")
    if tolk and tolk not in LANGUAGES:
        raise Refused(f"Deze taal van de tolk kennen wij niet: {tolk}.")


async def move(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    appointment_id: UUID,
    *,
    version: int,
    wall_time: datetime | None = None,
    place: str | None = None,
    by: UUID | None,
) -> Appointment:
    """Give it another time, place or both; None: as it was, an empty place: none. Stale where `version` is old.

    Another time clears the answer: the person is asked again.
    """
    row = await _current(session, appointment_id, version, wall_time)
    if row.status != "planned":
        raise Refused("Deze afspraak gaat niet door. Maak een nieuwe afspraak.")
    moved = wall_time is not None and wall_time != row.wall_time
    old_place = row.place.reveal() if row.place else ""
    placed = place is not None and place != old_place
    if not (moved or placed):
        return row
    belief = await telling.believed(session, settings, row)
    undo.remember(row, belief, now)
    if placed:
        row.place = Private(place) if place else None
    if moved and wall_time is not None:
        row.wall_time, row.starts_at = wall_time, clock.instant(wall_time, row.zone)
        row.answer = row.answered_at = row.decline_reason = None
        await tasks.close_of(session, now, row.id, _ABOUT_IT, "moved", by)
    await session.flush()
    await telling.change(session, now, settings, row, belief, placed=placed or belief.place_waits)
    return row


async def cancel(
    session: AsyncSession, now: datetime, settings: Settings, appointment_id: UUID, *, version: int, by: UUID | None
) -> Appointment:
    """Call it off; whoever was told hears so. Stale where `version` isn't the newest; twice is once."""
    row = await _current(session, appointment_id, version, None)
    if row.status == "cancelled":
        return row
    belief = await telling.believed(session, settings, row)
    undo.remember(row, belief, now)
    await _call_off(session, now, settings, row, belief, "cancelled", by)
    return row


async def take_back(
    session: AsyncSession, now: datetime, settings: Settings, appointment_id: UUID, by: UUID | None
) -> Appointment:
    """Undo the last making, move or cancellation within PIM_UNDO_SECONDS; Refused after that.

    What has not gone yet stays untold; what the person was told meanwhile is put right.
    """
    row = await _locked(session, appointment_id)
    made_only = row.previous is None and row.version == 1
    if row.previous is None and not made_only:
        raise Refused("Er is geen wijziging om terug te nemen.")
    if not telling.in_time(row, now, settings):
        raise Refused(f"Terugnemen kan tot {settings.undo_seconds} seconden na de wijziging. Verplaats of annuleer nu.")
    belief = await telling.believed(session, settings, row)
    if made_only:
        row.version, row.changed_at = row.version + 1, now
        await _call_off(session, now, settings, row, belief, "taken_back", by)
        return row
    placed = undo.restore(row, belief, now)
    await session.flush()
    await telling.change(session, now, settings, row, belief, placed=placed)
    return row


async def answer(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    appointment: Appointment,
    answer: Answer,
    reason: str | None = None,
) -> Task | None:
    """What the person says; `no` and `late` make a task and never cancel. Reasons are in REASONS.

    Nothing changes for an appointment that is off or over: None then, as for `yes`.
    """
    row = await _locked(session, appointment.id)
    if row.status != "planned" or row.starts_at + timedelta(minutes=row.minutes) <= now:
        return None
    if reason is not None and reason not in REASONS:
        raise ValueError(f"no such reason: {reason}")
    if row.answer != answer:
        row.answer, row.answered_at = answer, now
    row.decline_reason = (reason or row.decline_reason or "unsaid") if answer == "no" else None
    await session.flush()
    await notices.answered(session, now, row.id, row.person_id)
    await notices.withdraw(session, row.id, "answered", person_id=row.person_id, steps=("week",))
    await tasks.close_of(session, now, row.id, _LOOKING, "answered")
    if answer == "no":
        return await _declined(session, now, settings, row)
    await tasks.close_of(session, now, row.id, (Kind.DECLINE,), "comes")
    if answer == "late":
        return await _open(session, now, settings, row, Kind.LATE, "late", now)
    return None


async def _declined(session: AsyncSession, now: datetime, settings: Settings, row: Appointment) -> Task:
    """A new day is the klantmanager's to find: today if the appointment is within a day, else the next working day."""
    near = row.starts_at - now <= _DAY
    due = tasks.today(now, settings, before=row.starts_at) if near else tasks.next_working_day(now, settings)
    return await _open(session, now, settings, row, Kind.DECLINE, row.decline_reason or "unsaid", due)


async def _open(
    session: AsyncSession, now: datetime, settings: Settings, row: Appointment, kind: Kind, reason: str, due: datetime
) -> Task:
    return await tasks.open_task(
        session,
        now,
        settings,
        kind=kind,
        person_id=row.person_id,
        reason=reason,
        due=due,
        source_kind=subjects.APPOINTMENT,
        source_id=row.id,
    )


async def _call_off(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    row: Appointment,
    belief: telling.Belief,
    reason: str,
    by: UUID | None,
) -> None:
    row.status = "cancelled"
    await session.flush()
    await tasks.close_of(session, now, row.id, _ABOUT_IT, reason, by)
    await telling.cancel(session, now, settings, row, belief, reason)


async def _locked(session: AsyncSession, appointment_id: UUID) -> Appointment:
    query = select(Appointment).where(Appointment.id == appointment_id).with_for_update()
    row = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise Refused("Deze afspraak is er niet.")
    return row


async def _current(session: AsyncSession, appointment_id: UUID, version: int, wanted: datetime | None) -> Appointment:
    """The row, locked, if it still is what its editor saw."""
    row = await _locked(session, appointment_id)
    if row.version != version:
        raise Stale(_stale(row, wanted))
    return row


def _stale(row: Appointment, wanted: datetime | None) -> str:
    at = clock.wall(row.changed_at or row.created_at, row.zone)
    now = "gaat niet door" if row.status == "cancelled" else in_words(row.wall_time)
    sentences = [f"Iemand anders wijzigde deze afspraak om {at:%H:%M}.", f"Nu: {now}."]
    if wanted is not None:
        sentences.append(f"U had: {in_words(wanted)}.")
    return " ".join(sentences)


def in_words(wall_time: datetime) -> str:
    """A wall time for staff: `donderdag 14 januari 10:00 uur`."""
    return format_datetime(wall_time, "EEEE d MMMM HH:mm 'uur'", locale="nl")
