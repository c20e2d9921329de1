"""Exactly one version in one language is called back, and exactly those hear of it who got it."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, updates
from content.approvals import AlreadyJudged, NotAllowed, Refused, Unfit
from content.inforce import concepts
from content.updates import corrections
from content.updates import news as pieces
from content.updates.news import News
from core import addresses
from core.database import Database
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Account, Address, Person
from core.tables.texts import Broadcast, UpdateText
from core.values import Handle
from messaging.channel import Outgoing, from_json
from scheduler.news import broadcasts, recall
from scheduler.news.recall import NotOut, Reach
from scheduler.queue import replies
from scheduler.sending import superseded
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

TEXTS = concepts(catalogue.load(("nl", "ti", "ar")))
UNDO = timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)


async def approved(session: AsyncSession, news: News, now: datetime = NOW) -> News:
    """News that another speaker said yes to, on its way."""
    speaker = await make_account(session, languages=[news.text.language, "nl"])
    await broadcasts.approve(session, now, SETTINGS, news, speaker, seen=news.seen)
    return await updates.read(session, news.text.id)


async def in_arabic_too(session: AsyncSession, news: News) -> News:
    """The same news in Arabic, waiting for its judge."""
    translator = await make_account(session, languages=["ar", "nl"])
    added = await updates.add(session, news.text.id, translator, language="ar", body="غدا هناك لقاء.")
    return await updates.submit(session, added.text.id, translator)


async def sent(session: AsyncSession, author: Account | None = None) -> News:
    """News in Tigrinya that was written to everybody's queue."""
    news = await approved(session, await make_news(session, author or await make_account(session)))
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    return await updates.read(session, news.text.id)


async def went(session: AsyncSession, news: News, *people: Person) -> None:
    """Let the notices of these have gone; those of others still wait."""
    ids = [person.id for person in people]
    query = update(Notice).where(Notice.source_id == news.text.id, Notice.person_id.in_(ids))
    await session.execute(query.values(state="sent", sent_at=NOW + UNDO))


async def called_back(session: AsyncSession, news: News, *, tell: bool = True, by: Account | None = None) -> Reach:
    staff = by or await make_account(session, "regisseur", ["nl"])
    return await recall.recall(session, LATER, SETTINGS, TEXTS, news.text.id, staff, tell=tell)


async def told(session: AsyncSession, text_id: UUID, step: str = "changed") -> set[UUID]:
    """Whom a notice of this step waits for."""
    query = select(Notice.person_id).where(Notice.source_id == text_id, Notice.step == step, Notice.state == "planned")
    return set(await session.scalars(query))


async def broadcast(session: AsyncSession, news: News) -> Broadcast:
    row = await broadcasts.of_text(session, news.text.id)
    assert row is not None
    return row


async def test_what_waits_stays_and_who_got_it_hears_that_it_was_wrong(session: AsyncSession) -> None:
    got, waits = await make_listener(session), await make_listener(session)
    news = await sent(session)
    await went(session, news, got)

    assert await called_back(session, news) == Reach(got=1, waiting=1)
    assert await told(session, news.text.id) == set()
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 1

    assert await told(session, news.text.id) == {got.id}
    stopped = (await session.scalars(select(Notice).where(Notice.person_id == waits.id))).one()
    assert (stopped.state, stopped.reason) == ("withdrawn", "recalled")
    assert await broadcasts.fan_out(session, LATER + 2 * UNDO, SETTINGS) == 0


async def test_a_notice_that_says_so(session: AsyncSession) -> None:
    got = await make_listener(session)
    news = await sent(session)
    await went(session, news, got)
    await called_back(session, news)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)

    notice = (await session.scalars(select(Notice).where(Notice.step == "changed"))).one()
    assert (notice.kind, notice.source_kind, notice.doubt, notice.priority) == ("update", "news_text", "never", 2)
    assert notice.due == LATER + UNDO
    assert notice.variables is None


async def test_the_other_language_is_untouched(session: AsyncSession) -> None:
    tigrinya, arabic = await make_listener(session, ["ti", "nl"]), await make_listener(session, ["ar", "nl"])
    news = await make_news(session, await make_account(session))
    other = await approved(session, await in_arabic_too(session, news))
    news = await approved(session, news)
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    await went(session, news, tigrinya)

    await called_back(session, news)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)

    assert await told(session, news.text.id) == {tigrinya.id}
    assert await told(session, other.text.id) == set()
    assert await told(session, other.text.id, step="") == {arabic.id}
    assert (await updates.read(session, other.text.id)).text.state == "sent"
    readable = [await updates.on_show(session, LATER, SETTINGS, person) for person in (tigrinya, arabic)]
    assert [[one.text.language for one in shown] for shown in readable] == [[], ["ar"]]


