"""Two new appointments of one moment are one push; what the second became follows the first."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.tables.notices import Delivery, Notice
from messaging.channel import Reached, Receipt, SendError, Verdict
from scheduler.queue import claiming, endings, handover, leases, receipts
from tests.scheduler.queueing import Queue
from tests.scheduler.sending.worker_desk import Desk
from tests.scheduler.world import HOUSE, at


class TestWhatGoesAlong:
    """Two new appointments of one moment are one push; what the second became follows the first."""

    @pytest.fixture
    async def both(self, desk: Desk) -> Desk:
        person_id = await desk.person()
        for start in ("2027-01-12 10:00", "2027-01-13 10:00"):
            await desk.appointment(person_id, start)
        return desk

    async def announced(self, desk: Desk) -> list[tuple[str, bool]]:
        """State of each, the lead first, and whether it is marked as perhaps said before."""
        notices = [notice for notice in await desk.all(Notice) if notice.step == "announced"]
        return [(notice.state, notice.again) for notice in sorted(notices, key=lambda notice: notice.use_by)]

    async def told(self, desk: Desk, reached: Reached) -> None:
        """A receipt of the newest message."""
        delivery = max(await desk.all(Delivery), key=lambda delivery: delivery.id)
        provider_id = delivery.provider_id or f"late-{delivery.id}"
        receipt = Receipt(channel="telegram", provider_id=provider_id, reached=reached, delivery_id=delivery.id)
        async with desk.database.begin() as session:
            await receipts.apply(session, desk.clock.now(), receipt)

    async def test_in_doubt_it_goes_once_more_and_marked(self, both: Desk) -> None:
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        assert await both.until("2026-12-21 11:02") == []
        assert await self.announced(both) == [("planned", True), ("planned", True)]
        said = await both.until("2026-12-21 11:03")
        assert [text.startswith("Misschien las u dit al.") for text in said] == [True, True]

    async def test_what_is_said_once_only_stays_in_doubt(self, both: Desk) -> None:
        async with both.database.begin() as session:
            await session.execute(update(Notice).values(doubt="never"))
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await both.until("2026-12-21 11:02")
        assert await self.announced(both) == [("unsure", False), ("unsure", False)]

    async def test_a_receipt_ends_the_doubt_of_both(self, both: Desk) -> None:
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await both.until("2026-12-21 11:02")
        await self.told(both, Reached.DELIVERED)
        assert [state for state, _ in await self.announced(both)] == ["delivered", "sent"]
        assert await both.until("2026-12-21 11:03") == []

    async def test_what_did_not_arrive_is_said_again_whole(self, both: Desk) -> None:
        assert len(await both.until("2026-12-21 11:02")) == 1
        assert await self.announced(both) == [("sent", False), ("sent", False)]
        await self.told(both, Reached.FAILED)
        assert await self.announced(both) == [("planned", False), ("planned", False)]

    async def test_what_arrived_after_all_is_not_said_again(self, both: Desk) -> None:
        await both.until("2026-12-21 11:02")
        await self.told(both, Reached.FAILED)
        await self.told(both, Reached.DELIVERED)
        assert await self.announced(both) == [("delivered", False), ("sent", False)]

    async def test_a_lost_worker_leaves_both_in_doubt(self, both: Desk) -> None:
        moment = at("2026-12-21 11:02")
        async with both.database.begin() as session:
            first, second = await claiming.claim(session, moment, moment, 10)
            call = await Queue(session).call(first)
            await handover.lead(session, moment, {first.id: [second]})
            assert await handover.hand_over(session, moment, moment, [(first, call)]) == [call]
        async with both.database.begin() as session:
            later = moment + leases.LEASE + timedelta(seconds=1)
            await endings.sweep(session, later, later, HOUSE)
        assert await self.announced(both) == [("planned", True), ("planned", True)]
