import asyncio
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue
from content.inforce import concepts
from core.database import Database
from core.tables.notices import Notice
from core.tables.people import PersonAddress
from core.tables.service import Hold
from messaging.channel import SendError, Verdict
from scheduler.queue import endings, leases, notices
from scheduler.sending.sender import never_left
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler import world
from tests.scheduler.queueing import LOST, THROTTLED, Queue
from tests.scheduler.world import HOUSE, NOW

LATER = NOW + leases.LEASE + timedelta(seconds=1)
MUCH_LATER = LATER + leases.LEASE + timedelta(seconds=2)


@pytest.fixture
def queue(session: AsyncSession) -> Queue:
    return Queue(session)


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


class TestLapsing:
    async def test_a_lapsed_claim_is_planned_again(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        await queue.claim()
        assert await queue.sweep(NOW + leases.LEASE) == 0
        assert await queue.sweep(LATER) == 1
        (held,) = await queue.claim(LATER)
        assert (held.id, held.attempts) == (notice_id, 2)

    @pytest.mark.parametrize(
        ("kind", "step", "state"),
        [("appointment", "day", "planned"), ("update", "", "unsure"), ("leefgeld", "announced", "unsure")],
    )
    async def test_a_lapsed_hand_over_is_in_doubt(self, queue: Queue, kind: str, step: str, state: str) -> None:
        notice_id = await queue.plan(await queue.person(), step, kind=kind)
        await queue.in_hand()
        assert await queue.sweep(LATER) == 1
        assert await queue.state(notice_id) == state
        (delivery,) = await queue.deliveries()
        assert (delivery.state, delivery.reason) == ("unsure", "worker_lost")

    async def test_a_reminder_in_doubt_goes_once_more_and_then_never(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        await queue.in_hand()
        await queue.sweep(LATER)
        (again,) = await queue.claim(MUCH_LATER)
        assert again.again
        (call,) = await queue.hand_over([again], MUCH_LATER)
        await queue.failed(call, LOST, MUCH_LATER)
        assert await queue.state(notice_id) == "unsure"
        assert await queue.claim(MUCH_LATER + timedelta(hours=1)) == []

    async def test_what_is_still_leased_is_left_alone(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        await queue.in_hand()
        assert await queue.sweep(NOW + leases.LEASE) == 0
        assert await queue.state(notice_id) == "handing"


class TestFencing:
    async def test_what_was_moved_while_a_lost_worker_handed_it_over_is_found(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        await queue.in_hand()
        later = {"due": NOW + timedelta(days=30), "use_by": NOW + timedelta(days=31)}
        await queue.session.execute(update(Notice).where(Notice.id == notice_id).values(**later, source_version=2))
        assert await queue.sweep(LATER) == 0
        assert await queue.sweep(LATER, whole=True) == 1
        assert await queue.state(notice_id) == "planned"

    async def test_who_lost_a_claim_cannot_hand_over(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        slow = await queue.claim()
        await queue.sweep(LATER)
        (fast,) = await queue.claim(LATER)
        assert await queue.hand_over(slow, LATER) == []
        assert await queue.deliveries() == []
        assert [call.item_id for call in await queue.hand_over([fast], LATER)] == [notice_id]

    @pytest.mark.parametrize("error", [None, LOST, THROTTLED, SendError(Verdict.REFUSED, "not_wanted")])
    async def test_who_lost_a_hand_over_cannot_end_the_next_one(self, queue: Queue, error: SendError | None) -> None:
        notice_id = await queue.plan(await queue.person())
        (slow,) = await queue.in_hand()
        await queue.sweep(LATER)
        (fast,) = await queue.in_hand(MUCH_LATER)
        if error is None:
            await queue.taken(slow, MUCH_LATER)
        else:
            await queue.failed(slow, error, MUCH_LATER)
        assert await queue.state(notice_id) == "handing"
        await queue.taken(fast, MUCH_LATER)
        assert await queue.state(notice_id) == "sent"

    async def test_a_late_answer_still_tells_what_became_of_its_call(self, queue: Queue) -> None:
        await queue.plan(await queue.person(), "", kind="update")
        (slow,) = await queue.in_hand()
        await queue.sweep(LATER)
        await queue.taken(slow, LATER)
        (delivery,) = await queue.deliveries()
        assert (delivery.state, delivery.reason, delivery.segments) == ("sent", None, 1)
        assert delivery.provider_id is not None

    async def test_who_lost_a_claim_cannot_put_it_back_or_end_it(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        slow = await queue.claim()
        await queue.sweep(LATER)
        await queue.claim(LATER)
        await leases.put_back(queue.session, slow)
        await leases.end(queue.session, slow, "failed", "nobody")
        assert await queue.state(notice_id) == "claimed"


class TestChanges:
    async def test_what_changed_after_the_claim_goes_back_to_planned(self, queue: Queue) -> None:
        person_id = await queue.person()
        notice_id = await queue.plan(person_id)
        held = await queue.claim()
        changed = await queue.plan(person_id, source_id=held[0].source_id, source_version=2)
        assert changed == notice_id
        assert await queue.hand_over(held) == []
        assert await queue.state(notice_id) == "planned"
        assert [again.source_version for again in await queue.claim()] == [2]

    async def test_what_changed_while_it_went_is_said_again(self, queue: Queue) -> None:
        person_id = await queue.person()
        notice_id = await queue.plan(person_id)
        (held,) = await queue.claim()
        (call,) = await queue.hand_over([held])
        await queue.plan(person_id, source_id=held.source_id, source_version=2)
        assert await queue.state(notice_id) == "handing"
        await queue.taken(call)
        assert await queue.state(notice_id) == "planned"
        assert (await queue.notice(notice_id)).sent_at == NOW

    async def test_what_was_withdrawn_after_the_claim_is_not_handed_over(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        (held,) = await queue.claim()
        await notices.withdraw(queue.session, held.source_id, "cancelled")
        assert await queue.hand_over([held]) == []
        assert await queue.state(notice_id) == "withdrawn"

    @pytest.mark.parametrize("error", [THROTTLED, LOST])
    async def test_what_was_withdrawn_while_it_went_is_not_tried_again(self, queue: Queue, error: SendError) -> None:
        await queue.plan(await queue.person())
        (held,) = await queue.claim()
        (call,) = await queue.hand_over([held])
        await notices.withdraw(queue.session, held.source_id, "cancelled")
        await queue.failed(call, error)
        assert await queue.claim(MUCH_LATER) == []

    async def test_what_was_withdrawn_by_the_hundred_while_it_went_is_not_tried_again(self, queue: Queue) -> None:
        await queue.plan(await queue.person(), "", kind="update")
        (held,) = await queue.claim()
        (call,) = await queue.hand_over([held])
        await notices.withdraw_all(queue.session, [held.source_id], "undone")
        await queue.failed(call, THROTTLED)
        assert await queue.claim(MUCH_LATER) == []

    async def test_a_full_batch_takes_all_that_its_persons_have_due(self, queue: Queue) -> None:
        someone, other = await queue.person(), await queue.person()
        await queue.plan(someone, due=NOW - timedelta(hours=2))
        for _ in range(3):
            await queue.plan(other, due=NOW - timedelta(hours=1))
        await queue.plan(someone, due=NOW)
        await queue.plan(someone, due=NOW + timedelta(hours=1))
        assert [held.person_id for held in await queue.claim(limit=1)] == [someone] * 2
        assert [held.person_id for held in await queue.claim(limit=1)] == [other] * 3

    async def test_who_is_reached_on_a_full_channel_waits_and_the_others_dont(self, queue: Queue) -> None:
        chat, text = await queue.person(), await queue.person(handles_on="sms")
        await queue.plan(chat, due=NOW - timedelta(hours=1))
        await queue.plan(text)
        assert [held.person_id for held in await queue.claim(without=("telegram", "whatsapp"))] == [text]
        assert [held.person_id for held in await queue.claim()] == [chat]

    async def test_the_kill_switch_stops_what_is_leased(self, queue: Queue) -> None:
        await queue.plan(await queue.person())
        held = await queue.claim()
        queue.session.add(Hold(since=NOW, why="test"))
        await queue.session.flush()
        assert await queue.hand_over(held) == []

    async def test_after_stop_nothing_that_is_leased_starts(self, queue: Queue) -> None:
        await queue.plan(await queue.person())
        held = await queue.claim()
        await queue.session.execute(update(PersonAddress).values(opted_out_at=NOW))
        assert await queue.hand_over(held) == []

    @pytest.mark.parametrize("kind", ["appointment", "update"])
    async def test_an_answer_that_is_known_late_ends_the_doubt(self, queue: Queue, kind: str) -> None:
        notice_id = await queue.plan(await queue.person(), "day" if kind == "appointment" else "", kind=kind)
        (call,) = await queue.in_hand()
        await queue.sweep(LATER)
        assert await queue.state(notice_id) == ("planned" if kind == "appointment" else "unsure")
        await queue.taken(call, LATER)
        assert await queue.state(notice_id) == "sent"
        assert await queue.claim(MUCH_LATER) == []

    @pytest.mark.parametrize(
        ("kind", "step", "tasks"),
        [("leefgeld", "paid", ["not_reached"]), ("workshop", "offered", ["not_reached"]), ("update", "", [])],
    )
    async def test_what_a_provider_refuses_is_told_by_a_person(
        self, queue: Queue, kind: str, step: str, tasks: list[str]
    ) -> None:
        notice_id = await queue.plan(await queue.person(), step, kind=kind)
        (call,) = await queue.in_hand()
        await queue.failed(call, SendError(Verdict.REFUSED, "template_missing"))
        assert await queue.state(notice_id) == "failed"
        assert [task.kind for task in await world.open_tasks(queue.session)] == tasks

    async def test_what_never_started_burns_no_attempt(self, queue: Queue) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await endings.finish(queue.session, NOW, NOW, HOUSE, [never_left(call)])
        notice = await queue.notice(notice_id)
        assert (notice.state, notice.attempts) == ("planned", 0)


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
