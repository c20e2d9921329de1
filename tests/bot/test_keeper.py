import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from bot.keeper import MOST_AT_ONCE, keeper
from core.database import Database
from core.tables.chats import Inbox as Row
from tests.fakes.clock import FakeClock
from tests.scheduler.world import NOW

#: Longer than an index takes, though nobody's number is.
TOO_LONG = str(3**9_000)


@contextmanager
def inserts(database: Database) -> Iterator[list[str]]:
    """The statements that store updates, as they are sent."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "INSERT INTO inbox" in statement:
            sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def stored(database: Database) -> list[str]:
    """The numbers in the inbox, in order of arrival."""
    async with database.begin() as session:
        return list(await session.scalars(select(Row.provider_id).order_by(Row.n)))


async def test_those_that_come_together_share_a_commit_and_keep_their_order(fresh_database: Database) -> None:
    keep = keeper(fresh_database, FakeClock(NOW))
    numbers = [str(number) for number in range(2 * MOST_AT_ONCE)]

    with inserts(fresh_database) as sent:
        new = await asyncio.gather(*(keep("telegram", number, {"text": number}) for number in numbers))

    assert all(new)
    assert len(sent) == 2
    assert await stored(fresh_database) == numbers


async def test_of_two_with_one_number_that_come_together_the_first_counts(fresh_database: Database) -> None:
    keep = keeper(fresh_database, FakeClock(NOW))

    new = await asyncio.gather(*(keep("telegram", "77", {"text": text}) for text in ("een", "twee")))

    assert new == [True, False]
    async with fresh_database.begin() as session:
        assert [row.payload for row in await session.scalars(select(Row))] == [{"text": "een"}]


async def test_without_a_database_everybody_who_waits_hears_so() -> None:
    away = Database("postgresql://127.0.0.1:9/away")
    keep = keeper(away, FakeClock(NOW))

    ends = await asyncio.gather(*(keep("telegram", str(number), {}) for number in range(20)), return_exceptions=True)

    assert all(isinstance(end, OSError) for end in ends)
    await away.close()


async def test_after_a_lost_connection_the_next_is_stored(fresh_database: Database) -> None:
    keep = keeper(fresh_database, FakeClock(NOW))
    assert await keep("telegram", "1", {})
    await fresh_database.engine.dispose()
    assert await keep("telegram", "2", {})
    assert await stored(fresh_database) == ["1", "2"]


async def test_one_that_cannot_be_stored_does_not_stop_the_others(fresh_database: Database) -> None:
    keep = keeper(fresh_database, FakeClock(NOW))
    numbers = ["1", "2", TOO_LONG, "3"]

    ends = await asyncio.gather(*(keep("telegram", number, {}) for number in numbers), return_exceptions=True)

    assert [end for end in ends if end is not True] == [ends[2]]
    assert isinstance(ends[2], Exception)
    assert await stored(fresh_database) == ["1", "2", "3"]


async def test_a_sender_who_left_takes_nobody_along(fresh_database: Database) -> None:
    keep = keeper(fresh_database, FakeClock(NOW))
    waiting = [asyncio.ensure_future(keep("telegram", str(number), {})) for number in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()

    assert await waiting[0]
    assert await waiting[2]
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
