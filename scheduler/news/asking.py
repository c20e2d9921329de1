"""Speakers of a language are told at once that news waits for them, at an hour that is good for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.catalogue import Catalogue
from content.review import textqueue
from content.updates.news import News
from core import clock
from core.settings import Settings
from core.tables.people import Account
from scheduler.queue import mailing, notices
from scheduler.queue.notices import Plan
from scheduler.volunteers import reviewing, volunteer


async def ask(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    catalogue: Catalogue,
    news: News,
    others: Sequence[Account],
) -> list[UUID]:
    """Plan the notice of each of these who has a phone of her own; returns their ids."""
    plans = [await _plan(session, now, settings, catalogue, news, one) for one in others if one.person_id]
    return await notices.plan(session, now, plans)


async def _plan(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, news: News, account: Account
) -> Plan:
    """How much waits for this account, and about how many minutes it takes; after the time to take it back."""
    after = now + timedelta(seconds=settings.undo_seconds)
    assert account.person_id is not None
    count = max(1, (await reviewing.load(session, now, settings, catalogue, account)).count)
    return Plan(
        person_id=account.person_id,
        kind=reviewing.KIND,
        step="",
        source_kind=mailing.SOURCE_KIND,
        source_id=news.text.id,
        due=await volunteer.hour(session, account, after, settings.timezone),
        values={"count": count, "minutes": textqueue.minutes(count)},
    )


async def tell_writer(session: AsyncSession, now: datetime, settings: Settings, news: News) -> None:
    """Her news came back: who wrote it is asked, at a good hour, once it can't be taken back any more."""
    account = await session.get(Account, news.text.author_id)
    if account is None or account.person_id is None or account.role != "rolmodel":
        return
    after = now + timedelta(seconds=settings.undo_seconds)
    plan = Plan(
        person_id=account.person_id,
        kind=reviewing.KIND,
        step="",
        source_kind=mailing.SOURCE_KIND,
        source_id=news.text.id,
        due=await volunteer.hour(session, account, after, settings.timezone),
        values={"count": 1, "minutes": textqueue.minutes(1)},
    )
    await notices.plan(session, now, [plan])


async def waiting(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> list[News]:
    """What this account can judge and somebody could still hear: news ends by itself, also unread."""
    today = clock.wall(now, settings.timezone).date()
    return [news for news in await updates.waiting(session, account) if news.update.ends_on >= today]
