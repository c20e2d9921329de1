"""A loopback Telegram and Twilio in a process of its own, so that it doesn't share a core's time with what is measured.

python -m tests.bench.provider     prints its address, and serves until its standard input closes
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.bench import processes

TOKEN = "1000:bench"


def _app() -> web.Application:
    numbers = iter(range(1, 1 << 60))

    async def take(request: web.Request) -> web.Response:
        await request.read()
        number = next(numbers)
        sent = {"message_id": number, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": sent})

    async def take_sms(request: web.Request) -> web.Response:
        form = await request.post()
        sid = f"SM{next(numbers):032x}"
        created = {"sid": sid, "status": "queued", "to": form["To"], "body": form["Body"], "num_segments": "1"}
        return web.json_response({**created, "error_code": None, "price": None}, status=201)

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", take)
    app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", take_sms)
    return app


async def _serve() -> None:
    runner = web.AppRunner(_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


@contextmanager
def running() -> Iterator[str]:
    """The address of a provider that runs meanwhile."""
    with processes.running("tests.bench.provider") as address:
        yield address


if __name__ == "__main__":
    asyncio.run(_serve())
