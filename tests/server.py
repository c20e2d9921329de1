"""The run's PostgreSQL with a migrated template in it, started by the controller when the first test asks."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL

from core import migrate
from core.database import Database
from core.embedded import EmbeddedPostgres

NAME = "pim-server"
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


class ServerPlugin:
    """A pytest plugin, for the server must outlive every worker of pytest-xdist."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="pim-tests-")
        self._server: EmbeddedPostgres | None = None

    def started(self) -> EmbeddedPostgres:
        """The server, started now if it wasn't."""
        if self._server is None:
            folder = Path(self._folder.name)
            folder.chmod(0o755)  # root may have to run the server as nobody; its own folder in here stays closed
            self._server = EmbeddedPostgres.start(folder, options=FAST)
            asyncio.run(_migrate(self._server.create_database(TEMPLATE)))
        return self._server

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where the server is."""
        self.started()
        node.workerinput[NAME] = self._folder.name

    def pytest_unconfigure(self) -> None:
        """Stop the server and remove its data."""
        if self._server is not None:
            self._server.stop()
        self._folder.cleanup()


def of_run(config: pytest.Config) -> EmbeddedPostgres:
    """The run's server, as the controller or as one of its workers sees it."""
    workerinput: dict[str, str] | None = getattr(config, "workerinput", None)
    if workerinput is None:
        plugin = config.pluginmanager.get_plugin(NAME)
        assert isinstance(plugin, ServerPlugin)
        return plugin.started()
    joined = EmbeddedPostgres.join(Path(workerinput[NAME]))
    assert joined is not None
    return joined


async def _migrate(url: URL) -> None:
    database = Database(url)
    await migrate.upgrade(database.engine)
    await database.close()
