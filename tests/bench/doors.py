"""A webhook's door in a process of its own: the house's, which stores before it answers, or aiogram's, which doesn't.

python -m tests.bench.doors house URL      python -m tests.bench.doors aiogram
Prints its address, and serves until its standard input closes.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import uvloop
from aiogram import Bot, Dispatcher, Router
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bot import webhooks
from bot.inbox import keeper
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from tests.bench import ground, processes
from tests.bench.flood import SECRET


def _bare() -> web.Application:
    """What a bot author would write; its one handler does nothing."""
    router = Router()

    @router.message()
    async def take(_: Message) -> None:
        pass

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, Bot("1000:" + "b" * 35), secret_token=SECRET)
    handler.register(app, path=webhooks.TELEGRAM)
    return app


def _house(database: Database) -> web.Application:
    """The webhooks of an installation, with its inbox behind them."""
    settings = Settings(_env_file=None, channels=("telegram",), telegram_webhook_secret=SECRET)
    app = web.Application()
    app.add_routes(webhooks.routes(settings, keeper(database, Clock())))
    return app


async def _serve(kind: str, url: str) -> None:
    async with AsyncExitStack() as stack:
        app = _house(await stack.enter_async_context(ground.house(url))) if kind == "house" else _bare()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"127.0.0.1 {runner.addresses[0][1]}", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


@contextmanager
def open_door(kind: str, url: str = "") -> Iterator[str]:
    """Host and port of a door that is open meanwhile."""
    with processes.running("tests.bench.doors", kind, url) as address:
        yield address


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], sys.argv[2]))
