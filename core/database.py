"""The connection to PostgreSQL: one engine, sessions of short transactions, and the bell that wakes workers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg
import structlog
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine

log = structlog.get_logger(__name__)

Said = TypeVar("Said")

#: The channel of LISTEN/NOTIFY; it carries nothing, a poll stands behind it.
BELL = "pim_bell"

#: How long to wait before asking an absent database again.
AGAIN_SECONDS = 0.5

#: SQLSTATE classes that say nothing about a statement: the connection, a full disk or no memory, a rolled-back
#: transaction, a lock, a server that stops or starts, its system.
_CIRCLE = "40P01"
_OF_THE_SERVER = ("08", "40", "53", "55", "57", "58")


class Database:
    """The database of one installation, as one process sees it."""

    def __init__(self, url: str | URL, *, pool_size: int = 10) -> None:
        self.url = _with_driver(url)
        # hide_parameters: an error of a statement must not carry people's values into a log.
        self.engine = create_async_engine(
            self.url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back on an error."""
        async with self.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which every statement is a transaction of its own, without asking for one."""
        async with self._autocommit.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Give all connections back to the server."""
        await self.engine.dispose()


def _with_driver(url: str | URL) -> URL:
    return make_url(url).set(drivername="postgresql+asyncpg")


async def ring(session: AsyncSession) -> None:
    """Wake whoever waits for work, when this transaction commits."""
    await session.execute(text(f"SELECT pg_notify('{BELL}', '')"))


def is_away(error: BaseException) -> bool:
    """Whether an error is the database's absence or trouble, not the statement's fault: worth another try."""
    if isinstance(error, ValueError) or isinstance(getattr(error, "orig", error).__cause__, ValueError):
        return False  # a value that can't be written; the driver calls it a fault of its interface
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, InterfaceError) or _is_of_the_server(error.orig)
    return isinstance(error, OSError | NoConnection | asyncpg.InterfaceError) or _is_of_the_server(error)


def is_circle(error: BaseException) -> bool:
    """Whether the database ended a transaction because it and another waited for each other: again, it goes well."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _CIRCLE


def _is_of_the_server(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_OF_THE_SERVER)


async def surely(work: Callable[[], Awaitable[Said]]) -> Said:
    """What the work says, as soon as the database is there. It may be done twice: a commit's answer can be lost."""
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("database_away", error=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)
