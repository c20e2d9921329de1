"""News in several languages leaves: each version by itself, and everybody hears it exactly once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import Refused
from content.updates.news import News
from core.database import Database
from core.tables.notices import Notice
from core.tables.texts import Approval, Broadcast, UpdateText
from scheduler.news import broadcasts
from scheduler.news.broadcasts import DUE
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

UNDO = timedelta(minutes=2)


async def in_two(session: AsyncSession) -> tuple[News, News]:
    """News in Tigrinya and Arabic, both waiting."""
    news = await make_news(session, await make_account(session))
    translator = await make_account(session, languages=["ar", "nl"])
    added = await updates.add(session, news.text.id, translator, language="ar", body="غدا هناك لقاء.")
    arabic = await updates.submit(session, added.text.id, translator)
    return await updates.read(session, news.text.id), await updates.read(session, arabic.text.id)


async def approved(session: AsyncSession, news: News, now: datetime = NOW) -> None:
    speaker = await make_account(session, languages=[news.text.language, "nl"])
    await broadcasts.approve(session, now, SETTINGS, news, speaker, seen=news.seen)


async def heard(session: AsyncSession, news: News) -> set[UUID]:
    return set(await session.scalars(select(Notice.person_id).where(Notice.source_id == news.text.id)))


async def test_everybody_hears_it_once_in_the_first_language_of_her_list(session: AsyncSession) -> None:
    both = [await make_listener(session, languages) for languages in (["ar", "ti"], ["ti", "ar"])]
    news, arabic = await in_two(session)
    for one in (news, arabic):
        await approved(session, one)

    assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 2
    assert await heard(session, arabic) == {both[0].id}
    assert await heard(session, news) == {both[1].id}


async def test_who_heard_it_already_isn_t_told_again_in_a_later_language(session: AsyncSession) -> None:
    first, only_arabic = await make_listener(session, ["ar", "ti"]), await make_listener(session, ["ar"])
    news, arabic = await in_two(session)
    await approved(session, news)
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    await approved(session, arabic, NOW + UNDO)

    await broadcasts.fan_out(session, NOW + 2 * UNDO, SETTINGS)

    assert await heard(session, news) == {first.id}
    assert await heard(session, arabic) == {only_arabic.id}


async def test_a_language_that_was_not_approved_goes_to_nobody(session: AsyncSession) -> None:
    await make_listener(session, ["ar", "nl"])
    news, arabic = await in_two(session)
    await approved(session, news)

    assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0
    assert await heard(session, arabic) == set()


async def test_one_language_is_undone_alone(session: AsyncSession) -> None:
    tigrinya, arabic_reader = await make_listener(session, ["ti"]), await make_listener(session, ["ar"])
    news, arabic = await in_two(session)
    for one in (news, arabic):
        await approved(session, one)
    assert await broadcasts.undo(session, arabic.text.id, await make_account(session, "regisseur", ["nl"]))

    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)

    assert (await heard(session, news), await heard(session, arabic)) == ({tigrinya.id}, set()), arabic_reader.id


async def test_it_waits_for_its_moment_and_can_be_stopped_until_then(session: AsyncSession) -> None:
    await make_listener(session)
    author = await make_account(session)
    at = datetime(2027, 1, 13, 9, 30, tzinfo=UTC)
    news = await make_news(session, author)
    about = updates.About(ends_on=news.update.ends_on, send_at=at)
    await updates.describe(session, NOW, SETTINGS, news.text.id, author, about)
    news = await updates.submit(session, news.text.id, author)
    await approved(session, news)

    assert (await session.scalars(select(Broadcast.due))).one() == at
    assert await broadcasts.fan_out(session, at - timedelta(seconds=1), SETTINGS) == 0
    assert await broadcasts.undo(session, news.text.id, author)
    assert await broadcasts.fan_out(session, at, SETTINGS) == 0


async def test_approved_late_it_goes_after_the_time_to_undo(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await make_news(session, author)
    about = updates.About(ends_on=news.update.ends_on, send_at=NOW - timedelta(hours=1))
    await updates.describe(session, NOW, SETTINGS, news.text.id, author, about)
    await approved(session, await updates.submit(session, news.text.id, author))

    assert (await session.scalars(select(Broadcast.due))).one() == NOW + UNDO


async def test_dutch_changed_behind_our_back_stops_what_stands_above_it(session: AsyncSession) -> None:
    await make_listener(session)
    news = await make_news(session, await make_account(session))
    await approved(session, news)
    await session.execute(update(UpdateText).where(UpdateText.language == "nl").values(body="Betaal nu."))
    session.expire_all()

    assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0


async def test_dutch_with_a_new_hash_was_never_approved(session: AsyncSession) -> None:
    await make_listener(session)
    news = await make_news(session, await make_account(session))
    await approved(session, news)
    changed = update(UpdateText).where(UpdateText.language == "nl")
    await session.execute(changed.values(body="Betaal nu.", source_hash="0" * 64))
    session.expire_all()

    assert await broadcasts.fan_out(session, NOW + UNDO, SETTINGS) == 0


async def test_what_is_sent_was_approved_word_for_word_after_an_edit_in_between(session: AsyncSession) -> None:
    await make_listener(session)
    author = await make_account(session)
    news = await make_news(session, author)
    await approved(session, news)
    await updates.edit(session, news.text.id, author, body="ካልእ")
    again = await updates.submit(session, news.text.id, author)
    await approved(session, again, NOW + UNDO)

    assert await broadcasts.fan_out(session, NOW + 2 * UNDO, SETTINGS) == 1

    sent = (await updates.read(session, news.text.id)).text
    hashes = await session.scalars(select(Approval.source_hash).where(Approval.account_id == sent.approver_id))
    assert sent.body == "ካልእ"
    assert sent.source_hash in set(hashes)


async def test_two_processes_write_each_audience_once(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        for _ in range(10):
            await make_listener(session, ["ti", "ar"])
            await make_listener(session, ["ar", "ti"])
        for one in await in_two(session):
            await approved(session, one)

    async def work() -> int:
        async with fresh_database.begin() as session:
            return await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)

    assert sum(await asyncio.gather(*(work() for _ in range(4)))) == 20
    async with fresh_database.begin() as session:
        assert await session.scalar(select(func.count(Notice.person_id.distinct()))) == 20
        assert await session.scalar(select(func.count()).select_from(Notice)) == 20


async def test_judging_while_it_leaves_stands_still_for_neither(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await make_listener(session)
        news = await make_news(session, await make_account(session))
        await approved(session, news)
        staff = await make_account(session, "regisseur", ["nl"])

    async def fan_out() -> int:
        async with fresh_database.begin() as session:
            return await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)

    async def stop() -> bool:
        try:
            async with fresh_database.begin() as session:
                return await broadcasts.undo(session, news.text.id, staff)
        except Refused:
            return False

    async def take_down() -> bool:
        async with fresh_database.begin() as session:
            await broadcasts.take_down(session, news.text.id, staff)
        return True

    async with asyncio.timeout(20):
        await asyncio.gather(fan_out(), stop(), take_down(), fan_out())
    async with fresh_database.begin() as session:
        waiting = select(func.count()).where(Notice.state == "planned")
        left = select(func.count()).where(Broadcast.state.in_(DUE))
        assert (await session.scalar(waiting), await session.scalar(left)) == (0, 0)
