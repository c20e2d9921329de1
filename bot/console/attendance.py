"""Who is on the list of a workshop's day, as far as the reader may know, and who was there."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import guard, page, sight
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from bot.console.workshops import Day, find
from core.permissions import Scope, is_logged, may, reach
from core.tables.agenda import Attendance, Enrolment
from core.tables.people import Person

#: How long after a day its list can still be ticked by its partner (privacy.md).
_TICKING = timedelta(days=14)

#: Who is on the list of a day, for whom it matters who comes.
_ON_LIST = ("enrolled", "attended", "absent", "waiting", "offered", "invited")


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody on the list, as far as the reader may know."""

    enrolment_id: UUID
    person_id: UUID | None
    name: str
    status: str
    present: bool | None
    disputed: bool


def may_note(visit: Visit, day: Day) -> bool:
    """From the start until two weeks after it, by who keeps the list of this day."""
    in_time = day.row.starts_at <= visit.now <= day.row.starts_at + _TICKING
    return in_time and may(visit.account, "attendance.note", partner_id=day.workshop.partner_id)


async def guests(visit: Visit, day: Day) -> list[Guest]:
    """The list: a klantmanager's own people, first names for its partner, everybody for a regisseur (logged)."""
    if not may(visit.account, "attendance.see", partner_id=day.workshop.partner_id):
        return []
    query = (
        select(Enrolment, Person, Attendance)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Attendance, Attendance.enrolment_id == Enrolment.id)
        .where(Enrolment.session_id == day.row.id, Enrolment.status.in_(_ON_LIST))
        .order_by(Enrolment.since, Enrolment.id)
    )
    scope = reach(visit.account, "attendance.see")
    if scope is Scope.CASELOAD:
        query = query.where(sight.people(visit.account, "attendance.see"))
    if scope is Scope.WORKSHOPS:
        query = query.where(Enrolment.status.in_(("enrolled", "attended", "absent")))
        if visit.now > day.row.starts_at + _TICKING:
            return []
    found = (await visit.session.execute(query)).all()
    if found and is_logged(visit.account, "attendance.see"):
        guard.noted(visit, "attendance.see", "workshop_session", day.row.id)
    linked = scope is not Scope.WORKSHOPS
    return [_guest(enrolment, person, noted, linked=linked) for enrolment, person, noted in found]


def _guest(enrolment: Enrolment, person: Person, noted: Attendance | None, *, linked: bool) -> Guest:
    return Guest(
        enrolment_id=enrolment.id,
        person_id=person.id if linked else None,
        name=person.name.reveal() if person.name else "",
        status=enrolment.status,
        present=noted.present if noted else None,
        disputed=noted.disputed if noted else False,
    )


async def note(visit: Visit) -> web.Response:
    """Keep who was there and who wasn't; a disputed line stays unknown until it is talked over."""
    day = await find(visit, "attendance.note")
    if not may_note(visit, day):
        raise web.HTTPNotFound
    form = Form(await posted(visit.request))
    query = select(Enrolment).where(
        Enrolment.session_id == day.row.id, Enrolment.status.in_(("enrolled", "attended", "absent"))
    )
    for seat in list(await visit.session.scalars(query)):
        said = form.raw(f"present-{seat.id}")
        if said in ("yes", "no"):
            await _note(visit, seat, present=said == "yes")
    guard.noted(visit, "attendance.note", "workshop_session", day.row.id)
    return page.see_other(f"/console/workshops/{day.row.id}?note=attendance")


async def _note(visit: Visit, seat: Enrolment, *, present: bool) -> None:
    row = (await visit.session.scalars(select(Attendance).where(Attendance.enrolment_id == seat.id))).one_or_none()
    if row is None:
        row = Attendance(enrolment_id=seat.id, present=None, disputed=False, at=visit.now)
        visit.session.add(row)
    if row.disputed and not present:
        return
    row.present, row.noted_by, row.at = present, visit.account.id, visit.now
    row.disputed = row.disputed and not present
    seat.status = "attended" if present else "absent"
    await visit.session.flush()
