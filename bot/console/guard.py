"""What stands before every page: security headers, forged posts refused, log-in and permission asked."""

import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import DBAPIError

from bot.console import access, page
from bot.console.desk import DESK, Note, Visit
from core import audit
from core.database import is_circle
from core.permissions import is_logged, may
from core.tables.people import Account, Person

log = structlog.get_logger(__name__)

Page = Callable[[Visit], Awaitable[web.StreamResponse]]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: Nothing but our own files; no inline script or style, no frame, no form that posts elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

_KEPT_FOR = "public, max-age=3600"


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer carries the headers, and an error is a page without details."""
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = page.render(request, "missing.html", {}, status=404)
    except web.HTTPException as error:
        response = page.render(request, "refused.html", {"sentence": _sentence(error)}, status=error.status)
    except Exception as error:
        # The message of an error can hold a person's data; its kind, route and line can't.
        log.error("page_failed", error=type(error).__name__, route=_route(request), at=_where(error))
        response = page.render(request, "failed.html", {}, status=500)
    if not response.prepared:
        _add_headers(request, response)
    return response


def _sentence(error: web.HTTPException) -> str:
    known = {403: "Dit formulier kwam niet van deze site. Ga terug en probeer het opnieuw.", 413: _too_big()}
    return known.get(error.status, "Dit kan niet.")


def _too_big() -> str:
    return "Het bestand is te groot. Het mag 50 MB zijn."


def _where(error: Exception) -> str:
    """The last line of our own that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    if request.app[DESK].settings.public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    static = request.path.startswith("/console/static/")
    response.headers["Cache-Control"] = _KEPT_FOR if static and response.status == 200 else "no-store"


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a post that another site made a browser send."""
    if request.method not in _SAFE and not _ours(request):
        raise web.HTTPForbidden
    return await handler(request)


def _ours(request: web.Request) -> bool:
    """A browser says where a post comes from; a tool that says nothing carries no stolen cookie (SameSite=Strict)."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = {request.host, urlsplit(request.app[DESK].settings.public_url).netloc}
    return urlsplit(origin).netloc in ours - {""}


def behind(permission: str, shown: Page) -> Handler:
    """A page that asks for a log-in, then for the permission, and runs in one transaction; once more, whole, where
    the database ended that because it and another waited for each other.

    What is forbidden looks like what doesn't exist. An answer that refuses (400 and up) writes nothing
    but the audit log.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        found = await access.visitor(request)
        if found is None:
            return page.see_other("/console/login")
        account, session_id = found
        if not may(account, permission):
            raise web.HTTPNotFound
        try:
            return await _in_transaction(request, account, session_id, shown)
        except DBAPIError as error:
            # A file is read only once.
            if not is_circle(error) or request.content_type.startswith("multipart/"):
                raise
        return await _in_transaction(request, account, session_id, shown)

    return guarded


async def _in_transaction(request: web.Request, account: Account, session_id: UUID, shown: Page) -> web.StreamResponse:
    desk = request.app[DESK]
    async with desk.database.sessions() as session:
        visit = Visit(
            request=request,
            desk=desk,
            session=session,
            account=account,
            session_id=session_id,
            now=desk.clock.now(),
        )
        response = await shown(visit)
        if response.status >= 400:
            await session.rollback()
        # What was seen was seen, on a page that refuses too.
        for note in visit.notes:
            await _record(visit, note)
        await session.commit()
    return response


async def _record(visit: Visit, note: Note) -> None:
    await audit.record(
        visit.session,
        visit.desk.clock.real(),
        actor_id=visit.account.id,
        action=note.action,
        object_kind=note.object_kind,
        object_id=note.object_id,
    )


async def person(visit: Visit, person_id: UUID | None, action: str) -> Person:
    """The person, if the account may do this to her; written to the audit log where the matrix says so."""
    found = await visit.session.get(Person, person_id) if person_id else None
    if found is None or found.left_at is not None or not may(visit.account, action, found):
        raise web.HTTPNotFound
    if is_logged(visit.account, action):
        noted(visit, action, "person", found.id)
    return found


def noted(visit: Visit, action: str, kind: str, object_id: UUID | None) -> None:
    """Write to the audit log, when the page is made, that this account did this."""
    visit.notes.append(Note(action=action, object_kind=kind, object_id=object_id))
