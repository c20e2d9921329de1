"""What every test can ask for: the run's server, a database per process, a transaction per test."""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from core import crypto
from core.crypto import Keyring
from core.database import Database
from core.embedded import EmbeddedPostgres
from tests import server as run_server
from tests.server import NAME, TEMPLATE, ServerPlugin


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ServerPlugin(), NAME)


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side: the tests of faults mostly wait, so one process does all of them, and from the start."""
    if not hasattr(config, "workerinput"):
        return
    waiting = [item for item in items if "faults" in item.path.parts]
    for item in waiting:
        item.add_marker(pytest.mark.xdist_group("faults"))
    others = [item for item in items if "faults" not in item.path.parts]
    items[:] = [*waiting, *others]


@pytest.fixture(scope="session", autouse=True)
def keys() -> None:
    """The keys of a made-up installation, for every test."""
    crypto.install(Keyring(["voorbeeld-sleutel-van-een-gemeente"], "voorbeeld-zoeksleutel-van-een-gemeente"))


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> EmbeddedPostgres:
    """The run's PostgreSQL, with the migrated TEMPLATE in it."""
    return run_server.of_run(pytestconfig)


@pytest.fixture(scope="session")
def database_url(server: EmbeddedPostgres) -> URL:
    """This process's database; what a test commits here, the next one sees."""
    return server.create_database(f"process_{os.getpid()}", TEMPLATE)


@pytest.fixture(scope="session")
async def database(database_url: URL) -> AsyncIterator[Database]:
    """This process's database, open."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session in a transaction that is rolled back; its commits are savepoints, so no NOTIFY leaves it."""
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as in_transaction:
            yield in_transaction
        await outer.rollback()


@pytest.fixture
def fresh_database_url(server: EmbeddedPostgres) -> Iterator[URL]:
    """A database of the test's own, for real commits and more than one connection."""
    name = f"fresh_{uuid4().hex}"
    yield server.create_database(name, TEMPLATE)
    server.drop_database(name)


@pytest.fixture
async def fresh_database(fresh_database_url: URL) -> AsyncIterator[Database]:
    """A database of the test's own, open."""
    opened = Database(fresh_database_url)
    yield opened
    await opened.close()
