"""The ear of a process: one connection outside the pool that hears NOTIFY, pings, and comes back by itself."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
import structlog
from sqlalchemy import URL

from core.database import BELL

log = structlog.get_logger(__name__)

#: What the server calls the connections that each process of a running service holds.
SERVICE = "pim service"

PING_SECONDS = 10.0
RECONNECT_SECONDS = 1.0


class Ear:
    """One listener's own ear: what rang while it was busy is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake this listener."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Until somebody rings, at most so long: behind the bell stands a poll."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


class Bell:
    """Wakes whoever waits when any process of the installation rang; it carries nothing."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._ears: list[Ear] = []
        self._task: asyncio.Task[None] | None = None

    def ear(self) -> Ear:
        """An ear for one more listener."""
        ear = Ear()
        self._ears.append(ear)
        return ear

    def start(self) -> None:
        """Begin to listen, in the background."""
        self._task = asyncio.create_task(self._listen(), name="bell")

    async def stop(self) -> None:
        """Let go of the connection."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def ring(self) -> None:
        """Wake the listeners of this process."""
        for ear in self._ears:
            ear.ring()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.info("bell_lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        connection = await connect(self._url)
        try:
            await connection.add_listener(BELL, self._heard)
            self.ring()
            await held(connection, PING_SECONDS)
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    def _heard(self, *_: Any) -> None:
        self.ring()


async def connect(url: URL) -> "asyncpg.Connection[Any]":
    """One raw connection, never through a pooler: for LISTEN and session locks."""
    where = url.query.get("host") or url.host
    port = url.query.get("port") or url.port
    host = where[0] if isinstance(where, tuple) else where
    return await asyncpg.connect(
        host=host,
        port=int(port) if isinstance(port, str | int) else None,
        user=url.username,
        password=url.password,
        database=url.database,
        server_settings={"application_name": SERVICE},
    )


async def held(connection: "asyncpg.Connection[Any]", every: float) -> None:
    """Until the connection is gone: told by the server at once, or found out by a ping every so many seconds."""
    gone = asyncio.Event()
    connection.add_termination_listener(lambda _: gone.set())
    while not (gone.is_set() or connection.is_closed()):
        with suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), every)
        if not gone.is_set():
            await connection.execute("SELECT 1", timeout=every)
    raise asyncpg.ConnectionDoesNotExistError("the connection is gone")
