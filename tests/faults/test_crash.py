"""G1 and G2: kill -9 in the middle of a broadcast."""

import random
import time

from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import Process, until
from tests.faults.provider import Provider

#: What a crash may leave in doubt: 50 handed over and 200 not yet written down.
MOST_UNSURE = 250

#: Seconds from a start to the first message.
RESUMES = 10.0


async def at_random_points(house: House, size: Size) -> None:
    """Kill the worker again and again, each time somewhere in what is left."""
    chance = random.Random(size.messages)
    for kill in range(size.kills):
        begun = await house.provider.taken()
        worker = house.pim("run", "--only", "worker,timers")
        left = (size.messages - begun) // (size.kills - kill + 1)
        aim = begun + chance.randint(max(1, left // 2), max(1, left))

        async def reached(aim: int = aim) -> bool:
            return await house.provider.taken() >= aim

        await goes_on(house, begun, worker)
        await until(reached, 60, f"{aim} messages went", every=0.01)
        worker.kill()
        await house.lapse()


async def goes_on(house: House, begun: int, worker: Process) -> None:
    """Until a worker that was just started sends."""

    async def more() -> bool:
        return await house.provider.taken() > begun

    await until(more, RESUMES, "sending goes on", every=0.01)
    assert time.monotonic() - worker.begun < RESUMES


@sizes(Size(messages=600, kills=3), Size(messages=10_000, kills=20))
async def test_a_broadcast_survives_kills_at_random_points(house: House, provider: Provider, size: Size) -> None:
    await house.plan(await house.people(size.messages))
    await at_random_points(house, size)
    worker = await house.start("worker", "timers")
    await until(house.settled, 120, "everything went or is in doubt")

    got, unsure = await provider.got(), await house.of("unsure")
    assert len(got) + len(set(unsure) - got.keys()) == size.messages  # nobody is lost
    assert max(got.values()) == 1
    assert len(unsure) <= MOST_UNSURE * size.kills
    assert await house.states() == {"sent": size.messages - len(unsure), "unsure": len(unsure)}
    assert worker.alive
