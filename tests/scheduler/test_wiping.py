"""The words of what was said and came in are wiped in time; that it was said stays."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.tables.chats import Inbox, Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address
from core.values import Handle, Private
from messaging.channel import Outgoing
from scheduler import wiping
from scheduler.errands import Errand
from scheduler.queue import replies
from scheduler.timers import Timers
from tests.fakes.clock import FakeClock
from tests.scheduler import world
from tests.scheduler.world import NOW

DAY = timedelta(days=1)
A_WEEK = 7 * DAY
SHORT = timedelta(seconds=1)
HANDLE = Handle("900000001")


async def address(session: AsyncSession, *, known: bool = True, handle: Handle = HANDLE) -> Address:
    person, row = await world.person(session), await addresses.ensure(session, NOW, "telegram", handle)
    await addresses.attach(session, NOW, person.id, row.id, verified=known)
    return row


async def delivery(session: AsyncSession, state: str = "delivered") -> Delivery:
    of = await address(session)
    row = Delivery(address_id=of.id, channel="telegram", state=state, language="nl", handed_at=NOW)
    row.text, row.provider_id = Private("Morgen om 10:00 uur."), "4711"
    session.add(row)
    return row


async def reply(session: AsyncSession, state: str = "sent") -> Reply:
    of = await address(session)
    await replies.put(session, NOW, of.id, Outgoing(text="Uw afspraak is bij Karin.", language="nl"))
    row = (await session.scalars(select(Reply))).one()
    row.state = state
    return row


async def notice(session: AsyncSession, state: str = "sent", *, until: timedelta | None = None) -> Notice:
    person = await world.person(session)
    row = Notice(person_id=person.id, kind="appointment", step="announced", source_kind="appointment")
    row.source_id, row.doubt, row.due, row.priority, row.state = new_id(), "never", NOW, 2, state
    row.planned_at, row.sent_at = NOW, NOW if state == "sent" else None
    row.use_by = None if until is None else NOW + until
    row.variables = {"values": {"time": "10:00"}}
    session.add(row)
    return row


async def update(
    session: AsyncSession, *, handled: bool = True, known: bool = True, sender: Handle | None = HANDLE
) -> Inbox:
    if known:
        await address(session)
    row = Inbox(channel="telegram", provider_id="1", received_at=NOW, payload={"text": "ik kom"})
    row.handled_at = NOW if handled else None
    row.sender_hash = addresses.handle_hash("telegram", sender) if sender else None
    session.add(row)
    return row


Make = Callable[..., Awaitable[Any]]


class Store:
    """One installation whose clock can be moved."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock(NOW)

    async def holds(self, make: Make, **values: Any) -> Any:
        """A row, as it was stored."""
        async with self.database.begin() as session:
            return await make(session, **values)

    async def wipe(self, after: timedelta) -> int:
        self.clock.advance(after)
        return await wiping.wipe(self.database, self.clock)

    async def words(self, row: Any) -> Any:
        """What is still kept of them."""
        column = {Delivery: "text", Notice: "variables", Reply: "message", Inbox: "payload"}[type(row)]
        async with self.database.begin() as session:
            return getattr(await session.get_one(type(row), row.id), column)


@pytest.fixture
def store(fresh_database: Database) -> Store:
    return Store(fresh_database)


@pytest.mark.parametrize("make", [delivery, reply, notice, update])
async def test_words_are_kept_a_week_and_their_row_stays(store: Store, make: Make) -> None:
    row = await store.holds(make)

    assert await store.wipe(A_WEEK - SHORT) == 0
    assert await store.words(row) is not None
    assert await store.wipe(SHORT) == 1
    assert await store.words(row) is None
    assert await store.wipe(A_WEEK) == 0


async def test_the_timers_see_to_it(store: Store) -> None:
    row, now = await store.holds(delivery), Clock().real()
    async with store.database.begin() as session:
        (await session.get_one(Delivery, row.id)).handed_at = now - A_WEEK
    gone = asyncio.Event()

    async def look(database: Database, clock: Clock) -> int:
        if await store.words(row) is None:
            gone.set()
        return 0

    often = Errand(name="look", every=timedelta(seconds=0.02), run=look)
    timers = Timers(store.database, FakeClock(now), world.HOUSE, errands=[often])
    timers.start()
    try:
        async with asyncio.timeout(10):
            await gone.wait()
    finally:
        await timers.stop()


async def test_that_it_was_said_stays_on_record(store: Store) -> None:
    row = await store.holds(delivery)
    await store.wipe(A_WEEK)

    async with store.database.begin() as session:
        kept = await session.get_one(Delivery, row.id)
    assert (kept.state, kept.provider_id, kept.handed_at, kept.language) == ("delivered", "4711", NOW, "nl")


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (delivery, {"state": "handing"}),
        *[(kind, {"state": state}) for kind in (reply, notice) for state in ("planned", "claimed", "handing")],
        (update, {"handled": False}),
        (update, {"handled": False, "known": False}),
    ],
)
async def test_what_waits_or_is_on_its_way_is_not_touched(store: Store, make: Make, values: dict[str, Any]) -> None:
    row = await store.holds(make, **values)

    assert await store.wipe(100 * DAY) == 0
    assert await store.words(row) is not None


