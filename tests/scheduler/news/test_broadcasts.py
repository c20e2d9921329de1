import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import AlreadyJudged, NotAllowed
from content.updates.news import News
from core import addresses
from core.database import Database
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import Broadcast
from core.values import Handle
from scheduler.news import broadcasts
from scheduler.news.broadcasts import NotApproved
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from tests.content.community import (
    NOW,
    SETTINGS,
    make_account,
    make_listener,
    make_news,
)

DUE = NOW + timedelta(minutes=2)


async def planned(
    session: AsyncSession, *, now: datetime = NOW, ends_on: date = date(2027, 1, 20), author: Account | None = None
) -> News:
    """News of a rolmodel, approved by another, on its way in two minutes."""
    news = await make_news(session, author or await make_account(session), ends_on=ends_on)
    speaker = await make_account(session)
    await updates.approve(session, now, SETTINGS, news.text.id, speaker, seen=news.seen)
    await broadcasts.plan(session, now, SETTINGS, news.text, speaker)
    return news


async def heard_by(session: AsyncSession, news: News) -> set[UUID]:
    return set(await session.scalars(select(Notice.person_id).where(Notice.source_id == news.text.id)))


async def state(session: AsyncSession, news: News) -> tuple[str, int | None]:
    row = (await session.scalars(select(Broadcast).where(Broadcast.update_text_id == news.text.id))).one()
    return row.state, row.listeners


async def test_whoever_has_the_language_hears_it_after_two_minutes_and_nobody_else(session: AsyncSession) -> None:
    first, last = await make_listener(session, ["ti", "nl"]), await make_listener(session, ["ar", "nl", "ti"])
    for languages, wants in ((["ar", "nl"], True), (["ti"], None), (["ti"], False)):
        await make_listener(session, languages, news=wants)
    await make_listener(session, verified=False)
    news = await planned(session)

    assert await broadcasts.fan_out(session, DUE - timedelta(seconds=1), SETTINGS) == 0
    assert await broadcasts.fan_out(session, DUE, SETTINGS) == 2

    assert await heard_by(session, news) == {first.id, last.id}
    assert await state(session, news) == ("done", 2)
    assert (await updates.read(session, news.text.id)).update.state == "sent"


async def test_a_notice_of_news(session: AsyncSession) -> None:
    await make_listener(session)
    news = await planned(session)
    await broadcasts.fan_out(session, DUE, SETTINGS)

    notice = (await session.scalars(select(Notice).where(Notice.source_id == news.text.id))).one()
    assert (notice.kind, notice.step, notice.source_kind, notice.state) == ("update", "", "news_text", "planned")
    assert (notice.doubt, notice.priority, notice.due, notice.planned_at) == ("never", 3, DUE, DUE)
    assert notice.use_by == datetime(2027, 1, 20, 23, 0, tzinfo=UTC)
    assert notice.variables is None


async def test_it_goes_out_once(session: AsyncSession) -> None:
    await make_listener(session)
    await planned(session)

    assert [await broadcasts.fan_out(session, DUE, SETTINGS) for _ in range(3)] == [1, 0, 0]


async def test_stop_a_dead_phone_and_leaving_end_it(session: AsyncSession) -> None:
    stopped, dead, left = [await make_listener(session, handle=name) for name in ("stopped", "dead", "left")]
    for name in ("stopped", "dead"):
        address = await addresses.at(session, "telegram", Handle(name))
        assert address is not None
        if name == "stopped":
            await addresses.stop(session, NOW, address.id)
        else:
            address.dead_at = NOW
    left.left_at = NOW
    await session.flush()
    news = await planned(session)

    await broadcasts.fan_out(session, DUE, SETTINGS)

    assert await heard_by(session, news) == set(), (stopped.id, dead.id, left.id)


async def test_a_rolmodel_hears_her_own_news(session: AsyncSession) -> None:
    author = await make_listener(session)
    news = await planned(session, author=await make_account(session, person_id=author.id))

    await broadcasts.fan_out(session, DUE, SETTINGS)

    assert await heard_by(session, news) == {author.id}


async def test_what_is_undone_in_time_goes_to_nobody(session: AsyncSession) -> None:
    await make_listener(session)
    author = await make_account(session)
    news = await planned(session, author=author)

    assert await broadcasts.undo(session, news.text.id, author)
    assert await broadcasts.fan_out(session, DUE, SETTINGS) == 0
    assert await state(session, news) == ("withdrawn", None)
    assert (await updates.read(session, news.text.id)).update.state == "draft"
    assert not await broadcasts.undo(session, news.text.id, author)


