from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from messaging.channel import Reached, Receipt
from scheduler.queue import leases, receipts
from scheduler.queue.claims import Call
from scheduler.sending import recipients
from tests.scheduler.queueing import LOST, THROTTLED, Queue
from tests.scheduler.world import NOW

SENT, DELIVERED, READ, FAILED = Reached.SENT, Reached.DELIVERED, Reached.READ, Reached.FAILED

SOON = NOW + timedelta(minutes=1)
LATER = NOW + leases.LEASE + timedelta(seconds=1)


class Told(Queue):
    """A queue whose provider tells how far its messages came."""

    async def receipt(self, call: Call, reached: Reached, *, by_id: bool = False, **values: Any) -> None:
        """The provider's status of a call; `by_id`: its callback carries our own number."""
        receipt = Receipt(
            channel="telegram",
            provider_id=f"at-provider-{call.delivery_id}",
            reached=reached,
            delivery_id=call.delivery_id if by_id else None,
            **values,
        )
        await receipts.apply(self.session, SOON, receipt)

    async def sent(self, *handles: str, step: str = "day", kind: str = "appointment") -> tuple[UUID, Call]:
        """A notice that the provider took."""
        notice_id = await self.plan(await self.person(*handles), step, kind=kind)
        (call,) = await self.in_hand()
        await self.taken(call)
        return notice_id, call

    async def both(self, notice_id: UUID) -> tuple[str, str]:
        """The states of a notice and of its only delivery."""
        (delivery,) = await self.deliveries()
        return await self.state(notice_id), delivery.state


@pytest.fixture
def queue(session: AsyncSession) -> Told:
    return Told(session)


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([SENT], "sent"),
        ([DELIVERED], "delivered"),
        ([SENT, DELIVERED, READ], "read"),
        ([READ, DELIVERED, SENT], "read"),
        ([DELIVERED, SENT, DELIVERED], "delivered"),
        ([READ, READ], "read"),
        ([DELIVERED, FAILED], "delivered"),
        ([READ, FAILED], "read"),
    ],
)
async def test_receipts_move_forward_only_in_whatever_order(queue: Told, told: list[Reached], end: str) -> None:
    notice_id, call = await queue.sent()
    for reached in told:
        await queue.receipt(call, reached)
    assert await queue.both(notice_id) == (end, end)


async def test_the_first_moment_of_each_stage_is_kept(queue: Told) -> None:
    _, call = await queue.sent()
    await queue.receipt(call, READ)
    (delivery,) = await queue.deliveries()
    assert (delivery.delivered_at, delivery.read_at) == (SOON, SOON)


