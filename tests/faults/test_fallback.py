"""Nobody answers, or nothing arrives: the next address, then the call list; an answer anywhere ends it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database import Database
from core.ids import short
from core.tables.agenda import Appointment
from core.tables.notices import Delivery, Notice
from core.values import Handle
from messaging.channel import Reached, Receipt
from scheduler.meetings import chase
from scheduler.queue import receipts
from tests.bot.phones import Phone
from tests.scheduler import world
from tests.scheduler.sending.worker_desk import Desk
from tests.scheduler.world import HOUSE, at

SMS = "+31612345678"

#: Twenty hours before the appointment on Tuesday at 10:00.
DUE = "2027-01-11 14:00"


@pytest.fixture
async def desk(fresh_database: Database) -> Desk:
    """Somebody with Telegram first and SMS second, who was asked and didn't answer."""
    desk = Desk(fresh_database)
    await desk.appointment(await desk.person(telegram="1001", sms=SMS))
    for moment in ("2026-12-21 11:02", "2027-01-05 10:00", "2027-01-11 10:00"):
        await desk.until(moment)
    return desk


async def look(desk: Desk) -> None:
    """The timer looks, then the worker sends."""
    async with desk.database.begin() as session:
        await chase.follow_up(session, desk.clock.now(), HOUSE)
    await desk.worker.drain()


async def tap(desk: Desk, answer: str, step: str) -> str:
    """Tap an answer below a bubble that Telegram shows."""
    async with desk.database.begin() as session:
        query = select(Delivery).join(Notice, Notice.id == Delivery.notice_id).where(Notice.step == step)
        bubble = (await session.scalars(query.where(Delivery.channel == "telegram"))).one()
        row = (await session.scalars(select(Appointment))).one()
        phone = Phone(session=session, handle=Handle("1001"), now=desk.clock.now())
        return await phone.does(f"appointment.{answer}:{short(row.id)}", bubble.provider_id)


async def test_the_same_question_goes_to_the_next_address_once(desk: Desk) -> None:
    await desk.until(DUE)
    await look(desk)
    ((handle, message),) = desk.sms.sent
    assert handle == SMS
    assert "Komt u? Sms 1 = ja" in message.text
    assert len(desk.telegram.sent) == 3
    await look(desk)
    assert len(desk.sms.sent) == 1


async def test_after_that_somebody_calls(desk: Desk) -> None:
    await desk.until(DUE)
    await look(desk)
    desk.clock.advance(timedelta(hours=2))
    await look(desk)
    async with desk.database.begin() as session:
        (task,) = await world.open_tasks(session)
    assert (task.kind, task.call) == ("no_answer", True)
    assert len(desk.sms.sent) == 1


async def test_a_tap_on_the_older_bubble_is_an_answer_and_ends_the_search(desk: Desk) -> None:
    await desk.until(DUE)
    await look(desk)
    assert "dinsdag 12 januari" in await tap(desk, "yes", "week")
    desk.clock.advance(timedelta(hours=2))
    await look(desk)
    async with desk.database.begin() as session:
        row = (await session.scalars(select(Appointment))).one()
        assert row.answer == "yes"
        assert await world.open_tasks(session) == []


async def test_a_tap_just_before_withdraws_what_was_planned(desk: Desk) -> None:
    desk.clock.moment = at(DUE)
    async with desk.database.begin() as session:
        assert await chase.follow_up(session, desk.clock.now(), HOUSE) == 1
    await tap(desk, "yes", "week")
    await desk.worker.drain()
    assert desk.sms.sent == []
    assert (await desk.states())["week"] == "sent"


async def test_both_bubbles_answered_is_one_answer(desk: Desk) -> None:
    await desk.until(DUE)
    await look(desk)
    first, second = await tap(desk, "no", "week"), await tap(desk, "yes", "announced")
    assert first != second
    async with desk.database.begin() as session:
        row = (await session.scalars(select(Appointment))).one()
        assert (row.answer, await world.open_tasks(session)) == ("yes", [])


async def test_an_sms_that_didn_t_arrive_goes_to_telegram(fresh_database: Database) -> None:
    desk = Desk(fresh_database)
    await desk.appointment(await desk.person(sms=SMS, telegram="1001"))
    await desk.until("2026-12-21 11:02")
    assert (len(desk.sms.sent), desk.telegram.sent) == (1, [])
    await desk.until("2027-01-05 10:00")
    await desk.until(DUE)
    await look(desk)
    assert len(desk.telegram.sent) == 1
    assert desk.telegram.texts[0].startswith("Misschien las u dit al.")


async def test_a_receipt_in_time_keeps_it_where_it_is(fresh_database: Database) -> None:
    desk = Desk(fresh_database)
    appointment_id = await desk.appointment(await desk.person(sms=SMS, telegram="1001"))
    await desk.until("2026-12-21 11:02")
    async with desk.database.begin() as session:
        row = await session.get_one(Appointment, appointment_id)
        row.answer = "yes"
        for delivery in await session.scalars(select(Delivery)):
            receipt = Receipt(channel="sms", provider_id=str(delivery.provider_id), reached=Reached.DELIVERED)
            await receipts.apply(session, desk.clock.now(), receipt)
    desk.clock.moment = at(DUE)
    async with desk.database.begin() as session:
        assert await chase.follow_up(session, desk.clock.now(), HOUSE) == 0
