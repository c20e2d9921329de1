import asyncio
from datetime import timedelta

from core.clock import Clock
from core.database import Database
from scheduler.errands import Errand
from scheduler.timers import Timers
from tests.scheduler.world import HOUSE


async def test_errands_go_on_when_one_breaks(fresh_database: Database) -> None:
    enough = asyncio.Event()
    asked: list[str] = []

    async def breaks(database: Database, clock: Clock) -> int:
        asked.append("breaks")
        raise ConnectionError("the provider is away")

    async def works(database: Database, clock: Clock) -> int:
        asked.append("works")
        if min(asked.count("breaks"), asked.count("works")) > 2:
            enough.set()
        return 1

    often = timedelta(seconds=0.02)
    errands = [Errand(name="breaks", every=often, run=breaks), Errand(name="works", every=often, run=works)]
    timers = Timers(fresh_database, Clock(), HOUSE, errands=errands)
    timers.start()
    async with asyncio.timeout(5):
        await enough.wait()
    await timers.stop()
