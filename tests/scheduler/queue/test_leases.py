"""What a worker holds: it lapses, is fenced off from who lost it, and changes meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.tables.notices import Notice
from core.tables.people import PersonAddress
from core.tables.service import Hold
from messaging.channel import SendError, Verdict
from scheduler.queue import endings, leases, notices
from scheduler.sending.sender import never_left
from tests.scheduler import world
from tests.scheduler.queueing import LOST, THROTTLED, Queue
from tests.scheduler.world import HOUSE, NOW

LATER = NOW + leases.LEASE + timedelta(seconds=1)
MUCH_LATER = LATER + leases.LEASE + timedelta(seconds=2)


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
