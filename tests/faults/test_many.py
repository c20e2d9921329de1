"""G10, G8: several workers and several timers on one database."""

from datetime import datetime

from sqlalchemy import select

from core.tables.service import Heartbeat
from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import JITTER, Provider, busiest_second

RATE = 60


@sizes(Size(messages=150, kills=0), Size(messages=10_000, kills=0))
async def test_four_workers_and_two_timers_double_nothing(house: House, provider: Provider, size: Size) -> None:
    await house.plan(await house.people(size.messages))
    rate = {"PIM_TELEGRAM_RATE": str(RATE)}
    timers = [await house.start("timers")]
    workers = [house.pim("run", "--only", "worker", **rate) for _ in range(4)]
    timers.append(house.pim("run", "--only", "timers"))

    await until(house.settled, 30 + 2 * size.messages / RATE, "everything went")

    assert set((await provider.got()).values()) == {1}
    assert await house.states() == {"sent": size.messages}
    assert busiest_second(await provider.messages()) <= JITTER * RATE
    for process in (*workers, *timers):
        await process.ready()


async def last_beat(house: House) -> datetime | None:
    beat: datetime | None = await house.scalar(select(Heartbeat.at))
    return beat


async def next_beat(house: House, seconds: float) -> float:
    """Seconds until the timers gave another sign of life."""
    before = await last_beat(house)

    async def beaten() -> bool:
        return await last_beat(house) != before

    return await until(beaten, seconds, "the timers tick")


async def test_the_next_tick_after_a_leader_was_killed(house: House) -> None:
    leader = await house.start("timers")
    await next_beat(house, 20)
    follower = await house.start("timers")
    leader.kill()

    assert await next_beat(house, 60) < 60

    assert follower.alive
