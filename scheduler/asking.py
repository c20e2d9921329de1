"""Speakers of a language are told that news waits for them, at an hour that is good for them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.news import News
from core import clock
from core.settings import Settings
from core.tables.people import Account
from scheduler import holidays, mailing, notices
from scheduler.notices import Plan

KIND = "work"


async def ask(
    session: AsyncSession, now: datetime, settings: Settings, news: News, others: Sequence[Account]
) -> list[UUID]:
    """Plan the notice of each of these who has a phone of her own; returns their ids."""
    due = holidays.rolmodel_hour(now, settings.timezone)
    plans = [await plan(session, now, settings, news, one, due) for one in others if one.person_id]
    return await notices.plan(session, now, plans)


async def plan(
    session: AsyncSession, now: datetime, settings: Settings, news: News, account: Account, due: datetime
) -> Plan:
    """How many texts wait for this account, and about how many minutes they take."""
    assert account.person_id is not None
    count = max(1, len(await waiting(session, now, settings, account)))
    return Plan(
        person_id=account.person_id,
        kind=KIND,
        step="",
        source_kind=mailing.SOURCE_KIND,
        source_id=news.text.id,
        due=due,
        values={"count": count, "minutes": max(2, (count * 4 + 2) // 3)},
    )


async def waiting(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> list[News]:
    """What this account can judge and somebody could still hear: news ends by itself, also unread."""
    today = clock.wall(now, settings.timezone).date()
    return [news for news in await updates.waiting(session, account) if news.update.ends_on >= today]
