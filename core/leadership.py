"""One process at a time: a session lock of PostgreSQL on a connection of its own, given up the moment it is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog
from sqlalchemy import URL

from core.bell import connect, held

log = structlog.get_logger(__name__)

TRY_SECONDS = 2.0
PING_SECONDS = 5.0


async def lead(url: URL, role: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work whenever, and only while, this process holds the role's lock; until cancelled."""
    while True:
        try:
            await _once(url, role, work)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.info("leadership_lost", role=role, error=type(error).__name__)
        await asyncio.sleep(TRY_SECONDS)


async def _once(url: URL, role: str, work: Callable[[], Awaitable[None]]) -> None:
    connection = await connect(url)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"pim {role}"):
            return
        task = asyncio.ensure_future(work())
        try:
            await _while_held(connection, task)
        finally:
            task.cancel()
            # Not `await task`: what cancels the work and what cancels us would look the same, and we'd go on leading.
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
    finally:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.close(timeout=1)


async def _while_held(connection: "asyncpg.Connection[Any]", task: "asyncio.Future[None]") -> None:
    watch = asyncio.ensure_future(held(connection, PING_SECONDS))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            watch.result()
        task.result()
    finally:
        watch.cancel()