class TestFailing:
    async def test_what_did_not_arrive_goes_to_the_next_address(self, queue: Told) -> None:
        notice_id, call = await queue.sent("first", "second")
        await queue.receipt(call, FAILED, reason="unreachable", code="30003")
        assert await queue.both(notice_id) == ("planned", "failed")
        (delivery,) = await queue.deliveries()
        assert (delivery.reason, delivery.provider_code) == ("unreachable", "30003")
        assert await recipients.tried(queue.session, [notice_id]) == {notice_id: {call.address_id}}
        assert [held.id for held in await queue.claim()] == [notice_id]

    async def test_twice_failed_is_planned_once(self, queue: Told) -> None:
        notice_id, call = await queue.sent()
        await queue.receipt(call, FAILED)
        (again,) = await queue.in_hand()
        await queue.receipt(call, FAILED)
        assert await queue.state(notice_id) == "handing"
        await queue.taken(again)
        assert await queue.state(notice_id) == "sent"

    async def test_an_address_that_is_gone_is_buried_with_its_reason(self, queue: Told) -> None:
        _, call = await queue.sent()
        await queue.receipt(call, FAILED, dead=True, reason="number_gone")
        assert await queue.dead() == ["number_gone"]

    async def test_an_address_that_only_failed_stays(self, queue: Told) -> None:
        _, call = await queue.sent()
        await queue.receipt(call, FAILED)
        assert await queue.dead() == []

    async def test_a_phone_that_was_off_is_tried_again_later_and_then_the_next_address(self, queue: Told) -> None:
        notice_id, call = await queue.sent("first", "second")
        await queue.receipt(call, FAILED, reason="phone_off", code="30003")
        notice = await queue.notice(notice_id)
        assert notice.state == "planned"
        assert notice.retry_at is not None
        assert notice.retry_at > (await queue.session.scalars(select(func.now()))).one()
        assert await recipients.tried(queue.session, [notice_id]) == {}
        (again,) = await queue.in_hand(LATER)
        await queue.taken(again, LATER)
        await queue.receipt(again, FAILED, reason="phone_off", code="30003")
        assert await recipients.tried(queue.session, [notice_id]) == {notice_id: {call.address_id}}

    async def test_told_later_that_the_address_is_gone(self, queue: Told) -> None:
        _, call = await queue.sent()
        await queue.receipt(call, FAILED)
        await queue.receipt(call, FAILED, dead=True, reason="number_gone")
        assert await queue.dead() == ["number_gone"]

    @pytest.mark.parametrize("claimed", [False, True])
    async def test_what_arrived_after_all_is_not_said_at_the_next_address(self, queue: Told, claimed: bool) -> None:
        notice_id, call = await queue.sent("first", "second")
        await queue.receipt(call, FAILED)
        held = await queue.claim() if claimed else []
        await queue.receipt(call, DELIVERED)
        assert await queue.state(notice_id) == "delivered"
        assert await queue.hand_over(held) == [] if held else True
        assert await queue.claim() == []

    async def test_but_what_was_changed_meanwhile_still_goes(self, queue: Told) -> None:
        person_id = await queue.person("first", "second")
        source_id = new_id()
        notice_id = await queue.plan(person_id, source_id=source_id)
        (call,) = await queue.in_hand()
        await queue.taken(call)
        await queue.receipt(call, FAILED)
        await queue.plan(person_id, source_id=source_id, source_version=2)
        await queue.claim()
        await queue.receipt(call, DELIVERED)
        assert await queue.state(notice_id) == "claimed"

    async def test_a_phone_that_has_it_after_all_is_on_record(self, queue: Told) -> None:
        _, call = await queue.sent("first", "second")
        await queue.receipt(call, FAILED)
        await queue.receipt(call, DELIVERED)
        (delivery,) = await queue.deliveries()
        assert (delivery.state, delivery.reason) == ("delivered", None)


