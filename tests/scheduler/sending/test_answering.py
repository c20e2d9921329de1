"""Answers on their way: in their chat's order, never again after a stop, found again after a lost commit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import cast
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.tables.chats import Reply
from core.tables.people import Address
from messaging.channel import SendError, Verdict
from scheduler.queue import holds, replies
from scheduler.queue.claims import Outcome
from scheduler.sending.answering import held_at_once
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler.sending.worker_desk import Desk
from tests.scheduler.world import NOW


class TestAnswersThatWaitForTheirChat:
    """The second answer of a chat is on record, and may not follow the first at once."""

    @pytest.fixture
    async def address_id(self, desk: Desk) -> UUID:
        desk.telegram.chat_rate = 1
        for _ in range(2):
            await desk.answer("1001")
        (address,) = await desk.all(Address)
        return cast(UUID, address.id)

    async def meanwhile(self, desk: Desk, stop: Callable[[AsyncSession], Awaitable[object]]) -> None:
        """Send both; this happens between them."""
        sending = asyncio.create_task(desk.worker.drain())
        async with asyncio.timeout(20):
            while await self.states(desk) != ["sent", "handing"]:  # noqa: ASYNC110 - the table is what is waited for
                await asyncio.sleep(0.01)
        async with desk.database.begin() as session:
            await stop(session)
        await sending

    async def states(self, desk: Desk) -> list[str]:
        return [reply.state for reply in sorted(await desk.all(Reply), key=lambda reply: reply.n)]

    async def test_after_stop_it_stays_away(self, desk: Desk, address_id: UUID) -> None:
        await self.meanwhile(desk, lambda session: replies.stop(session, address_id))
        assert len(desk.telegram.sent) == 1
        assert await self.states(desk) == ["sent", "withdrawn"]

    async def test_on_hold_it_waits(self, desk: Desk, address_id: UUID) -> None:
        await self.meanwhile(desk, lambda session: holds.put(session, NOW, "test"))
        assert len(desk.telegram.sent) == 1
        assert await self.states(desk) == ["sent", "planned"]


async def test_an_answer_in_hand_at_a_stop_is_not_tried_again(desk: Desk) -> None:
    await desk.answer("1001")
    async with desk.database.begin() as session:
        (call,) = await replies.hand_over(session, NOW, NOW, 10)
        await replies.stop(session, call.address_id)
        error = SendError(Verdict.PAUSE, "too_fast", retry_after=timedelta(seconds=5))
        await replies.finish(session, NOW, NOW, [Outcome(call=call, error=error)])
    (reply,) = await desk.all(Reply)
    assert (reply.state, reply.reason) == ("withdrawn", "opted_out")


class TestAnswersInHand:
    @pytest.mark.parametrize(("rate", "most"), [(0, 50), (0.1, 1), (1, 5), (30, 50)])
    def test_no_more_than_leave_before_the_leases_lapse(self, rate: float, most: int) -> None:
        outlet = RecordingOutlet("telegram")
        outlet.rate = rate
        assert held_at_once(outlet) == most

    async def test_a_hand_over_whose_commit_was_not_heard_of_is_found_again(self, desk: Desk) -> None:
        await desk.answer("3001")
        token = new_id()
        async with desk.database.begin() as session:
            (first,) = await replies.hand_over(session, NOW, NOW, 10, token=token)
        async with desk.database.begin() as session:
            (again,) = await replies.taken(session, token)
            assert await replies.taken(session, new_id()) == []
        assert (again.delivery_id, again.item_id, again.token) == (first.delivery_id, first.item_id, token)
        assert again.message.text == first.message.text
