"""A loopback Telegram and Twilio in a process of its own, so that it doesn't share a core's time with what is measured.

python -m tests.bench.provider SECONDS     prints its address, and serves until its standard input closes
Answers after SECONDS. GET /arrivals?after=N: when each message came, from the Nth on, by the machine's monotonic clock.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import aiohttp
from aiohttp import web

from tests.bench import processes
from tests.faults.processes import until

TOKEN = "1000:bench"


class _Desk:
    """Takes everything; keeps no more than when."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._arrivals: list[float] = []

    async def telegram(self, request: web.Request) -> web.Response:
        await request.read()
        number = await self._arrived()
        sent = {"message_id": number, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": sent})

    async def sms(self, request: web.Request) -> web.Response:
        form = await request.post()
        sid = f"SM{await self._arrived():032x}"
        created = {"sid": sid, "status": "queued", "to": form["To"], "body": form["Body"], "num_segments": "1"}
        return web.json_response({**created, "error_code": None, "price": None}, status=201)

    async def arrivals(self, request: web.Request) -> web.Response:
        return web.json_response(self._arrivals[int(request.query["after"]) :])

    async def _arrived(self) -> int:
        self._arrivals.append(monotonic())
        number = len(self._arrivals)
        if self._latency:
            await asyncio.sleep(self._latency)
        return number


def _app(latency: float) -> web.Application:
    desk = _Desk(latency)
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", desk.telegram)
    app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", desk.sms)
    app.router.add_get("/arrivals", desk.arrivals)
    return app


async def _serve(latency: float) -> None:
    runner = web.AppRunner(_app(latency), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


class Arrivals:
    """When each message came, as another process reads it."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self._client, self._url = client, url
        self.moments: list[float] = []

    async def until(self, count: int, seconds: float) -> list[float]:
        """The moments of the first so many, once they came; AssertionError where that takes too long."""

        async def came() -> bool:
            async with self._client.get(f"{self._url}/arrivals", params={"after": len(self.moments)}) as answer:
                self.moments += await answer.json()
            return len(self.moments) >= count

        await until(came, seconds, f"{count} messages arrived", every=0.2)
        return self.moments[:count]


@contextmanager
def running(*, latency: float = 0) -> Iterator[str]:
    """The address of a provider that runs meanwhile; `latency`: seconds before any answer."""
    with processes.running("tests.bench.provider", str(latency)) as address:
        yield address


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
