import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from core.clock import Clock
from core.database import Database
from core.tables.channels import RateSlot
from scheduler.queue import deliveries
from scheduler.sending.allowance import PACE, PATIENCE, Allowance

RATE = 50
STEP = timedelta(seconds=1 / (RATE * PACE))


def allowance(database: Database, rate: float = RATE) -> Allowance:
    """The send moments of telegram as one more process takes them."""
    return Allowance(database, Clock(), "telegram", rate)


async def turns(of: Allowance, count: int) -> list[datetime]:
    """When so many turns came, asked for all at once."""

    async def one() -> datetime:
        assert await of.turn(urgent=False)
        return Clock().real()

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def test_processes_share_one_pace_and_never_take_the_same_moment(fresh_database: Database) -> None:
    other, began = Database(fresh_database.url), Clock().real()
    shares = await asyncio.gather(turns(allowance(fresh_database), 8), turns(allowance(other), 8))
    await other.close()
    moments = sorted(moment for share in shares for moment in share)
    assert all(moment >= began + STEP * place for place, moment in enumerate(moments))


async def test_an_answer_takes_the_next_moment_before_bulk(fresh_database: Database) -> None:
    line, order = allowance(fresh_database), list[str]()

    async def wait(name: str, *, urgent: bool) -> None:
        assert await line.turn(urgent=urgent)
        order.append(name)

    bulk = [asyncio.create_task(wait(f"bulk {number}", urgent=False)) for number in range(5)]
    await asyncio.sleep(0)
    await asyncio.gather(wait("answer", urgent=True), *bulk)
    assert order == ["answer", *(f"bulk {number}" for number in range(5))]


async def test_an_answer_does_not_stand_in_line_behind_the_many_of_other_processes(fresh_database: Database) -> None:
    """Three processes with a lot to send hold one moment together that is near, not one each."""
    busy = [asyncio.create_task(turns(allowance(fresh_database, 5), 30)) for _ in range(3)]
    await asyncio.sleep(0.5)
    waits = []
    for _ in range(5):
        asked = Clock().real()
        assert await allowance(fresh_database, 5).turn(urgent=True)
        waits.append(Clock().real() - asked)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    await asyncio.sleep(0.3)  # those who no longer wait are noticed at the next moment
    step = timedelta(seconds=1 / (5 * PACE))
    # Behind one moment of each process none would come before four; a machine that is busy misses some.
    assert sorted(waits)[1] <= 2.5 * step


async def test_who_no_longer_waits_costs_nobody_a_moment(fresh_database: Database) -> None:
    line = allowance(fresh_database)
    gone = asyncio.create_task(line.turn(urgent=True))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(5):
        assert await line.turn(urgent=False)


async def test_a_paused_channel_gives_the_call_back(fresh_database: Database) -> None:
    until = Clock().real() + timedelta(minutes=1)
    async with fresh_database.begin() as session:
        await deliveries.pause(session, "telegram", until, "throttled")
        await deliveries.pause(session, "sms", until + timedelta(hours=1), "throttled")
    line = allowance(fresh_database)
    assert await asyncio.gather(*(line.turn(urgent=urgent) for urgent in (True, False))) == [False, False]
    assert line.closed_until() == until
    assert not await line.turn(urgent=True)


async def test_a_provider_that_says_wait_is_heard_at_once(fresh_database: Database) -> None:
    for line in (allowance(fresh_database), allowance(fresh_database, rate=0)):
        line.close_until(Clock().real() + timedelta(minutes=1))
        line.close_until(Clock().real() + timedelta(seconds=1))
        assert not await line.turn(urgent=True)


async def test_a_line_that_is_too_long_gives_the_call_back(fresh_database: Database) -> None:
    line = allowance(fresh_database)
    assert await line.turn(urgent=False)
    async with fresh_database.begin() as session:
        await session.execute(update(RateSlot).values(next_at=Clock().real() + PATIENCE * 2))
    assert not await line.turn(urgent=True)


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_moment_taken_before_the_clock_was_set_back_is_void(fresh_database: Database, urgent: bool) -> None:
    assert await allowance(fresh_database).turn(urgent=urgent)
    async with fresh_database.begin() as session:
        await session.execute(update(RateSlot).values(next_at=Clock().real() + timedelta(hours=1)))
    line, asked = allowance(fresh_database), Clock().real()
    moments = await turns(line, 3)
    assert all(moment >= asked + STEP * place for place, moment in enumerate(moments))
    assert await line.turn(urgent=urgent)


async def test_no_rate_is_no_line(fresh_database: Database) -> None:
    line = allowance(fresh_database, rate=0)
    async with asyncio.timeout(1):
        assert all([await line.turn(urgent=False) for _ in range(1000)])
