"""What is due is taken once, most urgent first, and never from one person by two workers."""

import asyncio
from datetime import date, time, timedelta
from typing import Any

import pytest

from content import catalogue
from content.inforce import concepts
from core.database import Database
from core.ids import new_id
from messaging.channel import SendError, Verdict
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler.queueing import THROTTLED, Queue
from tests.scheduler.world import HOUSE, NOW


class TestClaiming:
    async def test_what_is_due_is_claimed_once_most_urgent_first(self, queue: Queue) -> None:
        bulk = await queue.plan(await queue.person(), "", kind="update")
        single = await queue.plan(await queue.person())
        change = await queue.plan(await queue.person(), "changed")
        await queue.plan(await queue.person(), due=NOW + timedelta(seconds=1))
        assert [held.id for held in await queue.claim()] == [change, single, bulk]
        assert await queue.claim() == []

    async def test_what_waits_for_a_retry_is_left_until_then(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.failed(call, THROTTLED)
        assert await queue.claim(NOW + timedelta(seconds=29)) == []
        (again,) = await queue.claim(NOW + timedelta(seconds=30))
        assert (again.id, again.attempts) == (notice_id, 1)

    async def test_nothing_is_claimed_from_its_use_by_on(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person(), use_by=NOW)
        assert await queue.claim() == []
        assert await queue.state(notice_id) == "expired"

    async def test_a_person_has_one_batch_in_hand(self, queue: Queue) -> None:
        person_id = await queue.person()
        first = await queue.plan(person_id)
        (held,) = await queue.claim()
        second = await queue.plan(person_id)
        assert held.id == first
        assert await queue.claim() == []
        (call,) = await queue.hand_over([held])
        assert await queue.claim() == []
        await queue.taken(call)
        assert [held.id for held in await queue.claim()] == [second]

    async def test_one_that_waits_for_a_retry_holds_back_no_other(self, queue: Queue) -> None:
        person_id = await queue.person()
        await queue.plan(person_id)
        (call,) = await queue.in_hand()
        await queue.failed(call, SendError(Verdict.RETRY, "refused_connection"))
        other = await queue.plan(person_id)
        assert [held.id for held in await queue.claim()] == [other]

    @pytest.mark.parametrize("days", [1, 3, 21])
    async def test_a_change_waits_for_the_old_words_of_what_moved_meanwhile(self, queue: Queue, days: int) -> None:
        person_id, source_id = await queue.person(), new_id()
        await queue.plan(person_id, source_id=source_id)
        (reminder,) = await queue.in_hand()
        moved: dict[str, Any] = {
            "source_id": source_id,
            "source_version": 2,
            "use_by": NOW + timedelta(days=days, hours=12),
        }
        await queue.plan(person_id, **moved, due=NOW + timedelta(days=days))
        change = await queue.plan(person_id, "changed", **moved)
        assert await queue.claim() == []
        await queue.taken(reminder)
        assert [held.id for held in await queue.claim()] == [change]


class TestWorkersAtOnce:
    async def test_they_never_take_the_same_row(self, fresh_database: Database) -> None:
        async with fresh_database.begin() as session:
            for _ in range(30):
                await Queue(session).plan(await Queue(session).person())

        async def work() -> list[object]:
            taken: list[object] = []
            while True:
                async with fresh_database.begin() as session:
                    held = await Queue(session).claim(limit=4)
                    await asyncio.sleep(0.002)
                if not held:
                    return taken
                taken += [one.id for one in held]

        shares = await asyncio.gather(*(work() for _ in range(4)))
        everything = [notice_id for share in shares for notice_id in share]
        assert len(everything) == len(set(everything)) == 30

    async def test_they_never_hold_one_person_twice(self, fresh_database: Database) -> None:
        async with fresh_database.begin() as session:
            person_id, other_id = await Queue(session).person(), await Queue(session).person()
            for place, owner in enumerate((person_id, person_id, other_id)):
                await Queue(session).plan(owner, due=NOW - timedelta(minutes=3 - place))
        async with fresh_database.begin() as first, fresh_database.begin() as second:
            one = await Queue(first).claim(limit=1)
            two = await Queue(second).claim()
            assert [held.person_id for held in one] == [person_id] * 2
            assert [held.person_id for held in two] == [other_id]

    async def test_a_claim_that_was_committed_meanwhile_is_seen(self, fresh_database: Database) -> None:
        async with fresh_database.begin() as session:
            person_id = await Queue(session).person()
            for _ in range(20):
                await Queue(session).plan(person_id)

        async def look() -> int:
            async with fresh_database.begin() as session:
                return len(await Queue(session).claim(limit=3))

        assert sorted(await asyncio.gather(*(look() for _ in range(8)))) == [0] * 7 + [20]

    async def test_a_batch_goes_out_most_urgent_first(self, fresh_database: Database) -> None:
        wanted = {"soon": (2, NOW - timedelta(hours=1)), "bulk": (3, NOW - timedelta(hours=2)), "change": (1, NOW)}
        async with fresh_database.begin() as session:
            for handle, (priority, due) in wanted.items():
                values = {"day": date(2026, 12, 22), "time": time(10)}
                person_id = await Queue(session).person(handle)
                await Queue(session).plan(person_id, priority=priority, due=due, values=values)
        outlet = RecordingOutlet("telegram")
        dutch = concepts(catalogue.load(("nl",)))
        await Worker(fresh_database, FakeClock(NOW), HOUSE, {"telegram": outlet}, lambda: dutch).drain()
        assert [handle for handle, _ in outlet.sent] == ["change", "soon", "bulk"]
