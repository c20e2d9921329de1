"""One day of a workshop: shown, moved, cancelled, people invited to it."""

from datetime import timedelta

from aiohttp import web
from sqlalchemy import func, select

from bot.console import fallbacks, guard, moments, page, sight
from bot.console.attendance import guests, may_note
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from bot.console.workshops import LABELS, Day, counts, find, places
from core.languages import LANGUAGES
from core.permissions import is_logged, may
from core.tables.agenda import Enrolment
from core.tables.people import Person
from scheduler.meetings import crowd, workshops

_INVITATION = "workshop.invitation"

#: What the people on the list hear when the day moves or is off.
_CHANGES = ("workshop.changed", "workshop.time", "workshop.place", "workshop.cancelled")


async def show(visit: Visit) -> web.Response:
    """One day: when, where, who is on the list."""
    return await _show(visit, await find(visit, "workshop.see"), Form({}))


async def _show(visit: Visit, day: Day, form: Form, *, stale: str = "") -> web.Response:
    row, account = day.row, visit.account
    may_plan = may(account, "workshop.plan", partner_id=day.workshop.partner_id)
    filled = (
        form if form.problems else Filled(day=row.wall_time.date(), time=f"{row.wall_time:%H:%M}", place=row.place_id)
    )
    count = (await counts(visit, [row.id]))[row.id]
    begun = row.starts_at <= visit.now
    may_invite = may(account, "workshop.invite") and not begun and not day.workshop.open_activity
    invited = select(Person.id).where(sight.people(account, "workshop.invite"))
    listed = select(Enrolment.person_id).where(Enrolment.session_id == row.id, Enrolment.status.in_(crowd.LISTED))
    return page.show(
        visit,
        "workshop.html",
        status=409 if stale else 422 if form.problems else 200,
        day=day,
        ends=row.wall_time + timedelta(minutes=row.minutes),
        counts=count,
        free=max(0, row.capacity - count["enrolled"] - count["attended"] - count["offered"]),
        guests=await guests(visit, day),
        form=filled,
        stale=stale,
        labels=LABELS,
        places=await places(visit),
        begun=begun,
        may_plan=may_plan,
        may_note=may_note(visit, day),
        may_invite=may_invite,
        fallbacks=await fallbacks.of_people(visit, invited, _INVITATION, exact=True) if may_invite else [],
        changed=await fallbacks.of_people(visit, listed, *_CHANGES, exact=False) if may_plan and not begun else [],
        languages=await _languages(visit) if may(account, "workshop.invite") else [],
        door_code=row.door_code if may_plan else None,
    )


async def _languages(visit: Visit) -> list[tuple[str, str]]:
    """The first languages of the people this account may invite."""
    first = Person.languages[1]
    query = select(first, func.count()).where(sight.people(visit.account, "workshop.invite")).group_by(first)
    found: dict[str, int] = dict((await visit.session.execute(query)).all())
    return [(code, f"{language.dutch_name} ({found[code]})") for code, language in LANGUAGES.items() if code in found]


async def invite(visit: Visit) -> web.Response:
    """Invite all people this account may invite, or those who put one language first; nobody is invited twice."""
    day, form = await find(visit, "workshop.see"), Form(await posted(visit.request))
    wanted = form.choice("language", LANGUAGES)
    seen = sight.people(visit.account, "workshop.invite")
    query = select(Person.id).where(seen)
    if wanted is not None:
        query = query.where(Person.languages[1] == wanted)
    if form.problems:
        return await _show(visit, day, form)
    people = list(await visit.session.scalars(query))
    try:
        count = await workshops.invite(visit.session, visit.now, visit.settings, day.row.id, people)
    except workshops.Refused as refusal:
        form.refuse("language", str(refusal))
        return await _show(visit, day, form)
    if is_logged(visit.account, "workshop.invite"):
        guard.noted(visit, "workshop.invite", "workshop_session", day.row.id)
    return page.see_other(f"/console/workshops/{day.row.id}?note={'invited' if count else 'nobody-invited'}")


async def move(visit: Visit) -> web.Response:
    """Another time or place; everybody who was told hears so."""
    day, form = await find(visit, "workshop.plan"), Form(await posted(visit.request))
    wall_time = moments.to_come(visit, form)
    place_id = form.row("place", [row_id for row_id, _ in await places(visit)], needed="Kies een plaats.")
    version = form.number("version", least=1, most=10**6, needed="Open deze dag opnieuw.")
    if form.problems or wall_time is None:
        return await _show(visit, day, form)
    try:
        await workshops.move(
            visit.session,
            visit.now,
            visit.settings,
            day.row.id,
            version=version,
            wall_time=wall_time,
            place_id=place_id,
        )
    except workshops.Stale as stale:
        return await _show(visit, day, form, stale=str(stale))
    except workshops.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _show(visit, day, form)
    return page.see_other(f"/console/workshops/{day.row.id}?note=session-moved")


async def cancel(visit: Visit) -> web.Response:
    """Call the day off; everybody who was told hears so."""
    day, form = await find(visit, "workshop.plan"), Form(await posted(visit.request))
    version = form.number("version", least=1, most=10**6, needed="Open deze dag opnieuw.")
    if form.problems:
        return await _show(visit, day, form)
    try:
        await workshops.cancel(visit.session, visit.now, visit.settings, day.row.id, version=version)
    except workshops.Stale as stale:
        return await _show(visit, day, form, stale=str(stale))
    except workshops.Refused as refusal:
        form.refuse("day", str(refusal))
        return await _show(visit, day, form)
    return page.see_other(f"/console/workshops/{day.row.id}?note=session-cancelled")
