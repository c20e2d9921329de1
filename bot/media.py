"""Where WhatsApp fetches a voice or a picture of ours: one file behind one short-lived address, and nothing else."""

from aiohttp import web
from sqlalchemy import select

from core.clock import Clock
from core.database import Database
from core.tables.voice import Media
from messaging import medialinks

ROUTE = f"{medialinks.PATH}/{{token:[A-Za-z0-9_-]+}}.{{ending:[a-z]+}}"

_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def routes(database: Database, clock: Clock) -> list[web.RouteDef]:
    """The one door; what is no open address looks like what was never there."""

    async def file(request: web.Request) -> web.Response:
        media_id = medialinks.opened(request.match_info["token"], clock.real())
        if media_id is None:
            raise web.HTTPNotFound
        async with database.begin() as session:
            row = (await session.execute(select(Media).where(Media.id == media_id))).scalar_one_or_none()
        if row is None or row.content is None or medialinks.ENDINGS.get(row.mime) != request.match_info["ending"]:
            raise web.HTTPNotFound
        return web.Response(body=row.content, content_type=row.mime, headers=_HEADERS)

    return [web.get(ROUTE, file)]
