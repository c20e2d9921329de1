"""The right text goes to exactly those who got the wrong one, after four eyes."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.approvals import AlreadyJudged, Refused, Unfit
from content.updates import corrections
from content.updates import news as pieces
from core.database import Database
from core.tables.texts import UpdateText
from scheduler.news import broadcasts, recall
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news
from tests.scheduler.news.recalling import (
    LATER,
    UNDO,
    approved,
    broadcast,
    called_back,
    in_arabic_too,
    sent,
    told,
    went,
)


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
