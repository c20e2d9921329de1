"""Exactly one version in one language is called back, and exactly those hear of it who got it."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import AlreadyJudged, NotAllowed
from core.tables.notices import Notice
from scheduler.news import broadcasts, recall
from scheduler.news.recall import NotOut, Reach
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news
from tests.scheduler.news.recalling import (
    LATER,
    UNDO,
    approved,
    broadcast,
    called_back,
    in_arabic_too,
    said_to,
    sent,
    told,
    went,
)


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


async def test_who_read_it_in_the_list_got_it_too(session: AsyncSession) -> None:
    reader, other = await make_listener(session), await make_listener(session, ["ar"])
    news = await sent(session)
    for person in (reader, other):
        await said_to(session, news, person)

    assert await called_back(session, news) == Reach(got=1, waiting=1)
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


async def test_news_without_an_audience_is_called_back_too(session: AsyncSession) -> None:
    news = await sent(session)
    assert await called_back(session, news) == Reach(got=0, waiting=0)
    assert await broadcasts.fan_out(session, LATER + UNDO, SETTINGS) == 0
    assert (await broadcast(session, news)).state == "told"
    assert news.update.ends_on == date(2027, 1, 20)
