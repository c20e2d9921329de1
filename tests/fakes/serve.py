"""The fake provider as a process of its own, for tests and benchmarks with real processes.

python -m tests.fakes.serve --latency 0.06 --limit 30     prints its address, and serves until its input closes

GET /ledger what was taken, from ?after=N on · GET /counts calls and refusals · POST /updates {update} for
getUpdates · POST /faults {"script": [fault...], "always": fault | null} · POST /latency {"seconds"} · POST /report
{"n", "status", "code"?, "public", "door"}: a status callback for line n of the ledger; `door` is where the
public address really listens · POST /decide {"status"} what Meta says of the templates that wait
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from aiohttp import web

from tests.fakes import faults
from tests.fakes.content import FakeContent
from tests.fakes.provider import FakeProvider
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio


class Desk:
    """What another process asks of the provider."""

    def __init__(self, provider: FakeProvider) -> None:
        self.provider = provider
        self.telegram = FakeTelegram(provider)
        self.twilio = FakeTwilio(provider)
        self.meta = FakeContent(self.twilio)
        provider.app.add_routes(
            [
                web.get("/ledger", self._ledger),
                web.get("/counts", self._counts),
                web.post("/faults", self._faults),
                web.post("/updates", self._updates),
                web.post("/latency", self._latency),
                web.post("/report", self._report),
                web.post("/decide", self._decide),
            ]
        )

    async def _ledger(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", 0))
        return web.json_response([asdict(accepted) for accepted in self.provider.ledger[after:]])

    async def _counts(self, _: web.Request) -> web.Response:
        provider = self.provider
        taken = len(provider.messages)
        return web.json_response({"taken": taken, "rejected": provider.rejected, "calls": dict(provider.calls)})

    async def _faults(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        self.provider.faults = [faults.from_json(fault) for fault in wanted.get("script", [])]
        always = wanted.get("always")
        self.provider.always = faults.from_json(always) if always else None
        return web.Response()

    async def _updates(self, request: web.Request) -> web.Response:
        self.telegram.put(await request.json())
        return web.Response()

    async def _latency(self, request: web.Request) -> web.Response:
        self.provider.latency = float((await request.json())["seconds"])
        return web.Response()

    async def _report(self, request: web.Request) -> web.Response:
        told = await request.json()
        status = await self.twilio.report(
            self.provider.ledger[told["n"]],
            told["status"],
            told.get("code"),
            public=told["public"],
            door=told["door"],
        )
        return web.json_response({"answer": status})

    async def _decide(self, request: web.Request) -> web.Response:
        self.meta.decide((await request.json())["status"])
        return web.Response()


async def _serve(asked: argparse.Namespace) -> None:
    provider = FakeProvider(latency=asked.latency, limit=asked.limit)
    Desk(provider)
    async with provider:
        print(provider.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """The address of a provider in another process, as long as the block lasts."""
    command = [sys.executable, "-m", "tests.fakes.serve", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.serve")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before any answer")
    parser.add_argument("--limit", type=int, default=None, help="messages taken in any sliding second")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
