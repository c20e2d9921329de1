"""G13: an installation that comes back after hours, as a restored copy does, waits for a person."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from core.tables.service import Heartbeat, Hold
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider


async def test_nothing_is_sent_until_a_person_lifts_the_hold(house: House, provider: Provider) -> None:
    timers = await house.start("timers")

    async def beaten() -> bool:
        return await house.scalar(select(Heartbeat.at)) is not None

    await until(beaten, 30, "a sign of life")
    timers.kill()
    await house.plan(await house.people(20))
    async with house.database.begin() as session:
        await session.execute(update(Heartbeat).values(at=Heartbeat.at - timedelta(hours=7)))

    before = await provider.calls()
    processes = [await house.start("worker", "timers"), await house.start("worker", "timers")]
    await asyncio.sleep(3)
    assert await provider.calls() == before
    assert await house.states() == {"planned": 20}
    assert "20 berichten wachten" in await house.scalar(select(Hold.why).where(Hold.lifted_at.is_(None)))

    assert await house.pim("hold", "off").ended(30) == 0
    await until(house.settled, 30, "all went")
    assert set((await provider.got()).values()) == {1}
    assert len(await provider.got()) == 20
    assert all(process.alive for process in processes)
