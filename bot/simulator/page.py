"""The page /simulator and the files it is made of."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.simulator import api
from bot.simulator.desk import Desk, Handler, local
from core.languages import LANGUAGES

_HOME = Path(__file__).parent

#: Nothing from elsewhere, no inline script or style.
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "media-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def add_to(app: web.Application, desk: Desk) -> None:
    """Give the demo its phones: the page, its files and its calls."""
    app.add_routes(api.routes(desk))
    app.on_shutdown.append(_released(desk))
    app.router.add_get("/simulator", local(_page(desk)))
    app.router.add_get("/simulator/", local(_slash))
    app.router.add_get("/simulator/static/{name}", local(_file))


def _released(desk: Desk) -> Callable[[web.Application], Awaitable[None]]:
    async def released(_: web.Application) -> None:
        desk.simulator.release()

    return released


def _page(desk: Desk) -> Handler:
    pages = Environment(
        loader=FileSystemLoader(_HOME / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    html = pages.get_template("simulator.html").render(
        municipality=desk.settings.municipality,
        zone=desk.settings.timezone,
        channels=desk.settings.channels,
        languages=[LANGUAGES[code] for code in desk.settings.languages],
    )

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html", headers=_HEADERS)

    return page


async def _slash(request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect("/simulator")


async def _file(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    if name not in {path.name for path in (_HOME / "static").iterdir()}:
        raise web.HTTPNotFound
    return web.FileResponse(_HOME / "static" / name, headers=_HEADERS)
