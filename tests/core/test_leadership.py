import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from sqlalchemy import text

from core.database import Database
from core.leadership import lead

END_LEADER = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Contender:
    """Leads whenever it may; one of its two flags is up."""

    def __init__(self) -> None:
        self.leading, self.idle = asyncio.Event(), asyncio.Event()

    async def work(self) -> None:
        self.idle.clear()
        self.leading.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.leading.clear()
            self.idle.set()


@asynccontextmanager
async def running(
    database: Database, contender: Contender, role: str = "timers"
) -> AsyncIterator["asyncio.Task[None]"]:
    """The contender, as a process would run it."""
    task = asyncio.create_task(lead(database.url, role, contender.work))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def end_leader(database: Database) -> int:
    async with database.begin() as session:
        return int((await session.execute(END_LEADER)).scalar_one())


async def test_of_two_contenders_one_leads_and_hands_over_when_its_connection_ends(fresh_database: Database) -> None:
    one, two = Contender(), Contender()
    async with AsyncExitStack() as both, asyncio.timeout(10):
        await both.enter_async_context(running(fresh_database, one))
        await one.leading.wait()
        await both.enter_async_context(running(fresh_database, two))
        await asyncio.sleep(0.2)
        assert not two.leading.is_set()

        assert await end_leader(fresh_database) == 1
        await one.idle.wait()
        again = [asyncio.create_task(contender.leading.wait()) for contender in (one, two)]
        await asyncio.wait(again, return_when=asyncio.FIRST_COMPLETED)
        assert one.leading.is_set() != two.leading.is_set()
        for waiting in again:
            waiting.cancel()
    assert one.idle.is_set()
    assert not two.leading.is_set()


async def test_it_is_given_up_the_moment_the_connection_is_lost(fresh_database: Database) -> None:
    contender = Contender()
    async with running(fresh_database, contender), asyncio.timeout(2):
        await contender.leading.wait()
        await end_leader(fresh_database)
        await contender.idle.wait()


async def test_it_stops_also_when_told_so_at_the_moment_the_work_ends(fresh_database: Database) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            contender.cancel()

    contender = asyncio.create_task(lead(fresh_database.url, "timers", work))
    async with asyncio.timeout(2):
        await begun.wait()
        await end_leader(fresh_database)
        done, _ = await asyncio.wait({contender})
    assert done


async def test_who_is_told_to_stop_leaves_the_place_free(fresh_database: Database) -> None:
    one, two = Contender(), Contender()
    async with asyncio.timeout(2):
        async with running(fresh_database, one):
            await one.leading.wait()
        assert one.idle.is_set()
        async with running(fresh_database, two):
            await two.leading.wait()


async def test_two_roles_have_two_leaders(fresh_database: Database) -> None:
    timers, polling = Contender(), Contender()
    async with running(fresh_database, timers, "timers"), running(fresh_database, polling, "poll telegram"):
        async with asyncio.timeout(2):
            await timers.leading.wait()
            await polling.leading.wait()


async def test_work_that_breaks_is_not_hidden(fresh_database: Database) -> None:
    async def broken() -> None:
        raise RuntimeError("the work broke")

    with pytest.raises(RuntimeError, match="the work broke"):
        await lead(fresh_database.url, "timers", broken)
