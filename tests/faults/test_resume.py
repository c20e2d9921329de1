"""G2: sending goes on after a crash, by another worker; test_crash.py has the same one started again."""

import time

import pytest

from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider

#: At 40 a second a broadcast of 400 is still under way when the worker is lost.
PACED = {"PIM_TELEGRAM_RATE": "40"}

AGAIN, ELSEWHERE = 10.0, 30.0


async def goes_on(provider: Provider, seconds: float) -> None:
    """Until something more went."""
    before = await provider.taken()

    async def more() -> bool:
        return await provider.taken() > before

    await until(more, seconds, "sending goes on")


async def under_way(provider: Provider, count: int = 20) -> None:
    async def some() -> bool:
        return await provider.taken() >= count

    await until(some, 30, f"{count} messages went")


async def test_another_worker_goes_on_at_once_with_what_nobody_held(house: House, provider: Provider) -> None:
    await house.plan(await house.people(400))
    first = await house.start("worker", **PACED)
    await under_way(provider)
    await house.start("worker", "timers", **PACED)
    first.kill()

    await goes_on(provider, AGAIN)


@pytest.mark.soak
async def test_another_worker_takes_over_within_thirty_seconds(house: House, provider: Provider) -> None:
    await house.plan(await house.people(20))
    first = await house.start("worker", PIM_TELEGRAM_RATE="2")
    await under_way(provider, 2)
    second = await house.start("worker", "timers")
    first.kill()
    lost = time.monotonic()

    await until(house.settled, 2 * ELSEWHERE, "what the lost worker held went")

    assert max(line.at for line in await provider.messages()) - lost < ELSEWHERE + 2
    assert second.alive
