"""What a benchmark stands on: a PostgreSQL as durable as an installation's, keys, and the newest schema."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import URL, text

from core import crypto, migrate
from core.crypto import Keyring
from core.database import Database
from core.embedded import EmbeddedPostgres
from tests.faults.house import KEYS


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL for one benchmark, with fsync and all that is on in an installation."""
    with TemporaryDirectory(prefix="pim-bench-") as folder:
        Path(folder).chmod(0o755)  # root may have to run the server as nobody
        with EmbeddedPostgres.start(Path(folder)) as postgres:
            yield postgres


def keys() -> None:
    """The keys of a made-up installation, for this process: the same that its other processes get."""
    crypto.install(Keyring([KEYS["PIM_SECRET_KEYS"]], KEYS["PIM_INDEX_KEY"]))


@asynccontextmanager
async def house(url: URL | str) -> AsyncIterator[Database]:
    """An open database of the newest schema, with this process's keys."""
    keys()
    # As an installation logs, and nothing else: what we compare with keeps the quiet of a fresh process.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    database = Database(url)
    try:
        await migrate.upgrade(database.engine)
        yield database
    finally:
        await database.close()


async def tidy(database: Database) -> None:
    """What autovacuum would have done after so large a load, and all of it on disk."""
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))
        await connection.execute(text("CHECKPOINT"))
