import socket

import aiohttp
import pytest
from aiohttp import web

from bot.doors import Door, opened
from core.settings import SettingsError


def free_bind() -> str:
    """An address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def pages(word: str) -> web.Application:
    async def say(_: web.Request) -> web.Response:
        return web.Response(text=word)

    app = web.Application()
    app.router.add_get("/", say)
    return app


async def read(bind: str) -> str:
    async with aiohttp.ClientSession() as browser, browser.get(f"http://{bind}/") as answer:
        return await answer.text()


async def test_every_door_has_its_own_pages() -> None:
    public = Door(app=pages("public"), bind=free_bind(), setting="PIM_BIND")
    console = Door(app=pages("console"), bind=free_bind(), setting="PIM_CONSOLE_BIND")
    async with opened([public, console]):
        assert [await read(public.bind), await read(console.bind)] == ["public", "console"]


async def test_all_doors_open_or_none() -> None:
    taken = free_bind()
    first = Door(app=pages("first"), bind=free_bind(), setting="PIM_BIND")
    async with opened([Door(app=pages("other"), bind=taken, setting="PIM_BIND")]):
        with pytest.raises(SettingsError, match=r"PIM_CONSOLE_BIND: .* can't be opened"):
            async with opened([first, Door(app=pages("second"), bind=taken, setting="PIM_CONSOLE_BIND")]):
                pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await read(first.bind)
