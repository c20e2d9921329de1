"""What news would do before it goes: the same people, channels and reasons as when it leaves."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, updates
from content.inforce import concepts
from content.updates import corrections
from content.updates.news import News
from core.settings import Settings
from core.tables.channels import TemplateState
from core.tables.notices import Notice
from core.tables.people import Address
from scheduler.news import broadcasts, forecast, recall
from scheduler.sending import outlook
from scheduler.sending.outlook import Outlook
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news

TEXTS = concepts(catalogue.load(("nl", "ti")))
UNDO = timedelta(minutes=2)
DUE = NOW + UNDO


async def seen(session: AsyncSession, news: News, settings: Settings = SETTINGS) -> Outlook:
    story = await updates.whole(session, news.text.id)
    return await forecast.of_version(session, NOW, settings, TEXTS, story, story.by_id(news.text.id), DUE)


def piles(found: Outlook) -> dict[tuple[str | None, str | None], int]:
    return {(going.channel, going.why): pile.count for going, pile in found.piles.items()}


async def on(session: AsyncSession, channel: str) -> None:
    """Let every address be of this channel; on WhatsApp nobody wrote to us of late."""
    await session.execute(update(Address).values(channel=channel))


async def test_the_same_as_what_is_planned_later(session: AsyncSession) -> None:
    for languages in (["ti", "nl"], ["ar", "ti"], ["ar"]):
        await make_listener(session, languages)
    news = await make_news(session, await make_account(session))
    before = await seen(session, news)
    speaker = await make_account(session)
    await broadcasts.approve(session, NOW, SETTINGS, news, speaker, seen=news.seen)
    await broadcasts.fan_out(session, DUE, SETTINGS)

    after = await outlook.until(session, NOW, SETTINGS, TEXTS, DUE)

    assert piles(before) == piles(after) == {("telegram", None): 2}
    assert before.total.leaves == after.total.leaves
    assert list(await session.scalars(select(Notice.kind))) == ["update", "update"]


async def test_who_can_t_be_reached_and_why(session: AsyncSession) -> None:
    await make_listener(session, verified=False)
    paused = await make_listener(session)
    paused.paused_until = NOW + timedelta(days=3)
    await session.flush()

    found = await seen(session, await make_news(session, await make_account(session)))

    assert piles(found) == {(None, "not_verified"): 1, (None, "paused"): 1}


async def test_in_quiet_hours_it_leaves_at_their_end(session: AsyncSession) -> None:
    await make_listener(session)
    news = await make_news(session, await make_account(session))
    story = await updates.whole(session, news.text.id)
    late = NOW.replace(hour=22)

    found = await forecast.of_version(session, NOW, SETTINGS, TEXTS, story, news, late)

    assert found.total.leaves == NOW.replace(day=12, hour=7)


async def test_an_sms_costs_and_a_limit_stops_it(session: AsyncSession) -> None:
    for _ in range(3):
        await make_listener(session)
    await on(session, "sms")
    news = await make_news(session, await make_account(session))

    assert (await seen(session, news)).total.microeuro > 0
    limited = await seen(session, news, SETTINGS.model_copy(update={"daily_sms_limit": 2}))
    assert piles(limited) == {("sms", None): 2, (None, "sms_limit"): 1}


async def test_news_never_opens_whatsapp_but_a_correction_does(session: AsyncSession) -> None:
    await make_listener(session)
    session.add(TemplateState(template="bericht", language="nl", content_sid="HX1", approval="approved"))
    author, staff = await make_account(session), await make_account(session, "regisseur", ["nl"])
    news = await make_news(session, author)
    await broadcasts.approve(session, NOW, SETTINGS, news, await make_account(session), seen=news.seen)
    await on(session, "whatsapp")
    assert piles(await seen(session, news)) == {(None, "window_closed"): 1}

    await broadcasts.fan_out(session, DUE, SETTINGS)
    await session.execute(update(Notice).where(Notice.kind == "update").values(state="delivered", sent_at=DUE))
    await recall.recall(session, DUE, SETTINGS, TEXTS, news.text.id, staff, tell=False)
    right = await corrections.correct(session, DUE, SETTINGS, news.text.id, author, body="ሰንበት ኣኼባ ኣሎ።")

    assert piles(await seen(session, right)) == {("whatsapp", None): 1}
