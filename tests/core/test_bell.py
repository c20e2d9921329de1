import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from core import database as bells
from core.bell import Bell, Ear
from core.database import Database
from core.embedded import EmbeddedPostgres
from tests.core.test_embedded import folder_open_to_all
from tests.server import FAST


@pytest.fixture
async def bell(fresh_database: Database) -> AsyncIterator[Bell]:
    """A bell that listens already."""
    listening = Bell(fresh_database.url)
    first = listening.ear()
    listening.start()
    assert await heard(first), "it rings once it listens: something may have been missed before"
    yield listening
    await listening.stop()


@pytest.fixture
def ear(bell: Bell) -> Ear:
    """Somebody who listens to it."""
    return bell.ear()


async def heard(ear: Ear, seconds: float = 5.0) -> bool:
    """Whether it rang for this ear within these seconds."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    await ear.wait(seconds)
    return loop.time() - start < seconds - 0.05


async def ring(database: Database) -> None:
    async with database.begin() as session:
        await bells.ring(session)


async def test_it_is_heard_across_connections(fresh_database: Database, ear: Ear) -> None:
    waiting = asyncio.create_task(heard(ear))
    await ring(fresh_database)
    assert await waiting


async def test_it_rings_at_the_commit_and_not_before(fresh_database: Database, ear: Ear) -> None:
    async with fresh_database.begin() as session:
        await bells.ring(session)
        assert not await heard(ear, 0.1)
    assert await heard(ear)


async def test_a_transaction_that_is_rolled_back_rings_nobody(fresh_database: Database, ear: Ear) -> None:
    async with fresh_database.sessions() as session:
        await bells.ring(session)
        await session.rollback()
    assert not await heard(ear, 0.1)


async def test_one_wait_hears_many_rings_once(fresh_database: Database, bell: Bell, ear: Ear) -> None:
    for _ in range(5):
        await ring(fresh_database)
    assert await heard(ear)
    await asyncio.sleep(0.05)
    bell.ring()
    assert await heard(ear)
    assert not await heard(ear, 0.1)


async def test_every_ear_hears_for_itself(bell: Bell) -> None:
    one, other = bell.ear(), bell.ear()
    bell.ring()
    assert await heard(one)
    assert await heard(other)


async def test_nobody_waits_longer_than_asked(ear: Ear) -> None:
    async with asyncio.timeout(1):
        await ear.wait(0.02)


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A server that the test may restart."""
    with folder_open_to_all() as folder, EmbeddedPostgres.start(folder / "var", options=FAST) as server:
        server.create_database("pim")
        yield server


async def test_it_survives_a_restarted_server(own_server: EmbeddedPostgres) -> None:
    database = Database(own_server.url("pim"))
    bell = Bell(database.url)
    ear = bell.ear()
    bell.start()
    try:
        assert await heard(ear)
        own_server.restart()
        assert await heard(ear), "it rings when it listens again"
        await ring(database)
        assert await heard(ear)
    finally:
        await bell.stop()
        await database.close()