async def test_the_right_text_goes_to_exactly_those_after_four_eyes(session: AsyncSession) -> None:
    got, waits, late = [await make_listener(session) for _ in range(3)]
    author, staff = await make_account(session), await make_account(session, "regisseur", ["nl"])
    news = await sent(session, author)
    await went(session, news, got)
    await called_back(session, news, tell=False, by=staff)

    right = await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 0
    right = await approved(session, right, LATER)
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 1

    assert await told(session, right.text.id) == {got.id}, (waits.id, late.id)
    assert (await broadcast(session, news)).corrected_by == right.text.id
    assert (right.text.version, right.dutch and right.dutch.id) == (2, news.dutch and news.dutch.id)
    shown = await updates.on_show(session, LATER + UNDO, SETTINGS, got)
    assert [one.text.body for one in shown] == ["ሰንበት ኣኼባ ኣሎ።"]


async def test_nobody_is_told_twice_when_the_right_text_comes_first(session: AsyncSession) -> None:
    got, author = await make_listener(session), await make_account(session)
    news = await sent(session, author)
    await went(session, news, got)
    await called_back(session, news)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)
    right = await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")
    await approved(session, right, LATER + UNDO)

    await broadcasts.fan_out(session, LATER + 2 * UNDO, SETTINGS)

    assert await told(session, news.text.id) == set()
    assert await told(session, right.text.id) == {got.id}


async def test_after_a_pause_the_right_text_and_that_it_was_wrong_are_due_together(session: AsyncSession) -> None:
    got, author = await make_listener(session), await make_account(session)
    news = await sent(session, author)
    await went(session, news, got)
    await called_back(session, news, tell=False)
    right = await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")
    await approved(session, right, LATER)
    await recall.say_wrong(session, LATER + UNDO / 2, SETTINGS, news.text.id, author)

    assert await broadcasts.fan_out(session, LATER + timedelta(hours=1), SETTINGS) == 1

    assert await told(session, right.text.id) == {got.id}
    assert await told(session, news.text.id) == set()
    wrong = await broadcast(session, news)
    assert (wrong.state, wrong.corrected_by) == ("told", right.text.id)


async def test_staff_say_it_was_wrong_while_the_right_text_leaves(fresh_database: Database) -> None:
    """Who holds the update is not waited for; the right text leaves a moment later."""
    async with fresh_database.begin() as session:
        author = await make_account(session)
        news = await sent(session, author)
        await called_back(session, news, tell=False)
        right = await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")
        await approved(session, right, LATER)

    async with asyncio.timeout(20), fresh_database.begin() as staff:
        await pieces.locked(staff, news.text.id)
        async with fresh_database.begin() as session:
            await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)
        await recall.say_wrong(staff, LATER + UNDO, SETTINGS, news.text.id, author)

    async with fresh_database.begin() as session:
        await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)
        states = {row.id: row.state for row in await session.scalars(select(UpdateText))}
        assert states[right.text.id] == "sent"
        assert (await broadcast(session, news)).corrected_by == right.text.id


async def test_a_correction_that_is_wrong_too_is_called_back_and_corrected(session: AsyncSession) -> None:
    got, author = await make_listener(session), await make_account(session)
    news = await sent(session, author)
    await went(session, news, got)
    await called_back(session, news, tell=False)
    second = await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")
    await approved(session, second, LATER)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)

    await called_back(session, second, tell=False)
    third = await corrections.correct(session, LATER, SETTINGS, second.text.id, author, body="ሰኑይ ኣኼባ ኣሎ።")
    await approved(session, third, LATER + UNDO)
    await broadcasts.fan_out(session, LATER + 2 * UNDO, SETTINGS)

    # She never got the second; she got the first, so the third is for her.
    assert await told(session, second.text.id) == set()
    assert await told(session, third.text.id) == {got.id}
    with pytest.raises(AlreadyJudged):
        await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ካልእ")


async def test_who_read_it_in_the_list_got_it_too(session: AsyncSession) -> None:
    reader, other = await make_listener(session), await make_listener(session, ["ar"])
    news = await sent(session)
    for person in (reader, other):
        await said_to(session, news, person)

    assert await called_back(session, news) == Reach(got=1, waiting=1)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)

    assert await told(session, news.text.id) == {reader.id}


