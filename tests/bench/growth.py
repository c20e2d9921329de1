"""A worker's memory over 100,000 messages to as many people, in every language, as fast as it can."""

import aiohttp
import uvloop
from sqlalchemy import URL

from core.languages import LANGUAGES
from tests.bench import crowd, ground, installed, procfs, provider, size
from tests.bench.provider import Arrivals
from tests.bench.rows import Row, measured
from tests.faults.house import House

ROWS = ("worker_growth_100k_mb",)

MESSAGES = 100_000
FIRST = 5000  #: after these its caches are filled and its pools open

#: One run takes minutes: its last three looks, so many messages apart, stand for three runs.
LOOKS, APART = 3, 5000

#: On a machine with other work.
_LONGEST_SECONDS = 1200.0


def run() -> list[Row]:
    """The row."""
    with provider.running() as provider_url, ground.server() as postgres:
        grown = uvloop.run(_grown(postgres.create_database("growth"), provider_url))
    return [measured(ROWS[0], grown, "MB", target="<= 50", digits=1)]


async def _grown(url: URL, provider_url: str) -> list[float]:
    """Megabytes more than after the first messages, at each look."""
    messages = size.of(MESSAGES, least=4000)
    async with installed.house(url, provider_url) as house, aiohttp.ClientSession() as client:
        await _plan(house, messages)
        worker = await house.start("worker", PIM_TELEGRAM_CHAT_RATE="1")  # it remembers chats, as an installation's
        arrivals = Arrivals(client, provider_url)
        await arrivals.until(size.of(FIRST), _LONGEST_SECONDS)
        first, grown = procfs.rss_mb(worker.pid), []
        for look in reversed(range(LOOKS)):
            await arrivals.until(messages - look * size.of(APART), _LONGEST_SECONDS)
            grown.append(procfs.rss_mb(worker.pid) - first)
        await installed.stop(worker)
    return grown


async def _plan(house: House, messages: int) -> None:
    guests = await crowd.invite(house.database, "telegram", messages, tuple(LANGUAGES))
    await house.plan([guest.person_id for guest in guests])
    await ground.tidy(house.database)
