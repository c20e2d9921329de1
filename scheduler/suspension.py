"""An account is stopped, because its phone or password is in other hands: what it did last is held, all at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.catalogue import Catalogue
from content.review import takeback
from content.voice import recordings
from core import accounts
from core.settings import Settings
from core.tables.people import Account
from scheduler.news import asking, distrust
from scheduler.volunteers import duty, relay, reviewing


@dataclass(frozen=True, kw_only=True)
class Held:
    """What waits for somebody else now."""

    news: int = 0  #: versions that it approved, or that it wrote and that were about to go
    texts: int = 0  #: whose judgement of the last minutes is void
    clips: int = 0
    questions: int = 0


async def stop(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    catalogue: Catalogue,
    account: Account,
    by: Account | None = None,
) -> Held:
    """Log it out everywhere, let nothing of it go out, and give its questions to others; `by`: who says so.

    One transaction of the caller's. An account that was stopped already stays so: nothing is held twice.
    """
    await _hold_row(session, account)
    if account.disabled_at is not None:
        return Held()
    within = timedelta(seconds=settings.undo_seconds)
    texts = await takeback.undo_all(session, now, account, within)
    await distrust.undo_returns(session, now, account, within)
    await accounts.stop(session, now, account)
    await duty.stop(session, now, account)
    held = await distrust.hold(session, now, account, by or account)
    for one in [one for one in held if one.text.author_id != account.id]:
        await _ask_others(session, now, settings, catalogue, one)
    clips = await recordings.unjudge(session, account, now - within)
    questions = await relay.depart(session, now, settings, account)
    await _ask_nothing(session, account)
    return Held(news=len(held), texts=len(texts), clips=clips, questions=questions)


async def _hold_row(session: AsyncSession, account: Account) -> None:
    """Who stops it too waits; what it does at this very moment goes on, and is held when it would go out."""
    row = select(Account).where(Account.id == account.id).with_for_update(key_share=True)
    await session.scalars(row.execution_options(populate_existing=True))


async def _ask_others(
    session: AsyncSession, now: datetime, settings: Settings, catalogue: Catalogue, one: updates.News
) -> None:
    others = await updates.others_who_speak(session, one)
    await asking.ask(session, now, settings, catalogue, one, others)


async def _ask_nothing(session: AsyncSession, account: Account) -> None:
    """Unless another account of the same person works on that phone."""
    if account.person_id is not None and not await accounts.of_person(session, account.person_id):
        await reviewing.ask_nothing(session, account, reviewing.STOPPED)