async def said_to(
    session: AsyncSession, news: News, person: Person, bubble: str = "7", *, says: bool = True, **files: Any
) -> UUID:
    """An answer with this news stands in a bubble on the person's phone."""
    ((_, address),) = await addresses.of_person(session, person.id)
    edit, mark = None if files else bubble, news.mark if says else None
    message = Outgoing(text=news.text.body, language="ti", edit=edit, says=mark, **files)
    reply_id = await replies.put(session, NOW, address.id, message)
    reply = await session.get_one(Reply, reply_id)
    reply.state = "sent"
    session.add(
        Delivery(
            reply_id=reply_id,
            address_id=address.id,
            channel=address.channel,
            state="sent",
            provider_id=bubble,
            language="ti",
            text_hash=message.says,
            handed_at=NOW + UNDO + timedelta(seconds=await rows(session)),
        )
    )
    await session.flush()
    return address.id


async def rows(session: AsyncSession) -> int:
    return len((await session.scalars(select(Delivery.id))).all())


async def waiting_answers(session: AsyncSession) -> list[Outgoing]:
    query = select(Reply).where(Reply.state == "planned").order_by(Reply.n)
    return [from_json(reply.message or {}) for reply in await session.scalars(query)]


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


@pytest.mark.parametrize("state", ["unsure", "handing", "delivered", "read"])
async def test_who_may_have_got_it_is_told(session: AsyncSession, state: str) -> None:
    maybe = await make_listener(session)
    news = await sent(session)
    await session.execute(update(Notice).values(state=state))

    assert (await called_back(session, news)).got == 1, maybe.id


@pytest.mark.parametrize("state", ["failed", "suppressed", "expired"])
async def test_who_surely_did_not_get_it_is_not_told(session: AsyncSession, state: str) -> None:
    await make_listener(session)
    news = await sent(session)
    await session.execute(update(Notice).values(state=state))

    assert (await called_back(session, news)).got == 0


async def test_who_may_call_back(session: AsyncSession) -> None:
    author = await make_account(session)
    for role, languages in (("rolmodel", ["ti"]), ("vertaler", ["ti"]), ("beheerder", ["nl"]), ("begeleider", ["nl"])):
        news = await sent(session, author)
        with pytest.raises(NotAllowed):
            await called_back(session, news, by=await make_account(session, role, languages))
    for by in (author, await make_account(session, "klantmanager", ["nl"])):
        await called_back(session, await sent(session, author), by=by)


async def test_only_what_is_out_is_called_back_and_once(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await approved(session, await make_news(session, author))
    with pytest.raises(NotOut):
        await called_back(session, news, by=author)
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    await called_back(session, news, by=author)
    with pytest.raises(AlreadyJudged):
        await called_back(session, news, by=author)


async def test_first_no_more_than_recalled_then_told(session: AsyncSession) -> None:
    got, author = await make_listener(session), await make_account(session)
    news = await sent(session, author)
    await went(session, news, got)
    await called_back(session, news, tell=False, by=author)
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 0

    await recall.say_wrong(session, LATER, SETTINGS, news.text.id, author)
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 1
    with pytest.raises(AlreadyJudged):
        await recall.say_wrong(session, LATER, SETTINGS, news.text.id, author)


async def test_a_correction_needs_a_recall_other_words_and_news_that_still_holds(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await sent(session, author)
    with pytest.raises(Unfit, match="eerst terug"):
        await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="ካልእ")
    await called_back(session, news, by=author)
    with pytest.raises(Unfit, match="dezelfde tekst"):
        await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body=news.text.body)
    over = NOW + timedelta(days=30)
    with pytest.raises(Unfit, match="voorbij"):
        await corrections.correct(session, over, SETTINGS, news.text.id, author, body="ካልእ")
    with pytest.raises(Refused):
        await corrections.correct(session, LATER, SETTINGS, news.text.id, author, body="")


async def test_other_dutch_below_the_right_text_only(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    other = await approved(session, await in_arabic_too(session, news))
    news = await approved(session, news)
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    await called_back(session, news, by=author)

    right = await corrections.correct(
        session, LATER, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።", dutch="Zondag is er een bijeenkomst."
    )

    assert right.dutch is not None
    assert right.dutch.body == "Zondag is er een bijeenkomst."
    other = await updates.read(session, other.text.id)
    assert other.dutch is not None
    assert other.dutch.body == "Morgen is er een bijeenkomst."
    versions = await session.scalars(select(UpdateText.version).where(UpdateText.language == "nl"))
    assert sorted(versions) == [1, 2]


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


async def test_news_without_an_audience_is_called_back_too(session: AsyncSession) -> None:
    news = await sent(session)
    assert await called_back(session, news) == Reach(got=0, waiting=0)
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 0
    assert (await broadcast(session, news)).state == "told"
    assert news.update.ends_on == date(2027, 1, 20)


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
