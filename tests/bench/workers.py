"""Worker processes without rates: what a second one adds, and what one keeps in memory.

The provider answers after 100 ms, as over a real network. So one worker with its 50 calls at once can't send more
than 500 a second, which leaves two cores with room for a second worker, the database and the provider: what is
seen is whether workers stand in each other's way, not how many cores there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import aiohttp
import uvloop
from sqlalchemy import URL, delete

from core.tables.notices import Delivery, Notice
from scheduler.queue import holds
from tests.bench import crowd, ground, installed, procfs, provider, size
from tests.bench.blast import LANGUAGES
from tests.bench.provider import Arrivals
from tests.bench.rows import Row, measured, ratio
from tests.faults.house import House

ROWS = ("two_workers_vs_one", "worker_rss_mb")

LATENCY = 0.1
MESSAGES = 6000
PAIRS = 3

#: For all messages of a run, on a machine with other work.
_LONGEST_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """A broadcast, by so many workers."""

    rate: float  #: messages a second
    rss_mb: float  #: of the first worker, afterwards


def run() -> list[Row]:
    """Both rows: the memory is that of the worker which was alone."""
    with provider.running(latency=LATENCY) as provider_url, ground.server() as postgres:
        alone, two = uvloop.run(_pairs(postgres.create_database("workers"), provider_url))
    return [
        ratio(ROWS[0], [one.rate for one in two], [one.rate for one in alone], target=">= 1.6"),
        measured(ROWS[1], [one.rss_mb for one in alone], "MB", target="<= 150", digits=1),
    ]


async def _pairs(url: URL, provider_url: str) -> tuple[Sequence[Run], Sequence[Run]]:
    alone, two = [], []
    async with installed.house(url, provider_url) as house, aiohttp.ClientSession() as client:
        guests = await crowd.invite(house.database, "telegram", size.of(MESSAGES, least=1000), LANGUAGES)
        people = [guest.person_id for guest in guests]
        arrivals = Arrivals(client, provider_url)
        for _ in range(PAIRS):
            alone.append(await _broadcast(house, arrivals, people, workers=1))
            two.append(await _broadcast(house, arrivals, people, workers=2))
    return alone, two


async def _broadcast(house: House, arrivals: Arrivals, people: Sequence[UUID], *, workers: int) -> Run:
    """All workers stand ready before the first message may go."""
    async with house.database.begin() as session:
        await session.execute(delete(Delivery))
        await session.execute(delete(Notice))
        await holds.put(session, house.clock.now(), "benchmark")
    await house.plan(people)
    await ground.tidy(house.database)
    ready = [await house.start("worker", PIM_TELEGRAM_CHAT_RATE="1") for _ in range(workers)]
    before = len(arrivals.moments)
    async with house.database.begin() as session:
        await holds.lift(session, house.clock.now(), why="benchmark")
    moments = (await arrivals.until(before + len(people), _LONGEST_SECONDS))[before:]
    rss = procfs.rss_mb(ready[0].pid)
    await installed.stop(*ready)
    return Run(rate=_steady(moments), rss_mb=rss)


def _steady(moments: Sequence[float]) -> float:
    """Messages a second, without the first and the last tenth: waking up and running dry are no part of it."""
    edge = len(moments) // 10
    middle = moments[edge:-edge]
    return (len(middle) - 1) / (middle[-1] - middle[0])
