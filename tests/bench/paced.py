"""A broadcast of 10,000 at Telegram's 30 a second: how much of that is used, and how long who taps meanwhile waits.

Real processes against a provider that answers after 60 ms and refuses the 31st call in any sliding second. All
runs send parts of the same broadcast; the provider's ledger is the judge.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import aiohttp
import uvloop
from sqlalchemy import URL

from tests.bench import crowd, ground, installed, size, taps
from tests.bench.crowd import Guest
from tests.bench.rows import Row, measured, p95, p99
from tests.fakes import serve
from tests.fakes.provider import LIMITED
from tests.faults.house import House

ROWS = (
    "allowance_use",
    "allowance_429s",
    "allowance_use_3_processes",
    "tap_p99_ms_3_processes",
    "tap_p95_ms_during_broadcast",
)

RATE, LATENCY = 30, 0.06
PEOPLE = 10_000
RUNS = 3
SECONDS = 20  #: of steady sending in a run
WARM_UP = 3.0  #: seconds after the last process said that it works
TAPS = 100  #: in a run

#: An installation's own rates, where tests do without.
_PACE = {"PIM_TELEGRAM_RATE": str(RATE), "PIM_TELEGRAM_CHAT_RATE": "1"}


@dataclass(frozen=True, kw_only=True)
class Steady:
    """One run."""

    use: float  #: share of what the provider allows
    waits: Sequence[float] = ()  #: milliseconds of each who tapped meanwhile


def run() -> list[Row]:
    """All five rows."""
    with (
        serve.running("--latency", str(LATENCY), "--limit", str(RATE)) as provider_url,
        ground.server() as postgres,
    ):
        return uvloop.run(_measured(postgres.create_database("paced"), provider_url))


async def _measured(url: URL, provider_url: str) -> list[Row]:
    async with installed.house(url, provider_url) as house:
        people = size.of(PEOPLE, least=3000)
        everybody = await crowd.invite(house.database, "telegram", people, ["nl"])
        tapping = await crowd.invite(house.database, "telegram", RUNS * size.of(TAPS, least=20), ["nl"], first=people)
        await house.plan([guest.person_id for guest in everybody])
        await ground.tidy(house.database)
        alone = [await _steady(house, 1) for _ in range(RUNS)]
        three = [await _steady(house, 3, tapping[number::RUNS]) for number in range(RUNS)]
        whole = await _whole(house)
        refused = await _refused(provider_url)
    runs = len(alone) + len(three) + len(whole)
    return [
        measured("allowance_use", [one.use for one in alone], "share", target=">= 0.97", digits=3),
        Row(name="allowance_429s", value=refused, unit="refusals", target="= 0", runs=runs),
        measured("allowance_use_3_processes", [one.use for one in three], "share", target=">= 0.95", digits=3),
        measured("tap_p99_ms_3_processes", [p99(one.waits) for one in three], "ms", target="<= 150"),
        measured("tap_p95_ms_during_broadcast", [p95(waits) for waits in whole], "ms", target="<= 1000"),
    ]


async def _steady(house: House, processes: int, tapping: Sequence[Guest] = ()) -> Steady:
    """So many workers on one database; these people get an answer meanwhile."""
    seconds = size.of(SECONDS, least=5)
    workers = [house.pim("run", "--only", "worker", **_PACE) for _ in range(processes)]
    for worker in workers:
        await worker.ready()
    await asyncio.sleep(WARM_UP)
    begin = monotonic()
    waits = await taps.stored(house, tapping, seconds) if tapping else ()
    await asyncio.sleep(begin + seconds - monotonic())
    await installed.stop(*workers)
    lines = await house.provider.ledger()
    taken = sum(1 for line in lines if line.method in LIMITED and begin <= line.at < begin + seconds)
    return Steady(use=taken / (RATE * seconds), waits=waits)


async def _whole(house: House) -> list[list[float]]:
    """The waits of people who tap below what they got, run by run, with the whole service in one process."""
    taps_of_run, seconds = size.of(TAPS, least=20), size.of(SECONDS, least=5)
    service = house.pim("run", **_PACE)
    await service.ready()
    await asyncio.sleep(WARM_UP)
    reached = (await house.provider.messages())[: RUNS * taps_of_run]
    waits = []
    for number in range(RUNS):
        bubbles = reached[number::RUNS]
        waits.append(await taps.tapped(house, bubbles, seconds, 1 + number * taps_of_run))
    before = await house.provider.taken()
    await asyncio.sleep(1)
    assert await house.provider.taken() > before, "the broadcast ended too early"
    await installed.stop(service)
    return waits


async def _refused(provider_url: str) -> int:
    """How often the provider said 429, in all runs."""
    async with aiohttp.ClientSession() as client, client.get(f"{provider_url}/counts") as answer:
        return int((await answer.json())["rejected"])