async def test_after_an_undo_it_can_be_approved_and_sent_again(session: AsyncSession) -> None:
    await make_listener(session)
    author, speaker = await make_account(session), await make_account(session)
    news = await planned(session, author=author)
    await broadcasts.undo(session, news.text.id, author)
    await updates.submit(session, news.text.id, author)
    await updates.approve(session, NOW, SETTINGS, news.text.id, speaker, seen=news.seen)

    again = await broadcasts.plan(session, DUE, SETTINGS, news.text, speaker)

    assert again.due == DUE + timedelta(minutes=2)
    assert await broadcasts.fan_out(session, DUE, SETTINGS) == 0
    assert await broadcasts.fan_out(session, again.due, SETTINGS) == 1


async def test_too_late_to_undo(session: AsyncSession) -> None:
    author = await make_account(session)
    news = await planned(session, author=author)
    await broadcasts.fan_out(session, DUE, SETTINGS)

    assert not await broadcasts.undo(session, news.text.id, author)
    assert await state(session, news) == ("done", 0)
    with pytest.raises(AlreadyJudged):
        await updates.edit(session, news.text.id, author, body="ካልእ")


async def test_a_stranger_does_not_undo(session: AsyncSession) -> None:
    news = await planned(session)

    with pytest.raises(NotAllowed):
        await broadcasts.undo(session, news.text.id, await make_account(session, languages=["ar"]))


async def test_what_was_edited_after_approval_goes_to_nobody(session: AsyncSession) -> None:
    await make_listener(session)
    author = await make_account(session)
    news = await planned(session, author=author)
    await updates.edit(session, news.text.id, author, body="ካልእ")

    assert await broadcasts.fan_out(session, DUE, SETTINGS) == 0
    assert await state(session, news) == ("withdrawn", None)


async def test_words_changed_behind_our_back_go_to_nobody(session: AsyncSession) -> None:
    await make_listener(session)
    news = await planned(session)
    news.text.body = "ካልእ"
    await session.flush()

    assert await broadcasts.fan_out(session, DUE, SETTINGS) == 0


async def test_nothing_is_planned_before_every_approval(session: AsyncSession) -> None:
    news = await make_news(session, await make_account(session))

    with pytest.raises(NotApproved):
        await broadcasts.plan(session, NOW, SETTINGS, news.text, await make_account(session))


async def test_news_waits_for_the_end_of_quiet_hours(session: AsyncSession) -> None:
    await make_listener(session)
    late = datetime(2027, 1, 11, 21, 30, tzinfo=UTC)
    news = await planned(session, now=late)

    await broadcasts.fan_out(session, late + timedelta(minutes=2), SETTINGS)

    notice = (await session.scalars(select(Notice).where(Notice.source_id == news.text.id))).one()
    assert notice.due == datetime(2027, 1, 12, 7, 0, tzinfo=UTC)


async def test_news_that_is_over_before_it_may_be_pushed_is_only_shown(session: AsyncSession) -> None:
    await make_listener(session)
    late = datetime(2027, 1, 11, 21, 30, tzinfo=UTC)
    news = await planned(session, now=late, ends_on=date(2027, 1, 11))

    assert await broadcasts.fan_out(session, late + timedelta(minutes=2), SETTINGS) == 0
    assert await state(session, news) == ("done", 0)


async def test_taking_down_stops_what_still_waits(session: AsyncSession) -> None:
    await make_listener(session)
    author = await make_account(session)
    news = await planned(session, author=author)
    await broadcasts.fan_out(session, DUE, SETTINGS)

    assert await broadcasts.take_down(session, news.text.id, author) == 1

    notice = (await session.scalars(select(Notice).where(Notice.source_id == news.text.id))).one()
    assert notice.state == "withdrawn"
    assert updates.over(await updates.read(session, news.text.id), DUE, SETTINGS)


async def test_two_workers_write_one_audience(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        for _ in range(20):
            await make_listener(session)
        news = await planned(session)

    async def work() -> int:
        async with fresh_database.begin() as session:
            return await broadcasts.fan_out(session, DUE, SETTINGS)

    assert sorted(await asyncio.gather(*(work() for _ in range(4)))) == [0, 0, 0, 20]
    async with fresh_database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Notice)) == 20
        assert await state(session, news) == ("done", 20)


async def test_nobody_is_asked_to_look_at_what_was_judged(session: AsyncSession) -> None:
    for judged in (True, False):
        news, speaker = await make_news(session, await make_account(session)), await make_account(session)
        listener = await make_listener(session, ["ti"])
        asked = Plan(
            person_id=listener.id,
            kind="work",
            step="",
            source_kind="news_text",
            source_id=news.text.id,
            due=NOW,
            values={"count": 1, "minutes": 2},
        )
        (notice_id,) = await notices.plan(session, NOW, [asked])
        if judged:
            await broadcasts.approve(session, NOW, SETTINGS, news, speaker, seen=news.seen)
        else:
            await broadcasts.give_back(session, NOW, news.text.id, speaker, "wrong_word", seen=news.seen)
        notice = await session.get_one(Notice, notice_id, populate_existing=True)
        assert (notice.state, notice.reason) == ("withdrawn", "judged")
