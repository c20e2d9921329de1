"""Two people touch one update at the same moment: one is first, the other hears it, and nothing slips through."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, updates
from content.approvals import AlreadyJudged, Changed, Refused
from content.updates.news import News
from core.database import Database
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import Approval
from scheduler import suspension
from scheduler.news import broadcasts
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

#: Often enough that they meet in every order.
ROUNDS = 12

#: Told of, or about to be.
WAITS = Notice.is_open & (Notice.kind == "update")

UNDO = timedelta(seconds=SETTINGS.undo_seconds)
WORDS = catalogue.load()

Act = Callable[[AsyncSession], Awaitable[object]]


async def at_once(database: Database, *acts: Act) -> list[object]:
    """Each in a transaction of its own, all together; what each gave back, or why it was refused."""

    async def one(act: Act) -> object:
        try:
            async with database.begin() as session:
                return await act(session)
        except Refused as refusal:
            return type(refusal)

    async with asyncio.timeout(20):
        return list(await asyncio.gather(*map(one, acts)))


async def waiting(database: Database) -> tuple[News, Account]:
    """News before its judges, and its author; one person listens."""
    async with database.begin() as session:
        await make_listener(session)
        author = await make_account(session)
        return await make_news(session, author), author


async def judge(database: Database, role: str = "rolmodel") -> Account:
    async with database.begin() as session:
        return await make_account(session, role)


def approves(news: News, account: Account) -> Act:
    async def act(session: AsyncSession) -> object:
        return await broadcasts.approve(session, NOW, SETTINGS, news, account, seen=news.seen)

    return act


async def heard(database: Database) -> int:
    """How many hear it once its time has come."""
    async with database.begin() as session:
        await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
        return int(await session.scalar(select(func.count()).where(Notice.kind == "update")) or 0)


@pytest.mark.parametrize("judges", [2, 4])
async def test_one_of_the_judges_is_first(fresh_database: Database, judges: int) -> None:
    news, _ = await waiting(fresh_database)
    accounts = [await judge(fresh_database) for _ in range(judges)]
    said = await at_once(fresh_database, *(approves(news, account) for account in accounts))

    assert sorted(map(str, said)) == sorted(["approved", *[str(AlreadyJudged)] * (judges - 1)])
    async with fresh_database.begin() as session:
        assert await session.scalar(select(func.count()).where(Approval.verdict == "approved")) == 1
    assert await heard(fresh_database) == 1


@pytest.mark.parametrize("first", ["edit", "approve"])
async def test_words_changed_while_somebody_says_yes_are_not_sent(fresh_database: Database, first: str) -> None:
    news, author = await waiting(fresh_database)
    speaker = await judge(fresh_database)

    async def edits(session: AsyncSession) -> object:
        return (await updates.edit(session, news.text.id, author, body="ገንዘብ ሃቡና")).text.state

    acts = {"edit": edits, "approve": approves(news, speaker)}
    ordered = [acts.pop(first), *acts.values()]
    said = await at_once(fresh_database, *ordered)
    assert "draft" in said
    assert set(said) <= {"draft", updates.Outcome.APPROVED, AlreadyJudged, Changed}
    assert await heard(fresh_database) == 0


@pytest.mark.parametrize("thief_is", ["judge", "author"])
async def test_stopped_while_it_acts_nothing_goes(fresh_database: Database, thief_is: str) -> None:
    news, author = await waiting(fresh_database)
    speaker, staff = await judge(fresh_database), await judge(fresh_database, "regisseur")
    thief_id = (speaker if thief_is == "judge" else author).id

    async def stops(session: AsyncSession) -> object:
        thief = await session.get_one(Account, thief_id)
        return await suspension.stop(session, NOW, SETTINGS, WORDS, thief, staff)

    await at_once(fresh_database, approves(news, speaker), stops, stops)
    assert await heard(fresh_database) == 0
    async with fresh_database.begin() as session:
        now = await updates.read(session, news.text.id)
        assert (now.text.state, now.update.state) == ("submitted", "submitted")


async def about_to_go_again(database: Database) -> tuple[News, Account, Account]:
    """News that was on its way, taken back, and waits again: its author, and who looks now."""
    news, author = await waiting(database)
    first, second = await judge(database), await judge(database)
    await at_once(database, approves(news, first))
    async with database.begin() as session:
        assert await broadcasts.undo(session, news.text.id, first)
    return news, author, second


def takes_down(news: News, account: Account) -> Act:
    async def act(session: AsyncSession) -> object:
        return await broadcasts.take_down(session, news.text.id, account)

    return act


def undoes(news: News, account: Account) -> Act:
    async def act(session: AsyncSession) -> object:
        return await broadcasts.undo(session, news.text.id, account)

    return act


def stops(account_id: UUID, by: Account) -> Act:
    async def act(session: AsyncSession) -> object:
        thief = await session.get_one(Account, account_id)
        return (await suspension.stop(session, NOW, SETTINGS, WORDS, thief, by)).news

    return act


def fans_out(session: AsyncSession) -> Awaitable[object]:
    return broadcasts.fan_out(session, NOW + UNDO, SETTINGS)


@pytest.mark.parametrize("other", ["take down", "undo", "stop"])
async def test_a_yes_beside_what_stops_it_never_waits_in_a_circle(fresh_database: Database, other: str) -> None:
    for turn in range(ROUNDS):
        news, author, speaker = await about_to_go_again(fresh_database)
        against = {
            "take down": takes_down(news, author),
            "undo": undoes(news, author),
            "stop": stops(author.id, await judge(fresh_database, "regisseur")),
        }[other]
        acts = [approves(news, speaker), against]
        said = await at_once(fresh_database, *(acts if turn % 2 else acts[::-1]))
        assert AlreadyJudged in said or updates.Outcome.APPROVED in said or updates.Outcome.SECOND in said


@pytest.mark.parametrize("other", ["take down", "undo", "stop"])
async def test_what_goes_out_beside_what_stops_it_never_waits_in_a_circle(fresh_database: Database, other: str) -> None:
    """Either it went, or it stays: never half of it."""
    for turn in range(ROUNDS):
        news, author, speaker = await about_to_go_again(fresh_database)
        await at_once(fresh_database, approves(news, speaker))
        against = {
            "take down": takes_down(news, author),
            "undo": undoes(news, author),
            "stop": stops(author.id, await judge(fresh_database, "regisseur")),
        }[other]
        acts = [fans_out, against]
        await at_once(fresh_database, *(acts if turn % 2 else acts[::-1]))
        await at_once(fresh_database, fans_out)
        async with fresh_database.begin() as session:
            now = await updates.read(session, news.text.id)
            told = int(await session.scalar(select(func.count()).where(Notice.source_id == news.text.id, WAITS)) or 0)
        went = now.text.state == "sent" and now.update.state != "withdrawn"
        assert (told > 0) == went


async def returned(session: AsyncSession, author: Account, by: Account) -> News:
    """News of which one language was sent back just now, and Dutch still waits."""
    news = await updates.write(
        *(session, NOW, SETTINGS),
        author=author,
        language="ti",
        body="ጽባሕ ኣኼባ ኣሎ።",
        dutch="Morgen is er een bijeenkomst.",
        dutch_too=True,
        ends_on=date(2027, 1, 20),
    )
    assert news.dutch is not None
    for row in (news.text, news.dutch):
        await updates.submit(session, row.id, author)
    asked = await updates.read(session, news.text.id)
    await broadcasts.give_back(session, NOW, asked.text.id, by, "wrong_word", seen=asked.seen)
    return asked


async def test_two_accounts_stopped_at_once_never_wait_in_a_circle(fresh_database: Database) -> None:
    """Each sent back just now what the other wrote: that waits again, for others."""
    for _ in range(ROUNDS):
        one, other, staff = [await judge(fresh_database, role) for role in ("rolmodel", "rolmodel", "regisseur")]
        async with fresh_database.begin() as session:
            pieces = [await returned(session, one, other), await returned(session, other, one)]
        await at_once(fresh_database, stops(one.id, staff), stops(other.id, staff))
        async with fresh_database.begin() as session:
            states = [(await updates.read(session, piece.text.id)).text.state for piece in pieces]
        assert states == ["submitted", "submitted"]
