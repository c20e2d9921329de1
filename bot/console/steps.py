"""What goes out about an appointment: its steps with their moments, in words, and who gets the next one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.console import page, reasons, words
from bot.console.desk import Visit
from content.kinds import WITHOUT_STEPS
from content.review import fallback
from core import addresses
from core.tables.agenda import Appointment
from core.tables.notices import Notice
from core.tables.people import Person

_LATE = timedelta(minutes=15)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One step: what it is, when, how it stands, and why if that needs saying."""

    step: str
    at: datetime | None  #: wall time
    state: str
    look: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What is about to go out, to whom."""

    when: str  #: "over 2 minuten", or a day and time
    people: str
    language: str
    channel: str | None  #: None: nobody can be reached
    unit: str  #: the text that says it


async def of_appointment(visit: Visit, row: Appointment, person: Person) -> list[Line]:
    """The steps in order of time; reminders that will not come stand at the end, with the reason."""
    query = select(Notice).where(Notice.source_id == row.id, Notice.person_id == person.id).order_by(Notice.due)
    notices = list(await visit.session.scalars(query))
    lines = [_line(visit, row, notice) for notice in notices]
    if row.status == "planned" and row.starts_at > visit.now and row.kind not in WITHOUT_STEPS:
        reminders = visit.settings.local.appointment.steps
        lines += [_missing(row, step) for step in reminders if step not in {notice.step for notice in notices}]
    return lines


def _line(visit: Visit, row: Appointment, notice: Notice) -> Line:
    state, look = words.STATES.get(notice.state, (notice.state, "neutral"))
    moved = notice.step == "hours" and notice.state == "planned" and _is_evening_before(visit, row, notice)
    return Line(
        step=words.STEPS.get(notice.step, notice.step),
        at=page.local(notice.sent_at or notice.due, visit),
        state=state,
        look=look,
        why=_too_early(visit, row, notice) if moved else reasons.words(notice.reason) or _late(visit, notice),
    )


def _is_evening_before(visit: Visit, row: Appointment, notice: Notice) -> bool:
    """Whether quiet hours moved the last reminder to another day than its ladder says."""
    hours = visit.settings.local.appointment.hours
    wished = row.starts_at - hours.roughly if hours else notice.due
    return notice.due < wished - _A_MINUTE


def _late(visit: Visit, notice: Notice) -> str:
    """That it went later than planned: a hold, a provider that was away, or a service that was down."""
    if notice.sent_at is None or notice.sent_at - notice.due < _LATE:
        return ""
    due = page.local(notice.due, visit)
    return f"Later dan gepland: het was voor {page.long_day(due)} om {due:%H:%M}."


def _too_early(visit: Visit, row: Appointment, notice: Notice) -> str:
    """Two hours before lies in the quiet hours: it goes the evening before."""
    due, quiet = page.local(notice.due, visit), visit.settings.quiet
    until = f"; vóór {quiet[1]:%H:%M} sturen wij niets" if quiet else ""
    return (
        f"Te laat voor “{words.STEPS[notice.step]}”. De afspraak is om {row.wall_time:%H:%M}{until}. "
        f"Het bericht gaat {page.long_day(due)} om {due:%H:%M}."
    )


def _missing(row: Appointment, step: str) -> Line:
    if step == "week" and row.answer is not None:
        why = "Niet nodig: de persoon heeft al geantwoord."
    else:
        why = "Te laat, of te dicht op een ander bericht over deze afspraak."
    return Line(step=words.STEPS[step], at=None, state="komt niet", look="neutral", why=why)


async def preview(visit: Visit, row: Appointment, person: Person) -> Preview | None:
    """The step that still waits after what was just done; None where nothing is about to go."""
    query = (
        select(Notice)
        .where(Notice.source_id == row.id, Notice.person_id == person.id, Notice.state == "planned")
        .where(Notice.step.in_(("announced", "changed", "cancelled")))
        .order_by(Notice.due)
        .limit(1)
    )
    notice = (await visit.session.scalars(query)).one_or_none()
    if notice is None:
        return None
    unit = (notice.variables or {}).get("unit") or f"appointment.{notice.step}"
    return Preview(
        when=_when(visit, notice.due),
        people=words.of_number(1, "persoon", "mensen"),
        language=words.language(fallback.heard(visit.desk.texts(), person.languages, unit)),
        channel=await _channel(visit, person),
        unit=unit,
    )


async def _channel(visit: Visit, person: Person) -> str | None:
    """The first address that can be used, as the person ranked them."""
    for bond, address in await addresses.of_person(visit.session, person.id):
        if bond.verified_at and not bond.opted_out_at and not address.dead_at:
            return words.CHANNELS[address.channel]
    return None


def _when(visit: Visit, due: datetime) -> str:
    left = due - visit.now
    if left <= timedelta():
        return "nu"
    if left <= timedelta(hours=1):
        minutes = max(1, round(left / _A_MINUTE))
        return f"over {words.of_number(minutes, 'minuut', 'minuten')}"
    at = page.local(due, visit)
    return f"{page.long_day(at)} om {at:%H:%M} uur"
