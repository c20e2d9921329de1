"""Many rows of the queue at once: nobody waits in a circle, and a worker doesn't wait for somebody's change at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.ids import new_id
from core.tables.notices import Delivery, Notice
from messaging.channel import Sent
from scheduler.queue import endings, handover, leases, notices
from scheduler.queue.claims import Outcome
from tests.scheduler.queueing import LOST, Queue
from tests.scheduler.world import HOUSE, NOW

LAPSED = NOW + leases.LEASE * 2

_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


class Many:
    """Notices of one source, of which the one with the highest id comes first on the disk and in every list."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.source_id = new_id()
        self.low, self.high = sorted((new_id(), new_id()))

    async def plan(self, *, person_id: UUID | None = None) -> None:
        """Both are due; of one person, or of two."""
        async with self.database.begin() as session:
            for notice_id in (self.high, self.low):
                queue = Queue(session)
                source = self.source_id if person_id is None else new_id()
                made = await queue.plan(person_id or await queue.person(), source_id=source, values={})
                values = {"id": notice_id, "variables_sealed": None}
                await session.execute(update(Notice).where(Notice.id == made).values(values))

    async def by_hand(self, session: AsyncSession, notice_id: UUID) -> None:
        """Lock one for a change, or fail at once."""
        await session.execute(select(Notice.id).where(Notice.id == notice_id).with_for_update(nowait=True))

    @asynccontextmanager
    async def one_is_being_changed(self, notice_id: UUID) -> AsyncIterator[AsyncSession]:
        """By somebody who takes long."""
        async with self.database.begin() as session:
            await self.by_hand(session, notice_id)
            async with asyncio.timeout(20):
                yield session

    async def somebody_waits(self) -> None:
        while True:
            async with self.database.begin() as session:
                if (await session.execute(_WAITS)).scalar_one():
                    return
            await asyncio.sleep(0.01)

    async def states(self) -> list[str]:
        """Of the low one, and of the high one."""
        async with self.database.begin() as session:
            rows = await session.execute(select(Notice.state).order_by(Notice.id))
            return list(rows.scalars())


@pytest.fixture
def many(fresh_database: Database) -> Many:
    return Many(fresh_database)


Change = Callable[[AsyncSession], Awaitable[object]]


async def withdrawing(many: Many) -> Change:
    return lambda session: notices.withdraw(session, many.source_id, "test")


async def withdrawing_all(many: Many) -> Change:
    return lambda session: notices.withdraw_all(session, [many.source_id], "test")


async def handing_over(many: Many) -> Change:
    async with many.database.begin() as session:
        queue = Queue(session)
        held = sorted(await queue.claim(), key=lambda one: one.id, reverse=True)
        calls = [(one, await queue.call(one)) for one in held]
    return lambda session: handover.hand_over(session, NOW, NOW, calls)


async def finishing(many: Many) -> Change:
    return await _finishing(many, refused=False)


async def finishing_in_doubt(many: Many) -> Change:
    return await _finishing(many, refused=True)


async def _finishing(many: Many, *, refused: bool) -> Change:
    async with many.database.begin() as session:
        calls = sorted(await Queue(session).in_hand(), key=lambda call: call.item_id, reverse=True)
    first, second = calls
    ends = [
        Outcome(call=first, error=LOST) if refused else Outcome(call=first, sent=Sent(provider_id="1")),
        Outcome(call=second, sent=Sent(provider_id="2")),
    ]
    return lambda session: endings.finish(session, NOW, NOW, HOUSE, ends)


async def putting_back(many: Many) -> Change:
    async with many.database.begin() as session:
        held = sorted(await Queue(session).claim(), key=lambda one: one.id, reverse=True)
    return lambda session: leases.put_back(session, held)


@pytest.mark.parametrize(
    "change",
    [withdrawing, withdrawing_all, handing_over, finishing, finishing_in_doubt, putting_back],
    ids=lambda change: change.__name__,
)
async def test_who_waits_for_a_low_one_holds_no_higher_one(
    many: Many, change: Callable[[Many], Awaitable[Change]]
) -> None:
    await many.plan()
    do = await change(many)
    before = await many.states()

    async def changed() -> None:
        async with many.database.begin() as session:
            await do(session)

    async with many.one_is_being_changed(many.low) as mine:
        change_under_way = asyncio.create_task(changed())
        await many.somebody_waits()
        await many.by_hand(mine, many.high)  # in the other order each would wait for the other now
    await change_under_way

    assert all(was != now for was, now in zip(before, await many.states(), strict=True))


async def test_a_worker_renews_what_it_can_without_waiting(many: Many) -> None:
    await many.plan()
    async with many.database.begin() as session:
        held = await Queue(session).claim()
    async with many.one_is_being_changed(many.low), many.database.begin() as session:
        await leases.renew(session, LAPSED, held)
    async with many.database.begin() as session:
        low, high = await session.scalars(select(Notice.lease_until).order_by(Notice.id))
    assert (low, high) == (NOW + leases.LEASE, LAPSED + leases.LEASE)


async def test_a_claim_leaves_what_is_being_changed(many: Many) -> None:
    async with many.database.begin() as session:
        person_id = await Queue(session).person()
    await many.plan(person_id=person_id)
    async with many.one_is_being_changed(many.low), many.database.begin() as session:
        assert [held.id for held in await Queue(session).claim(limit=1)] == [many.high]


async def test_a_sweep_leaves_what_is_being_changed(many: Many) -> None:
    await many.plan()
    async with many.database.begin() as session:
        await Queue(session).claim()
    async with many.one_is_being_changed(many.low), many.database.begin() as session:
        assert await Queue(session).sweep(LAPSED) == 1
    assert await many.states() == ["claimed", "planned"]


async def test_a_sweep_leaves_what_is_being_written_down(many: Many) -> None:
    """Whoever holds the attempt knows its end; if he dies before he says it, the next sweep finds it."""
    await many.plan()
    async with many.database.begin() as session:
        await Queue(session).in_hand()
    async with many.database.begin() as writer, many.database.begin() as session:
        await writer.execute(select(Delivery.id).where(Delivery.notice_id == many.low).with_for_update())
        assert await Queue(session).sweep(LAPSED) == 1
    assert await many.states() == ["handing", "planned"]
    async with many.database.begin() as session:
        assert await Queue(session).sweep(LAPSED) == 1
        assert {row.state for row in await Queue(session).deliveries()} == {"unsure"}
    assert await many.states() == ["planned", "planned"]


async def test_a_sweep_leaves_what_goes_along_with_what_is_being_written_down(many: Many) -> None:
    await many.plan()
    async with many.database.begin() as session:
        queue = Queue(session)
        high, low = sorted(await queue.claim(), key=lambda one: one.id, reverse=True)
        await handover.lead(session, NOW, {high.id: [low]})
        await queue.hand_over([high])
    async with many.one_is_being_changed(many.high), many.database.begin() as session:
        assert await Queue(session).sweep(LAPSED) == 0
    assert await many.states() == ["claimed", "handing"]


async def test_what_is_of_no_use_any_more_ends_without_waiting(many: Many) -> None:
    await many.plan()
    async with many.one_is_being_changed(many.low), many.database.begin() as session:
        assert await leases.expire(session, LAPSED.replace(year=2027)) == 1
    assert await many.states() == ["planned", "expired"]
