from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.tables.chats import Inbox, Reply
from core.tables.notices import Delivery
from core.tables.people import Address
from core.values import Handle, Private
from messaging.channel import Outgoing
from scheduler.queue import notices, replies
from scheduler.queue.notices import Plan
from scheduler.volunteers import clearing
from tests.scheduler import world
from tests.scheduler.world import NOW

WORDS = Outgoing(text="Bent u nu in gevaar?", language="nl")


async def chat(session: AsyncSession) -> Address:
    address = await addresses.ensure(session, NOW, "telegram", Handle("7100000099"))
    person = await world.person(session)
    await addresses.attach(session, NOW, person.id, address.id, verified=True)
    return address


async def said(session: AsyncSession, address: Address, number: str, *, hours_ago: int = 0) -> Delivery:
    """An answer of ours that went."""
    reply_id = await replies.put(session, NOW, address.id, WORDS)
    (await session.get_one(Reply, reply_id)).state = "sent"
    return await gone(session, address, number, hours_ago, reply_id=reply_id)


async def pushed(session: AsyncSession, address: Address, number: str, kind: str, *, hours_ago: int = 0) -> Delivery:
    """A push that went."""
    (person,) = await addresses.persons_of(session, address.id)
    step = "day" if kind == "appointment" else ""
    plan = Plan(
        person_id=person.id, kind=kind, step=step, source_kind="question", source_id=address.id, due=NOW, values={}
    )
    (notice_id,) = await notices.plan(session, NOW, [plan])
    return await gone(session, address, number, hours_ago, notice_id=notice_id)


async def gone(session: AsyncSession, address: Address, number: str, hours_ago: int, **owner: UUID) -> Delivery:
    row = Delivery(
        address_id=address.id,
        channel="telegram",
        state="sent",
        provider_id=number,
        language="nl",
        text=Private(WORDS.text),
        handed_at=NOW - timedelta(hours=hours_ago),
        **owner,
    )
    session.add(row)
    await session.flush()
    return row


async def typed(session: AsyncSession, address: Address, number: str, *, hours_ago: int = 0) -> Inbox:
    """What the person sent."""
    row = Inbox(
        channel="telegram",
        provider_id=f"update {number}",
        payload={"text": "help mij"},
        received_at=NOW - timedelta(hours=hours_ago),
        handled_at=NOW,
        sender_hash=address.handle_hash,
        message=number,
    )
    session.add(row)
    await session.flush()
    return row


async def test_both_sides_of_the_last_two_days(session: AsyncSession) -> None:
    address = await chat(session)
    ours, theirs = await said(session, address, "11"), await typed(session, address, "12")
    await said(session, address, "1", hours_ago=49)
    await typed(session, address, "2", hours_ago=49)
    assert set(await clearing.clear(session, NOW, address, spare=None)) == {"11", "12"}
    assert (ours.text, theirs.payload) == (None, {})
    replied = (await session.get_one(Reply, ours.reply_id)).message or {}
    assert replied["text"] == ""


async def test_not_the_bubble_that_becomes_something_else(session: AsyncSession) -> None:
    address = await chat(session)
    await said(session, address, "11")
    await said(session, address, "13")
    assert await clearing.clear(session, NOW, address, spare="13") == ("11",)


async def test_the_push_of_an_answer_but_no_appointment_opened_or_not(session: AsyncSession) -> None:
    address = await chat(session)
    await pushed(session, address, "20", "answer")
    await said(session, address, "20")
    opened = await pushed(session, address, "21", "appointment")
    await said(session, address, "21")
    assert await clearing.clear(session, NOW, address, spare=None) == ("20",)
    assert opened.text == Private(WORDS.text)


async def test_not_what_is_too_old_to_be_deleted_though_it_changed_today(session: AsyncSession) -> None:
    address = await chat(session)
    await said(session, address, "11", hours_ago=72)
    await said(session, address, "11")
    assert await clearing.clear(session, NOW, address, spare=None) == ()


async def test_what_is_on_its_way_does_not_arrive(session: AsyncSession) -> None:
    address = await chat(session)
    waiting = await replies.put(session, NOW, address.id, WORDS)
    closing = await replies.put(session, NOW, address.id, WORDS, due=NOW + timedelta(minutes=10), closes="11")
    await clearing.clear(session, NOW, address, spare=None)
    query = select(Reply.state).where(Reply.id.in_([waiting, closing]))
    assert list(await session.scalars(query)) == ["withdrawn", "withdrawn"]


async def test_nothing_of_another_chat(session: AsyncSession) -> None:
    address = await chat(session)
    other = await addresses.ensure(session, NOW, "telegram", Handle("7100000098"))
    await said(session, other, "11")
    await typed(session, other, "12")
    assert await clearing.clear(session, NOW, address, spare=None) == ()
