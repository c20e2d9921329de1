"""An installation of real processes, on a server with an installation's durability."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from sqlalchemy import URL

from tests.bench import ground
from tests.faults.house import House
from tests.faults.processes import Process
from tests.faults.provider import Provider

#: For a stopping process to finish what is in flight.
STOP_SECONDS = 30.0


@asynccontextmanager
async def house(url: URL, provider_url: str) -> AsyncIterator[House]:
    """Without a process yet; none outlives it."""
    async with ground.house(url) as database, aiohttp.ClientSession() as client:
        with TemporaryDirectory(prefix="pim-bench-") as folder:
            made = House(database, Provider(client, provider_url), Path(folder))
            try:
                yield made
            finally:
                made.end()


async def stop(*processes: Process) -> None:
    """Ask them to stop, and wait until they did."""
    for process in processes:
        process.terminate()
    for process in processes:
        assert await process.ended(STOP_SECONDS) == 0, process.said
