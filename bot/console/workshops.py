"""Workshops: the days to come, a new day, who is on its list, invitations, moves, and who was there."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy import Select, func, select

from bot.console import moments, page, sight
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from core.permissions import may
from core.tables.agenda import Enrolment, Partner, Place, Session, Workshop
from scheduler.meetings import workshops

LABELS = {
    "workshop": "Workshop",
    "day": "Dag",
    "time": "Tijd",
    "place": "Plaats",
    "capacity": "Aantal plaatsen",
}


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a workshop with what belongs to it."""

    row: Session
    workshop: Workshop
    place: Place
    partner: str


def _days() -> Select[Session, Workshop, Place, str]:
    return (
        select(Session, Workshop, Place, Partner.name)
        .join(Workshop, Workshop.id == Session.workshop_id)
        .join(Place, Place.id == Session.place_id)
        .join(Partner, Partner.id == Workshop.partner_id)
    )


async def index(visit: Visit) -> web.Response:
    """The days to come, or those that were, with how many take part."""
    past, number = visit.request.query.get("list") == "past", page.number(visit.request)
    border = visit.now - timedelta(hours=3)
    order = (Session.starts_at.desc(), Session.id) if past else (Session.starts_at, Session.id)
    query = (
        _days()
        .where(sight.workshops(visit.account), Session.starts_at < border if past else Session.starts_at >= border)
        .order_by(*order)
        .limit(page.LENGTH + 1)
        .offset((number - 1) * page.LENGTH)
    )
    found = [
        Day(row=row, workshop=workshop, place=place, partner=partner)
        for row, workshop, place, partner in await visit.session.execute(query)
    ]
    return page.show(
        visit,
        "workshops.html",
        days=found[: page.LENGTH],
        counts=await counts(visit, [day.row.id for day in found]),
        past=past,
        number=number,
        more=len(found) > page.LENGTH,
        query="list=past&" if past else "",
        may_plan=may(visit.account, "workshop.plan"),
    )


async def counts(visit: Visit, ids: list[UUID]) -> dict[UUID, Counter[str]]:
    """Session -> status -> how many."""
    counted: dict[UUID, Counter[str]] = {row_id: Counter() for row_id in ids}
    query = (
        select(Enrolment.session_id, Enrolment.status, func.count())
        .where(Enrolment.session_id.in_(ids))
        .group_by(Enrolment.session_id, Enrolment.status)
    )
    for session_id, status, count in await visit.session.execute(query):
        counted[session_id][status] = count
    return counted


async def blank(visit: Visit) -> web.Response:
    """The form for a new day."""
    return await _form(visit, Filled(capacity=12))


async def _form(visit: Visit, form: Form) -> web.Response:
    return page.show(
        visit,
        "workshop_form.html",
        status=422 if form.problems else 200,
        form=form,
        labels=LABELS,
        workshops=await _own_workshops(visit),
        places=await places(visit),
    )


async def _own_workshops(visit: Visit) -> list[tuple[UUID, str]]:
    query = select(Workshop).where(sight.workshops(visit.account, "workshop.plan")).order_by(Workshop.title)
    return [(row.id, row.title) for row in await visit.session.scalars(query)]


async def places(visit: Visit) -> list[tuple[UUID, str]]:
    """Where a day can be, for a list to choose from."""
    query = select(Place).order_by(Place.town, Place.name)
    return [(row.id, f"{row.name}, {row.town}") for row in await visit.session.scalars(query)]


async def make(visit: Visit) -> web.Response:
    """Plan a day; nobody hears of it until invited."""
    form = Form(await posted(visit.request))
    workshop_id = form.row(
        "workshop", [row_id for row_id, _ in await _own_workshops(visit)], needed="Kies een workshop."
    )
    place_id = form.row("place", [row_id for row_id, _ in await places(visit)], needed="Kies een plaats.")
    wall_time = moments.to_come(visit, form)
    capacity = form.number("capacity", least=1, most=500, needed="Vul in hoeveel mensen er kunnen komen.")
    if form.problems or not (workshop_id and place_id and wall_time and capacity):
        return await _form(visit, form)
    row = await workshops.schedule(
        visit.session,
        visit.now,
        visit.settings,
        workshop_id=workshop_id,
        wall_time=wall_time,
        place_id=place_id,
        capacity=capacity,
        childcare=form.ticked("childcare"),
        women_only=form.ticked("women_only"),
    )
    return page.see_other(f"/console/workshops/{row.id}?note=session-made")


async def find(visit: Visit, action: str) -> Day:
    """The day in the address, if this account may do this to it; 404 otherwise."""
    query = _days().where(Session.id == visit.id_in_path(), sight.workshops(visit.account, action))
    found = (await visit.session.execute(query)).one_or_none()
    if found is None:
        raise web.HTTPNotFound
    row, workshop, place, partner = found
    return Day(row=row, workshop=workshop, place=place, partner=partner)
