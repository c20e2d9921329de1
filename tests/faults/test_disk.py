"""G12: no room on the database's disk."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest
from sqlalchemy import select

from core import migrate
from core.database import Database
from core.tables.chats import Inbox
from tests.fakes.telegram import text_update
from tests.faults import smalldisk
from tests.faults.door import Doors, doors
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider
from tests.faults.smalldisk import SmallDisk

#: So long a text that a few of them need room of their own.
LONG = "Hallo " * 20_000

#: Seconds until the service works again by itself, once there is room.
RECOVERS = 15.0


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    """A server on a disk that can be full."""
    prefix = smalldisk.world()
    if prefix is None:
        pytest.skip("this machine allows no mount namespace (unshare --mount): nothing can be filled here")
    with TemporaryDirectory(prefix="pim-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with smalldisk.running(prefix, folder) as made:
            yield made


@pytest.fixture
async def cramped(disk: SmallDisk, provider: Provider, tmp_path: Path) -> AsyncIterator[House]:
    """An installation on it."""
    database = Database(disk.url("pim"))
    await migrate.upgrade(database.engine)
    made = House(database, provider, tmp_path)
    yield made
    made.end()
    await database.close()


async def post(house: Doors, number: int) -> int:
    """Somebody writes a lot; the status of the answer."""
    begun = time.monotonic()
    status = await house.update(text_update(number, 600_000 + number, LONG))
    assert time.monotonic() - begun < 10, "a webhook hangs"
    return status


async def test_a_full_disk(cramped: House, disk: SmallDisk) -> None:
    async with doors(cramped) as opened:
        assert await post(opened, 1) == 200
        disk.fill()
        said = {number: await post(opened, number) for number in range(2, 40)}
        assert set(said.values()) <= {200, 503}
        assert 503 in said.values(), "it never was full"
        assert opened.process.alive, opened.process.said

        disk.free()
        begun = time.monotonic()
        while await post(opened, 50) != 200:
            assert time.monotonic() - begun < RECOVERS
            await asyncio.sleep(0.2)

        # whoever heard 200 stands in the table; whoever heard 503 comes again and is taken then
        async with cramped.database.begin() as session:
            kept = set(await session.scalars(select(Inbox.provider_id)))
        assert {str(number) for number, status in said.items() if status == 200} <= kept
        again = [number for number, status in said.items() if status == 503]
        assert [await post(opened, number) for number in again[:3]] == [200] * len(again[:3])
        async with aiohttp.ClientSession() as client, client.get(f"{opened.url}/healthz") as answer:
            assert answer.status == 200
        assert opened.process.alive, opened.process.said


async def test_a_broadcast_on_a_full_disk_goes_on_when_there_is_room(
    cramped: House, disk: SmallDisk, provider: Provider
) -> None:
    await cramped.plan(await cramped.people(160))
    worker = await cramped.start("worker", "timers", PIM_TELEGRAM_RATE="40")

    async def under_way() -> bool:
        return await provider.taken() >= 40

    await until(under_way, 30, "sending is under way")
    disk.fill()
    await asyncio.sleep(3)
    assert worker.alive, worker.said
    disk.free()

    async def all_went() -> bool:
        assert worker.alive, worker.said
        return len(await provider.got()) == 160

    await until(all_went, RECOVERS + 10, "the others went")
    assert max((await provider.got()).values()) == 1
