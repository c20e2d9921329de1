"""Log in, log out, and what the cookie of a log-in looks like."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from aiohttp import web

from bot.console import page, sessions
from bot.console.desk import DESK, Desk, Visit
from bot.console.forms import Form, posted
from bot.console.throttle import Throttle
from core import accounts, audit
from core.permissions import may
from core.tables.people import Account

COOKIE = "pim_session"
THROTTLE: Final = web.AppKey("throttle", Throttle)

#: The same words whether the address, the password or the role is wrong.
_WRONG = "Dit e-mailadres en wachtwoord horen niet bij elkaar."


async def form(request: web.Request) -> web.Response:
    """The log-in page; somebody who is logged in goes on to the first page."""
    if await visitor(request) is not None:
        return page.see_other("/console/")
    return _page(request, Form({}))


async def log_in(request: web.Request) -> web.Response:
    """Check the password and begin a log-in."""
    desk, typed = request.app[DESK], Form(await posted(request))
    email = typed.text("email", needed="Vul uw e-mailadres in.").lower()
    password = typed.secret("password", needed="Vul uw wachtwoord in.")
    if typed.problems:
        return _page(request, typed)
    throttle, address = request.app[THROTTLE], request.remote or ""
    wait = throttle.wait(desk.clock.real(), email, address)
    if wait > timedelta():
        minutes = -(-wait // timedelta(minutes=1))
        typed.refuse(
            "email", f"Te veel pogingen. Probeer het over {minutes} {'minuut' if minutes == 1 else 'minuten'} opnieuw."
        )
        return _page(request, typed, status=429)
    token = await _try(desk, email, password)
    if token is None:
        throttle.failed(desk.clock.real(), email, address)
        typed.refuse("email", _WRONG)
        return _page(request, typed)
    throttle.succeeded(email, address)
    response = page.see_other("/console/")
    _set_cookie(response, desk, token)
    return response


async def _try(desk: Desk, email: str, password: str) -> str | None:
    async with desk.database.begin() as session:
        account = await accounts.by_email(session, email)
    fits = await asyncio.to_thread(accounts.password_fits, account, password)
    if not fits or account is None or not may(account, "console"):
        return None
    real = desk.clock.real()
    async with desk.database.begin() as session:
        token = await sessions.start(session, real, account.id)
        await audit.record(
            session, real, actor_id=account.id, action="log in", object_kind="account", object_id=account.id
        )
    return token


async def log_out(visit: Visit) -> web.Response:
    """End this log-in."""
    await sessions.end(visit.session, visit.session_id)
    response = page.see_other("/console/login?note=logged-out")
    response.del_cookie(COOKIE, path="/console")
    return response


async def visitor(request: web.Request) -> tuple[Account, UUID] | None:
    """Who is logged in, and the id of the log-in; None: nobody."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    desk = request.app[DESK]
    async with desk.database.begin() as session:
        found = await sessions.find(session, desk.clock.real(), token)
    return found if found and may(found[0], "console") else None


def _page(request: web.Request, typed: Form, status: int | None = None) -> web.Response:
    return page.render(
        request,
        "login.html",
        {"form": typed, "staff": request.app[DESK].demo_staff},
        status=status or (422 if typed.problems else 200),
    )


def _set_cookie(response: web.Response, desk: Desk, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        path="/console",
        max_age=int(sessions.LONGEST.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=desk.settings.public_url.startswith("https://"),
    )