class TestEarly:
    """The status comes before the worker wrote down the provider's answer."""

    @pytest.mark.parametrize("reached", [SENT, DELIVERED, READ])
    async def test_how_far_it_came_stands(self, queue: Told, reached: Reached) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.receipt(call, reached, by_id=True)
        assert await queue.state(notice_id) == "handing"
        await queue.taken(call)
        assert await queue.both(notice_id) == (reached.value, reached.value)
        (delivery,) = await queue.deliveries()
        assert (delivery.segments, delivery.provider_id) == (1, f"at-provider-{call.delivery_id}")

    async def test_what_did_not_arrive_goes_to_the_next_address(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person("first", "second"))
        (call,) = await queue.in_hand()
        await queue.receipt(call, FAILED, by_id=True, reason="unreachable")
        await queue.taken(call)
        assert await queue.both(notice_id) == ("planned", "failed")
        assert await recipients.tried(queue.session, [notice_id]) == {notice_id: {call.address_id}}

    async def test_a_phone_that_was_off_is_left_alone_for_a_while_too(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.receipt(call, FAILED, by_id=True, reason="phone_off", code="30003")
        await queue.taken(call)
        notice = await queue.notice(notice_id)
        assert (notice.state, notice.reason) == ("planned", "phone_off")
        assert notice.retry_at is not None

    @pytest.mark.parametrize("reached", [SENT, DELIVERED, READ])
    async def test_it_ends_the_doubt_of_a_lost_answer(self, queue: Told, reached: Reached) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.receipt(call, reached, by_id=True)
        await queue.failed(call, LOST)
        assert await queue.both(notice_id) == (reached.value, reached.value)

    async def test_it_ends_the_doubt_of_a_lost_worker(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.receipt(call, DELIVERED, by_id=True)
        await queue.sweep(LATER)
        assert await queue.both(notice_id) == ("delivered", "delivered")

    async def test_a_lost_worker_whose_message_failed_is_tried_elsewhere(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person("first", "second"), "", kind="update")
        (call,) = await queue.in_hand()
        await queue.receipt(call, FAILED, by_id=True)
        await queue.sweep(LATER)
        assert await queue.both(notice_id) == ("planned", "failed")

    async def test_a_refusal_after_it_is_a_refusal(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.failed(call, THROTTLED)
        assert await queue.both(notice_id) == ("planned", "failed")


class TestLate:
    """The answer was lost, then the status comes."""

    @pytest.mark.parametrize(("kind", "step"), [("update", ""), ("leefgeld", "announced")])
    @pytest.mark.parametrize("reached", [SENT, DELIVERED])
    async def test_it_resolves_what_is_unsure(self, queue: Told, kind: str, step: str, reached: Reached) -> None:
        notice_id = await queue.plan(await queue.person(), step, kind=kind)
        (call,) = await queue.in_hand()
        await queue.failed(call, LOST)
        assert await queue.both(notice_id) == ("unsure", "unsure")
        await queue.receipt(call, reached, by_id=True)
        assert await queue.both(notice_id) == (reached.value, reached.value)

    @pytest.mark.parametrize("claimed", [False, True])
    async def test_it_spares_the_person_the_second_message(self, queue: Told, claimed: bool) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.failed(call, LOST)
        held = await queue.claim(LATER) if claimed else []
        await queue.receipt(call, DELIVERED, by_id=True)
        assert await queue.both(notice_id) == ("delivered", "delivered")
        assert await queue.hand_over(held, LATER) == [] if held else True
        assert await queue.claim(LATER) == []

    async def test_what_surely_failed_goes_on_unmarked(self, queue: Told) -> None:
        notice_id = await queue.plan(await queue.person())
        (call,) = await queue.in_hand()
        await queue.failed(call, LOST)
        await queue.receipt(call, FAILED, by_id=True)
        (held,) = await queue.claim()
        assert (held.id, held.again) == (notice_id, False)


class TestNotOurs:
    @pytest.mark.parametrize("delivery_id", [None, new_id()])
    async def test_a_stranger_moves_nothing(self, queue: Told, delivery_id: UUID | None) -> None:
        notice_id, _ = await queue.sent()
        unknown = Receipt(channel="telegram", provider_id="another", reached=READ, delivery_id=delivery_id)
        assert await receipts.apply(queue.session, SOON, unknown) is None
        assert await queue.both(notice_id) == ("sent", "sent")

    async def test_an_id_of_somebody_elses_delivery_moves_only_the_message_itself(self, queue: Told) -> None:
        notice_id, call = await queue.sent()
        other_id, other = await queue.sent()
        mixed = Receipt(
            channel="telegram",
            provider_id=f"at-provider-{call.delivery_id}",
            reached=READ,
            delivery_id=other.delivery_id,
        )
        await receipts.apply(queue.session, SOON, mixed)
        assert (await queue.state(notice_id), await queue.state(other_id)) == ("read", "sent")
        forged = Receipt(channel="telegram", provider_id="another", reached=FAILED, delivery_id=other.delivery_id)
        assert await receipts.apply(queue.session, SOON, forged) is None
        assert await queue.state(other_id) == "sent"

    async def test_the_same_number_on_another_channel_is_another_message(self, queue: Told) -> None:
        notice_id, call = await queue.sent()
        elsewhere = Receipt(channel="sms", provider_id=f"at-provider-{call.delivery_id}", reached=READ)
        assert await receipts.apply(queue.session, SOON, elsewhere) is None
        assert await queue.both(notice_id) == ("sent", "sent")


async def test_what_failed_does_not_come_back_beside_newer_news_of_the_same_step(queue: Told) -> None:
    person_id, source_id = await queue.person(), new_id()
    first = await queue.plan(person_id, "changed", source_id=source_id)
    (call,) = await queue.in_hand()
    await queue.taken(call)
    second = await queue.plan(person_id, "changed", source_id=source_id)
    await queue.receipt(call, FAILED, dead=True, reason="number_gone")
    assert (await queue.state(first), await queue.state(second)) == ("failed", "planned")
    assert await queue.dead() == ["number_gone"]
