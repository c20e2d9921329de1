"""One embedded server and one migrated template per run, a database per process, a transaction per test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from core import migrate
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.tables import Base

TEMPLATE = "pim_template"

#: Nothing here outlives the run: what protects against a power cut only costs time.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class TestServer:
    """The run's server, started when the first test or worker asks; only the controller has one."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="pim-tests-")
        self.data_dir = Path(self._folder.name)
        self._server: EmbeddedPostgres | None = None

    def started(self) -> EmbeddedPostgres:
        if self._server is None:
            self._server = EmbeddedPostgres.start(self.data_dir, options=FAST)
            asyncio.run(_migrate(self._server.create_database(TEMPLATE)))
        return self._server

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where the server is."""
        self.started()
        node.workerinput["pim_data_dir"] = str(self.data_dir)

    def pytest_unconfigure(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._folder.cleanup()


async def _migrate(url: URL) -> None:
    database = Database(url)
    if any((migrate.MIGRATIONS / "versions").glob("*.py")):
        await migrate.upgrade(database.engine)
    else:  # while the first migration is being written
        async with database.begin() as session:
            await (await session.connection()).run_sync(Base.metadata.create_all)
    await database.close()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(TestServer(), "pim-server")


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> EmbeddedPostgres:
    """The run's PostgreSQL, with the migrated TEMPLATE in it."""
    if (workerinput := getattr(pytestconfig, "workerinput", None)) is not None:
        joined = EmbeddedPostgres.join(Path(workerinput["pim_data_dir"]))
        assert joined is not None
        return joined
    plugin: TestServer = pytestconfig.pluginmanager.get_plugin("pim-server")
    return plugin.started()


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
