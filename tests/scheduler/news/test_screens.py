"""What was called back goes from the screens on which it stands, without a sound."""

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content.updates import news as pieces
from core import addresses
from core.database import Database
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address
from core.values import Handle
from messaging.channel import Outgoing
from scheduler.news import broadcasts
from scheduler.news.recall import Reach
from scheduler.queue import replies
from scheduler.sending import superseded
from tests.content.community import NOW, SETTINGS, make_account, make_listener
from tests.scheduler.news.recalling import (
    LATER,
    UNDO,
    called_back,
    said_to,
    sent,
    told,
    waiting_answers,
    went,
)


async def test_an_open_bubble_is_changed_without_a_sound(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    await said_to(session, news, reader)

    await called_back(session, news)

    (message,) = await waiting_answers(session)
    assert message.edit == "7"
    assert not message.pushed
    assert "Dit nieuws was niet goed. Het geldt niet meer." in message.text
    assert news.text.body not in message.text


async def test_a_bubble_that_shows_something_else_by_now_is_left_alone(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    await said_to(session, news, reader)
    await said_to(session, news, reader, says=False)

    assert (await called_back(session, news)).got == 1
    assert await waiting_answers(session) == []


async def test_an_answer_on_its_way_never_leaves(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    ((_, address),) = await addresses.of_person(session, reader.id)
    message = Outgoing(text=news.text.body, language="ti", edit="7", says=news.mark)
    reply_id = await replies.put(session, NOW, address.id, message)

    await called_back(session, news)

    reply = await session.get_one(Reply, reply_id)
    assert (reply.state, reply.reason) == ("withdrawn", "recalled")
    (instead,) = await waiting_answers(session)
    assert (instead.edit, instead.says) == ("7", None)


async def test_a_voice_and_a_picture_go_with_the_words(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    await said_to(session, news, reader)
    for bubble, files in (("c8", {"picture": "a picture"}), ("c9", {"voice": ("a voice",)})):
        await said_to(session, news, reader, bubble, **files)

    await called_back(session, news)

    (message,) = await waiting_answers(session)
    assert (message.edit, message.remove) == ("7", ("c8", "c9"))


async def test_a_bubble_is_changed_too_when_the_words_of_its_answer_are_wiped(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    await said_to(session, news, reader)
    await session.execute(update(Reply).values(message_sealed=None))

    await called_back(session, news)

    (message,) = await waiting_answers(session)
    assert (message.edit, message.remove) == ("7", ())


async def test_where_only_a_picture_said_it_the_words_come_anew(session: AsyncSession) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    await said_to(session, news, reader, "c8", picture="a picture")

    await called_back(session, news)

    (message,) = await waiting_answers(session)
    assert (message.edit, message.remove, message.silent) == (None, ("c8",), True)


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
async def test_where_nothing_can_be_changed_the_person_is_told(session: AsyncSession, channel: str) -> None:
    reader = await make_listener(session)
    news = await sent(session)
    address_id = await said_to(session, news, reader)
    await session.execute(update(Delivery).values(channel=channel))
    await session.execute(update(Address).where(Address.id == address_id).values(channel=channel))

    await called_back(session, news)
    assert await waiting_answers(session) == []
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)
    assert await told(session, news.text.id) == {reader.id}


async def test_a_push_that_stands_unopened_goes_when_the_right_one_comes(session: AsyncSession) -> None:
    got = await make_listener(session, handle="4711")
    news = await sent(session)
    notice = (await session.scalars(select(Notice))).one()
    address = await addresses.at(session, "telegram", Handle("4711"))
    assert address is not None
    session.add(
        Delivery(
            notice_id=notice.id,
            address_id=address.id,
            channel="telegram",
            state="sent",
            provider_id="12",
            language="ti",
            handed_at=NOW + UNDO,
        )
    )
    await went(session, news, got)
    await called_back(session, news)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)
    changed = (await session.scalars(select(Notice).where(Notice.step == "changed"))).one()

    assert await superseded.unopened(session, changed.id, changed.person_id, news.text.id, address.id) == ("12",)
    await said_to(session, news, got, bubble="12")
    assert await superseded.unopened(session, changed.id, changed.person_id, news.text.id, address.id) == ()


async def test_whoever_opens_it_at_this_moment_is_not_left_with_it(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        reader = await make_listener(session)
        news = await sent(session)
        staff = await make_account(session, "regisseur", ["nl"])
        ((_, address),) = await addresses.of_person(session, reader.id)

    async def call_back() -> Reach:
        async with fresh_database.begin() as session:
            return await called_back(session, news, by=staff)

    async with fresh_database.begin() as session:
        await pieces.hold(session, news.text.id)
        message = Outgoing(text=news.text.body, language="ti", edit="7", says=news.mark)
        await replies.put(session, NOW, address.id, message)
        calling = asyncio.create_task(call_back())
        done, _ = await asyncio.wait({calling}, timeout=0.3)
        assert not done
    async with asyncio.timeout(10):
        await calling
    async with fresh_database.begin() as session:
        assert [one.says for one in await waiting_answers(session)] == [None]


async def test_readers_do_not_wait_for_each_other(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        news = await sent(session)
    async with fresh_database.begin() as one, fresh_database.begin() as other, asyncio.timeout(5):
        await pieces.hold(one, news.text.id)
        await pieces.hold(other, news.text.id)
