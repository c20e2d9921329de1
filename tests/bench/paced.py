"""A broadcast of 10,000 at Telegram's 30 a second: how much of that is used, and how long who taps meanwhile waits.

Real processes against a provider that answers after 60 ms and refuses the 31st call in any sliding second. All
runs send parts of the same broadcast; the provider's ledger is the judge.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import aiohttp
import uvloop
from sqlalchemy import URL

from tests.bench import crowd, ground, installed, size, taps
from tests.bench.rows import Row, measured, p95, p99
from tests.fakes import serve
from tests.fakes.provider import LIMITED, Accepted
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

GRACE = 5.0  #: seconds for the last answers

_WORKER, _WHOLE = ("run", "--only", "worker"), ("run",)

#: An installation's own rates, where tests do without.
_PACE = {"PIM_TELEGRAM_RATE": str(RATE), "PIM_TELEGRAM_CHAT_RATE": "1"}


@dataclass(frozen=True, kw_only=True)
class Steady:
    """One run."""

    use: float  #: share of what the provider allows
    waits: Sequence[float]  #: milliseconds of each who tapped meanwhile


T = TypeVar("T")

#: (number of the run, seconds) -> chat -> when somebody tapped there
Taps = Callable[[int, float], Awaitable[dict[str, float]]]


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
        alone = await _runs(house, [_WORKER], _nobody)
        bubbles = (await house.provider.messages())[: len(tapping)]
        three = await _runs(house, 3 * [_WORKER], _each(tapping, lambda *some: taps.stored(house, *some)))
        whole = await _runs(house, [_WHOLE], _each(bubbles, lambda *some: taps.tapped(house, *some)))
        assert (await house.states())["planned"], "the broadcast was over too early"
        refused = await _refused(provider_url)
    return [
        measured("allowance_use", [one.use for one in alone], "share", target=">= 0.97", digits=3),
        Row(name="allowance_429s", value=refused, unit="refusals", target="= 0", runs=3 * RUNS),
        measured("allowance_use_3_processes", [one.use for one in three], "share", target=">= 0.95", digits=3),
        measured("tap_p99_ms_3_processes", [p99(one.waits) for one in three], "ms", target="<= 150"),
        measured("tap_p95_ms_during_broadcast", [p95(one.waits) for one in whole], "ms", target="<= 1000"),
    ]


async def _nobody(_: int, __: float) -> dict[str, float]:
    return {}


def _each(ones: Sequence[T], tap: Callable[[Sequence[T], float, int], Awaitable[dict[str, float]]]) -> Taps:
    """A part of them in every run, with the number of the first tap."""

    async def some(number: int, seconds: float) -> dict[str, float]:
        part = ones[number::RUNS]
        return await tap(part, seconds, 1 + number * len(part))

    return some


async def _runs(house: House, commands: Sequence[Sequence[str]], tap: Taps) -> list[Steady]:
    """All runs of these processes, one after the other.

    The ledger is read once they have stopped: a provider that is busy printing it takes calls late.
    """
    seconds = size.of(SECONDS, least=5)
    processes = [house.pim(*command, **_PACE) for command in commands]
    for process in processes:
        await process.ready()
    await asyncio.sleep(WARM_UP)
    tapped: dict[float, dict[str, float]] = {}  #: beginning of a run -> chat -> when
    for number in range(RUNS):
        begin = monotonic()
        tapped[begin] = await tap(number, seconds)
        await asyncio.sleep(begin + seconds - monotonic())
    await asyncio.sleep(GRACE)
    await installed.stop(*processes)
    calls = [line for line in await house.provider.ledger() if line.method in LIMITED]
    return [Steady(use=_use(calls, begin, seconds), waits=taps.waits(since, calls)) for begin, since in tapped.items()]


def _use(calls: Sequence[Accepted], begin: float, seconds: float) -> float:
    return sum(1 for call in calls if begin <= call.at < begin + seconds) / (RATE * seconds)


async def _refused(provider_url: str) -> int:
    """How often the provider said 429, in all runs."""
    async with aiohttp.ClientSession() as client, client.get(f"{provider_url}/counts") as answer:
        return int((await answer.json())["rejected"])
