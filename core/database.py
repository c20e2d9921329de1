"""The connection to PostgreSQL: one engine, sessions of short transactions, and the bell that wakes workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

#: The channel of LISTEN/NOTIFY; it carries nothing, a poll stands behind it.
BELL = "pim_bell"


class Database:
    """The database of one installation, as one process sees it."""

    def __init__(self, url: str | URL, *, pool_size: int = 10) -> None:
        self.url = _with_driver(url)
        # hide_parameters: an error of a statement must not carry people's values into a log.
        self.engine = create_async_engine(
            self.url, pool_size=pool_size, max_overflow=5, pool_pre_ping=True, hide_parameters=True
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back on an error."""
        async with self.sessions.begin() as session:
            yield session

    async def close(self) -> None:
        """Give all connections back to the server."""
        await self.engine.dispose()


def _with_driver(url: str | URL) -> URL:
    return make_url(url).set(drivername="postgresql+asyncpg")


async def ring(session: AsyncSession) -> None:
    """Wake whoever waits for work, when this transaction commits."""
    await session.execute(text(f"SELECT pg_notify('{BELL}', '')"))
