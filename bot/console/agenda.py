"""Appointments: made, looked at, moved, cancelled, taken back within two minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.console import fallbacks, guard, moments, page, sight, steps, words
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from content.kinds import APPOINTMENTS
from core.languages import LANGUAGES
from core.permissions import Scope, may, reach
from core.tables.agenda import Appointment
from core.tables.people import Account, Person
from scheduler.meetings import appointments, telling

LABELS = {
    "kind": "Soort afspraak",
    "day": "Dag",
    "time": "Tijd",
    "minutes": "Duur in minuten",
    "place": "Plaats",
    "with_whom": "Met wie",
    "tolk": "Tolk",
}

#: What a person hears of an appointment from the start to the day itself.
_HEARD = ("appointment.announced", "appointment.week", "appointment.day", "appointment.hours")

#: And when it is moved or called off.
_CHANGES = ("appointment.changed", "appointment.time", "appointment.place", "appointment.cancelled")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an editor wanted when somebody else was first."""

    wall_time: datetime | None
    place: str | None
    sentence: str


async def blank(visit: Visit) -> web.Response:
    """The form for a new appointment."""
    person = await guard.person(visit, visit.id_in_path(), "appointment.plan")
    return await _form(visit, person, Filled(minutes=60, with_whom=visit.account.name))


async def make(visit: Visit) -> web.Response:
    """Make it, and show what the person hears of it."""
    person = await guard.person(visit, visit.id_in_path(), "appointment.plan")
    form = Form(await posted(visit.request))
    kind = form.choice("kind", _kinds(visit.account), needed="Kies een soort afspraak.")
    wall_time = moments.to_come(visit, form)
    minutes = form.number("minutes", least=5, most=24 * 60, needed="Vul in hoe lang het duurt.")
    place, with_whom = form.text("place"), form.text("with_whom")
    tolk = form.choice("tolk", LANGUAGES)
    if form.problems or wall_time is None or kind is None or minutes is None:
        return await _form(visit, person, form)
    try:
        row = await appointments.make(
            visit.session,
            visit.now,
            visit.settings,
            person_id=person.id,
            kind=kind,
            wall_time=wall_time,
            minutes=minutes,
            place=place or None,
            with_whom=with_whom or None,
            tolk=tolk,
            by=visit.account.id,
        )
    except appointments.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _form(visit, person, form)
    return page.see_other(f"/console/appointments/{row.id}?note=appointment-made")


def _kinds(account: Account) -> tuple[str, ...]:
    """A begeleider makes his own kind only."""
    return (sight.BEGELEIDING,) if reach(account, "appointment.plan") is Scope.BUDDY else APPOINTMENTS


async def _form(visit: Visit, person: Person, form: Form) -> web.Response:
    return page.show(
        visit,
        "appointment_form.html",
        status=422 if form.problems else 200,
        person=person,
        form=form,
        labels=LABELS,
        kinds=[(code, words.APPOINTMENTS[code]) for code in _kinds(visit.account)],
        fallbacks=await fallbacks.of_person(visit, person, *_HEARD),
        tolken=[(code, language.dutch_name) for code, language in LANGUAGES.items() if code != "nl"],
    )


async def _found(visit: Visit, action: str) -> tuple[Appointment, Person]:
    row = await visit.session.get(Appointment, visit.id_in_path())
    person = await guard.person(visit, row.person_id if row else None, action)
    if row is None or not sight.own(visit.account, row):
        raise web.HTTPNotFound
    return row, person


async def show(visit: Visit) -> web.Response:
    """One appointment: when, where, what goes out about it, and how to change it."""
    row, person = await _found(visit, "appointment.see")
    return await _show(visit, row, person, Form({}))


async def _show(visit: Visit, row: Appointment, person: Person, form: Form, wish: Wish | None = None) -> web.Response:
    """The move form keeps what was typed; untyped it holds what stands now."""
    preview = await steps.preview(visit, row, person)
    over = row.starts_at <= visit.now or row.status != "planned"
    filled = (
        form if form.problems else Filled(day=row.wall_time.date(), time=f"{row.wall_time:%H:%M}", place=_place(row))
    )
    return page.show(
        visit,
        "appointment.html",
        status=409 if wish else 422 if form.problems else 200,
        row=row,
        person=person,
        form=filled,
        labels=LABELS,
        wish=wish,
        steps=await steps.of_appointment(visit, row, person),
        preview=preview,
        fallbacks=await fallbacks.of_person(
            visit, person, *([preview.unit] if preview else []), *([] if over else (*_HEARD, *_CHANGES))
        ),
        may_take_back=telling.in_time(row, visit.now, visit.settings) and _can_go_back(row),
        may_plan=may(visit.account, "appointment.plan", person),
        over=over,
        ends=row.wall_time + timedelta(minutes=row.minutes),
    )


def _place(row: Appointment) -> str:
    return row.place.reveal() if row.place else ""


def _can_go_back(row: Appointment) -> bool:
    """Something was done that can be undone: it was made, moved or cancelled, not itself a taking back."""
    return row.previous is not None or (row.version == 1 and row.status == "planned")


async def move(visit: Visit) -> web.Response:
    """Another time or place; when somebody else was first, both are shown and the editor chooses."""
    row, person = await _found(visit, "appointment.plan")
    form = Form(await posted(visit.request))
    wall_time, place = moments.to_come(visit, form), form.text("place")
    version = form.number("version", least=1, most=10**6, needed="Open de afspraak opnieuw.")
    if form.problems or version is None or wall_time is None:
        return await _show(visit, row, person, form)
    before = row.version
    try:
        row = await appointments.move(
            visit.session,
            visit.now,
            visit.settings,
            row.id,
            version=version,
            wall_time=wall_time,
            place=place if place != _place(row) else None,
            by=visit.account.id,
        )
    except appointments.Stale as stale:
        wish = Wish(wall_time=wall_time, place=place, sentence=str(stale))
        return await _show(visit, row, person, form, wish)
    except appointments.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _show(visit, row, person, form)
    note = "appointment-moved" if row.version != before else "appointment-same"
    return page.see_other(f"/console/appointments/{row.id}?note={note}")


async def cancel(visit: Visit) -> web.Response:
    """Call it off."""
    row, person = await _found(visit, "appointment.plan")
    form = Form(await posted(visit.request))
    version = form.number("version", least=1, most=10**6, needed="Open de afspraak opnieuw.")
    if version is None:
        return await _show(visit, row, person, form)
    try:
        await appointments.cancel(
            visit.session, visit.now, visit.settings, row.id, version=version, by=visit.account.id
        )
    except appointments.Stale as stale:
        return await _show(visit, row, person, form, Wish(wall_time=None, place=None, sentence=str(stale)))
    except appointments.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _show(visit, row, person, form)
    return page.see_other(f"/console/appointments/{row.id}?note=appointment-cancelled")


async def take_back(visit: Visit) -> web.Response:
    """Toch niet: undo the last making, move or cancellation."""
    row, person = await _found(visit, "appointment.plan")
    form = Form({})
    try:
        await appointments.take_back(visit.session, visit.now, visit.settings, row.id, visit.account.id)
    except appointments.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _show(visit, row, person, form)
    return page.see_other(f"/console/appointments/{row.id}?note=taken-back")
