"""Two people touch one update at the same moment: one is first, the other hears it, and nothing slips through."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

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
