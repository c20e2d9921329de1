"""Every address of the console with the permission it asks for; nothing else makes a page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.console import (
    access,
    agenda,
    attendance,
    card,
    day,
    deliveries,
    guard,
    hold,
    home,
    hours,
    leefgeld,
    newsform,
    page,
    people,
    person,
    questions,
    recalls,
    staff,
    tasks,
    textchange,
    textqueue,
    texts,
    updates,
    workshops,
)
from bot.console.desk import DESK, Desk
from bot.console.throttle import Throttle

PREFIX: Final = "/console"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address and who may use it."""

    method: str
    path: str
    show: guard.Page
    permission: str  #: an action of core.permissions.MATRIX


@dataclass(frozen=True, kw_only=True)
class OpenRoute:
    """An address for somebody who isn't logged in yet."""

    method: str
    path: str
    show: Callable[[web.Request], Awaitable[web.StreamResponse]]


OPEN = (
    OpenRoute(method="GET", path="/login", show=access.form),
    OpenRoute(method="POST", path="/login", show=access.log_in),
)


def _get(path: str, show: guard.Page, permission: str) -> Route:
    return Route(method="GET", path=path, show=show, permission=permission)


def _post(path: str, show: guard.Page, permission: str) -> Route:
    return Route(method="POST", path=path, show=show, permission=permission)


ROUTES = (
    _get("/", home.show, "console"),
    _post("/hold/lift", hold.lift, "hold"),
    _post("/logout", access.log_out, "console"),
    _get("/people", people.index, "person.list"),
    _get("/people/new", person.blank, "person.add"),
    _post("/people/new", person.add, "person.add"),
    _get("/people/{id}", people.show, "person.list"),
    _get("/people/{id}/edit", person.edit, "person.edit"),
    _post("/people/{id}/edit", person.save, "person.edit"),
    _post("/people/{id}/numbers", people.reveal, "phone.reveal"),
    _post("/people/{id}/card", card.issue, "person.link"),
    _get("/people/{id}/appointments/new", agenda.blank, "appointment.plan"),
    _post("/people/{id}/appointments/new", agenda.make, "appointment.plan"),
    _get("/appointments/{id}", agenda.show, "appointment.see"),
    _post("/appointments/{id}/move", agenda.move, "appointment.plan"),
    _post("/appointments/{id}/cancel", agenda.cancel, "appointment.plan"),
    _post("/appointments/{id}/take-back", agenda.take_back, "appointment.plan"),
    _get("/workshops", workshops.index, "workshop.see"),
    _get("/workshops/new", workshops.blank, "workshop.plan"),
    _post("/workshops/new", workshops.make, "workshop.plan"),
    _get("/workshops/{id}", day.show, "workshop.see"),
    _post("/workshops/{id}/move", day.move, "workshop.plan"),
    _post("/workshops/{id}/cancel", day.cancel, "workshop.plan"),
    _post("/workshops/{id}/invite", day.invite, "workshop.invite"),
    _post("/workshops/{id}/attendance", attendance.note, "attendance.note"),
    _get("/leefgeld", leefgeld.index, "leefgeld.totals"),
    _post("/leefgeld", leefgeld.upload, "leefgeld.import"),
    _get("/leefgeld/{id}", leefgeld.show, "leefgeld.totals"),
    _post("/leefgeld/{id}/approve", leefgeld.approve, "leefgeld.approve"),
    _post("/leefgeld/{id}/withdraw", leefgeld.withdraw, "leefgeld.approve"),
    _get("/updates", updates.index, "update.see"),
    _get("/updates/new", newsform.blank, "update.write"),
    _post("/updates/new", newsform.write, "update.write"),
    _get("/updates/{id}", updates.show, "update.see"),
    _post("/updates/{id}/submit", updates.submit, "update.write"),
    _post("/updates/{id}/approve", updates.approve, "update.approve"),
    _post("/updates/{id}/return", updates.give_back, "update.approve"),
    _post("/updates/{id}/undo", updates.undo, "update.see"),
    _post("/updates/{id}/withdraw", updates.withdraw, "update.see"),
    _get("/updates/{id}/edit", newsform.edit, "update.write"),
    _post("/updates/{id}/edit", newsform.save, "update.write"),
    _post("/updates/{id}/language", newsform.add_language, "update.write"),
    _post("/updates/{id}/recall", recalls.take_back, "update.see"),
    _post("/updates/{id}/tell", recalls.tell, "update.see"),
    _post("/updates/{id}/correct", recalls.correct, "update.write"),
    _get("/updates/{id}/picture", recalls.picture, "update.see"),
    _get("/updates/{id}/voice", recalls.voice, "update.see"),
    _get("/updates/{id}/reason", recalls.reason, "update.see"),
    _get("/texts", texts.index, "text.see"),
    _get("/texts/queue", textqueue.index, "text.approve"),
    _post("/texts/queue/{id}/good", textqueue.good, "text.approve"),
    _post("/texts/queue/{id}/return", textqueue.send_back, "text.approve"),
    _get("/texts/queue/{id}/change", textchange.change, "text.approve"),
    _post("/texts/queue/{id}/change", textchange.improve, "text.approve"),
    _post("/texts/queue/{id}/undo", textqueue.undo, "text.approve"),
    _get("/texts/units/{unit}", texts.unit, "text.see"),
    _get("/texts/units/{unit}/reason", texts.reason, "text.see"),
    _post("/texts/units/{unit}/minor", texts.minor, "text.minor"),
    _get("/texts/{language}/print", texts.on_paper, "text.see"),
    _post("/texts/{language}/ask", texts.ask, "text.ask"),
    _get("/questions", questions.index, "question.list"),
    _get("/questions/{id}", questions.show, "question.read"),
    _get("/questions/{id}/voice", questions.voice, "question.read"),
    _get("/hours", hours.show, "hours.see"),
    _get("/hours.csv", hours.table, "hours.see"),
    _get("/accounts", staff.index, "account.see"),
    _get("/accounts/{id}", staff.show, "account.see"),
    _post("/accounts/{id}/stop", staff.stop, "account.stop"),
    _post("/accounts/{id}/start", staff.start, "account.stop"),
    _post("/accounts/{id}/call-back", staff.call_back, "account.stop"),
    _get("/deliveries", deliveries.index, "delivery.see"),
    _get("/tasks", tasks.index, "task.see"),
    _post("/tasks/{id}/close", tasks.close, "task.close"),
)


def add_to(app: web.Application, desk: Desk) -> None:
    """Give the service its console, under /console/."""
    console = web.Application(middlewares=[guard.headers, guard.same_origin])
    console[DESK] = desk
    console[access.THROTTLE] = Throttle()
    page.set_up(console)
    for door in OPEN:
        console.router.add_route(door.method, door.path, door.show)
    for route in ROUTES:
        console.router.add_route(route.method, route.path, guard.behind(route.permission, route.show))
    console.router.add_static("/static", page.HOME / "static")
    app.router.add_get(PREFIX, _slash)
    app.add_subapp(PREFIX, console)


async def _slash(request: web.Request) -> web.Response:
    return page.see_other(f"{PREFIX}/")
