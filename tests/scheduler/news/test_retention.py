"""What is over goes: first what is heard and seen, then what nobody got, at last all of it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.updates import corrections
from content.updates.news import News
from content.voice import media
from content.voice.attachments import Picture, Voice
from core.clock import instant
from core.tables.audit import AuditEntry
from core.tables.texts import Approval, Broadcast, Update, UpdateText
from core.tables.voice import Media
from scheduler.news import broadcasts, retention
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news
from tests.scheduler.news.recalling import UNDO, approved, called_back, sent

LAST = date(2027, 1, 20)  #: of all news here


def after(days: int) -> datetime:
    """The first moment of the day so many days after the last one."""
    return instant(datetime.combine(LAST + timedelta(days=days), datetime.min.time()), SETTINGS.timezone)


async def forget(session: AsyncSession, moment: datetime) -> int:
    return await retention.forget(session, moment, moment, SETTINGS)


async def with_media(session: AsyncSession, news: News) -> tuple[UUID, UUID]:
    """A picture and a voice beside it."""
    picture = await media.keep(session, NOW, Picture(content=b"jpeg", width=4, height=4))
    voice = Voice(content=b"OggS", milliseconds=900, recorded=900, loudness=-20, peak=-4)
    news.update.picture_id, news.text.voice_id = picture, await media.keep(session, NOW, voice)
    await session.flush()
    return picture, news.text.voice_id


async def count(session: AsyncSession, table: type) -> int:
    return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def test_pictures_and_voices_go_a_week_after_the_last_day(session: AsyncSession) -> None:
    await make_listener(session)
    news = await sent(session)
    await with_media(session, news)
    assert await forget(session, after(8) - timedelta(seconds=1)) == 0
    assert await count(session, Media) == 2
    assert await forget(session, after(8)) == 2
    assert await count(session, Media) == 0
    await session.refresh(news.text)
    await session.refresh(news.update)
    assert (news.update.picture_id, news.text.voice_id) == (None, None)
    assert news.text.body == "ጽባሕ ኣኼባ ኣሎ።"
    assert await forget(session, after(8)) == 0


async def test_what_was_taken_down_is_seen_and_heard_no_more(session: AsyncSession) -> None:
    writer = await make_account(session)
    news = await make_news(session, writer)
    await with_media(session, news)
    await broadcasts.take_down(session, news.text.id, writer)
    assert await forget(session, NOW) == 2
    assert await count(session, Media) == 0


async def test_the_picture_of_other_news_stays(session: AsyncSession) -> None:
    later = await make_news(session, await make_account(session), ends_on=LAST + timedelta(days=7))
    kept = await with_media(session, later)
    await forget(session, after(8))
    assert await media.present(session, kept) == set(kept)


async def test_what_nobody_got_goes_a_month_after_its_last_day(session: AsyncSession) -> None:
    news = await approved(session, await make_news(session, await make_account(session)))
    assert await forget(session, after(31) - timedelta(seconds=1)) == 0
    assert await forget(session, after(31)) == 1
    tables = (Update, UpdateText, Approval, Broadcast)
    assert [await count(session, table) for table in tables] == [0, 0, 0, 0]
    entry = (await session.scalars(select(AuditEntry))).one()
    assert (entry.action, entry.object_kind, entry.object_id) == ("update.forget", "news", news.update.id)


async def test_what_people_got_stays_for_a_year_with_who_approved_it(session: AsyncSession) -> None:
    await make_listener(session)
    await sent(session)
    await forget(session, after(366) - timedelta(seconds=1))
    assert (await session.scalars(select(Approval.verdict))).all() == ["approved", "below"]
    assert await forget(session, after(366)) == 1
    assert [await count(session, table) for table in (Update, UpdateText, Approval)] == [0, 0, 0]


async def test_a_correction_goes_together_with_what_it_corrects(session: AsyncSession) -> None:
    await make_listener(session)
    wrong = await sent(session)
    await called_back(session, wrong, tell=False)
    regisseur = await make_account(session, "regisseur", ["nl"])
    right = await corrections.correct(
        session, NOW + timedelta(hours=1), SETTINGS, wrong.text.id, regisseur, body="ጽባሕ ኣኼባ የለን።", dutch=None
    )
    await approved(session, right, NOW + timedelta(hours=1))
    await broadcasts.fan_out(session, NOW + timedelta(hours=1) + UNDO, SETTINGS)
    row = await broadcasts.of_text(session, wrong.text.id)
    assert row is not None
    await session.refresh(row)
    assert row.corrected_by == right.text.id

    assert await forget(session, after(366)) == 1
    assert [await count(session, table) for table in (Update, UpdateText, Broadcast)] == [0, 0, 0]


async def test_one_run_takes_a_few_and_the_next_goes_on(session: AsyncSession) -> None:
    writer = await make_account(session)
    for _ in range(3):
        await updates.write(
            session, NOW, SETTINGS, author=writer, language="ti", body="ጽባሕ", dutch="Morgen.", ends_on=LAST
        )
    runs = [await retention.forget(session, after(31), NOW, SETTINGS, most=2) for _ in range(3)]
    assert runs == [2, 1, 0]
