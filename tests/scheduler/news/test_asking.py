"""Who is asked to judge news isn't thereby told of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, updates
from content.inforce import concepts
from content.updates import news as pieces
from content.updates.news import News
from core.tables.notices import Notice
from core.tables.people import Account, Person
from scheduler.news import asking, broadcasts, recall
from scheduler.news.recall import Reach
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

TEXTS = concepts(catalogue.load(("nl", "ti", "ar")))
UNDO = timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)


async def asked(session: AsyncSession, news: News, speaker: Account) -> None:
    """This rolmodel was asked to look, by a push that arrived."""
    ids = await asking.ask(session, NOW, SETTINGS, TEXTS.source, news, [speaker])
    assert len(ids) == 1
    await session.execute(update(Notice).where(Notice.id.in_(ids)).values(state="sent", sent_at=NOW))


async def with_phone(session: AsyncSession, languages: list[str]) -> tuple[Person, Account]:
    """A rolmodel who wants news herself."""
    person = await make_listener(session, languages)
    return person, await make_account(session, languages=languages, person_id=person.id)


async def out(session: AsyncSession, news: News, judge: Account) -> News:
    """Approved, and written to everybody's queue."""
    await broadcasts.approve(session, NOW, SETTINGS, news, judge, seen=news.seen)
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    return await updates.read(session, news.text.id)


async def waiting(session: AsyncSession, news: News, step: str = "") -> set[UUID]:
    """For whom news in this version waits."""
    query = select(Notice.person_id).where(Notice.source_id == news.text.id, Notice.kind == "update")
    return set(await session.scalars(query.where(Notice.step == step, Notice.state == "planned")))


async def test_a_judge_who_was_asked_and_got_nothing_is_not_told_that_it_was_wrong(session: AsyncSession) -> None:
    person, judge = await with_phone(session, ["ti", "nl"])
    news = await make_news(session, await make_account(session))
    await asked(session, news, judge)
    news = await out(session, news, judge)
    assert await recall.reach(session, news) == Reach(got=0, waiting=1)

    staff = await make_account(session, "regisseur", ["nl"])
    reach = await recall.recall(session, LATER, SETTINGS, TEXTS, news.text.id, staff, tell=True)
    await broadcasts.fan_out(session, LATER + UNDO, SETTINGS)

    assert reach == Reach(got=0, waiting=1)
    assert person.id not in await waiting(session, news, "changed")


async def test_a_judge_of_one_language_hears_the_news_in_another(session: AsyncSession) -> None:
    person, judge = await with_phone(session, ["ar", "ti", "nl"])
    news = await make_news(session, await make_account(session))
    await asked(session, news, judge)
    translator = await make_account(session, languages=["ar", "nl"])
    added = await updates.add(session, news.text.id, translator, language="ar", body="غدا هناك لقاء.")
    arabic = await updates.submit(session, added.text.id, translator)
    arabic = await out(session, arabic, judge)

    assert await waiting(session, arabic) == {person.id}
    await out(session, news, judge)
    shown = await pieces.on_show(session, LATER, SETTINGS, person)
    assert [one.text.language for one in shown] == ["ar"]