async def test_what_may_be_said_once_more_keeps_its_words_until_it_is_over(store: Store) -> None:
    """Who didn't answer hears the same again, a day before: by then it was said weeks ago."""
    row = await store.holds(notice, until=21 * DAY)

    assert await store.wipe(21 * DAY + A_WEEK - SHORT) == 0
    assert await store.wipe(SHORT) == 1
    assert await store.words(row) is None


async def test_what_an_unknown_sender_wrote_goes_after_a_day(store: Store) -> None:
    row = await store.holds(update, known=False)

    assert await store.wipe(DAY - SHORT) == 0
    assert await store.wipe(SHORT) == 1
    assert await store.words(row) is None


async def test_an_address_that_nobody_said_is_hers_is_unknown(store: Store) -> None:
    await store.holds(address, known=False)
    row = await store.holds(update, known=False)
    status = await store.holds(update_of_a_provider)

    assert await store.wipe(DAY) == 1
    assert await store.words(row) is None
    assert await store.words(status) is not None  # a status has no sender: it goes with the others
    assert await store.wipe(6 * DAY) == 1


async def update_of_a_provider(session: AsyncSession) -> Inbox:
    row = Inbox(channel="sms", provider_id="SM1:sent", received_at=NOW, payload={"status": "sent"}, handled_at=NOW)
    session.add(row)
    return row


async def many(store: Store, count: int) -> None:
    """So many words that are due, written without sealing each: nobody opens them."""
    async with store.database.begin() as session:
        of = await address(session)
        rows = [
            {"id": new_id(), "address_id": of.id, "channel": "telegram", "attempt": 1, "state": "sent"}
            | {"language": "nl", "text_sealed": b"sealed", "handed_at": NOW + timedelta(seconds=place)}
            for place in range(count)
        ]
        await session.execute(insert(Delivery), rows)


async def left(store: Store) -> int:
    async with store.database.begin() as session:
        return int(await session.scalar(select(func.count()).where(Delivery.text_sealed.is_not(None))) or 0)


async def test_a_run_takes_many_small_steps_and_the_counts_are_logged(store: Store) -> None:
    await many(store, 2 * wiping.BATCH + 10)
    with structlog.testing.capture_logs() as logs:
        assert await store.wipe(2 * A_WEEK) == 2 * wiping.BATCH + 10
    wiped = next(line for line in logs if line["event"] == "words_wiped")
    counts = {"deliveries": 2 * wiping.BATCH + 10, "notices": 0, "replies": 0, "received": 0, "unknown": 0}
    assert {name: wiped[name] for name in counts} == counts
    assert await left(store) == 0


async def test_it_waits_for_no_row_and_the_next_run_goes_on(store: Store) -> None:
    await many(store, 5)
    async with store.database.begin() as worker:
        held = await worker.scalars(select(Delivery).order_by(Delivery.handed_at).limit(2).with_for_update())
        assert len(held.all()) == 2
        async with asyncio.timeout(10):
            assert await store.wipe(2 * A_WEEK) == 3
    assert await store.wipe(SHORT) == 2


class Breaking(Database):
    """A database that is gone when the second transaction begins."""

    begun = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        self.begun += 1
        if self.begun > 1:
            raise ConnectionError
        async with super().begin() as session:
            yield session


async def test_what_breaks_off_is_gone_on_with(store: Store) -> None:
    await many(store, wiping.BATCH + 10)
    store.clock.advance(2 * A_WEEK)
    breaking = Breaking(store.database.url)
    with pytest.raises(ConnectionError):
        await wiping.wipe(breaking, store.clock)
    await breaking.close()
    assert await left(store) == 10
    assert await store.wipe(SHORT) == 10


@pytest.mark.parametrize("what", ["deliveries", "notices", "replies", "received", "unknown"])
async def test_only_an_index_is_looked_at(session: AsyncSession, what: str) -> None:
    """However many rows there are: those without words stand in none of it."""
    statement, dialect = wiping.STATEMENTS[what][0], session.get_bind().dialect
    asked = re.sub(r"\$\d+::TIMESTAMP WITH TIME ZONE", "now()", str(statement.compile(dialect=dialect)))
    for way in ("seqscan", "bitmapscan"):  # what a server does once there are many rows
        await session.execute(text(f"SET LOCAL enable_{way} = off"))
    plan = "\n".join(await session.scalars(text(f"EXPLAIN {asked}")))
    assert "_words on " in plan, plan
    assert what == "unknown" or "Sort" not in plan, plan  # that one has a few days of rows to look through
