"""What changes between a claim and its call."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from core.tables.notices import Notice
from scheduler.meetings import appointments
from scheduler.queue import claiming
from scheduler.sending.burst import Burst
from scheduler.sending.preparation import Planned, Preparation
from scheduler.sending.record import Ended
from scheduler.sending.sender import Sender
from tests.scheduler.sending.worker_desk import DUTCH, Desk
from tests.scheduler.world import HOUSE, at


async def burst_that_loses(desk: Desk, cancelled: UUID) -> None:
    """One claim, after which an appointment is cancelled; then nothing more is due."""
    preparation = Preparation(HOUSE, lambda: DUTCH, desk.outlets.keys())
    claims = 0

    async def claim(full: Sequence[str], ahead: Mapping[str, int]) -> Sequence[Planned] | None:
        nonlocal claims
        claims += 1
        if claims > 1:
            return None
        now = desk.clock.now()
        async with desk.database.begin() as session:
            held = await claiming.claim(session, now, now, 10)
            planned = await preparation.plan(session, now, now, held)
        async with desk.database.begin() as session:
            await appointments.cancel(session, now, HOUSE, cancelled, version=1, by=None)
        return planned

    async def finish(ended: Sequence[Ended]) -> None:
        assert [outcome.sent for _, outcome in ended if outcome.sent] == []

    sender = Sender(desk.database, desk.clock, desk.outlets)
    await Burst(desk.database, desk.clock, desk.outlets, sender, claim=claim, finish=finish, halt=asyncio.Event()).run()


async def test_a_text_of_two_days_never_names_one_that_was_withdrawn(desk: Desk) -> None:
    person_id = await desk.person(sms="+31612345678")
    stays = await desk.appointment(person_id, "2027-01-12 10:00")
    off = await desk.appointment(person_id, "2027-01-13 10:00")
    desk.clock.moment = at("2026-12-21 11:02")

    await burst_that_loses(desk, off)

    assert desk.sms.sent == []
    async with desk.database.begin() as session:
        (waiting,) = await session.scalars(select(Notice).where(Notice.source_id == stays, Notice.step == "announced"))
        assert (waiting.state, waiting.attempts) == ("planned", 0)
    await desk.until("2026-12-21 11:05")
    (said,) = (message.text for _, message in desk.sms.sent)
    assert "12 januari" in said
    assert "2" not in said.split("afspraak")[0]
