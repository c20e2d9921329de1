"""News of an account that is stopped: what has not gone out waits for another's look, and what it judged is void."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from content import updates
from content.approvals import Refused, Verdict, log
from content.updates import news
from content.updates.news import News
from core.tables.people import Account
from core.tables.texts import Approval, Broadcast, Update, UpdateText
from scheduler.news import broadcasts

#: Versions on their way that can still be kept here.
_ON_ITS_WAY = ("submitted", "approved")


async def undo_returns(session: AsyncSession, now: datetime, account: Account, within: timedelta) -> None:
    """What it sent back just now waits again; to be called while the account is still in use."""
    await _hold_updates(session, account)
    lately = (Approval.verdict == Verdict.RETURNED, Approval.at >= now - within)
    query = select(Approval.update_text_id).where(Approval.account_id == account.id, *lately).distinct()
    for text_id in list(await session.scalars(query.where(Approval.update_text_id.is_not(None)))):
        assert text_id is not None
        try:
            await broadcasts.keep_here(session, now, text_id, account, within)
        except Refused:
            continue  # another judged it since, and that stands


async def hold(session: AsyncSession, now: datetime, account: Account, by: Account) -> list[News]:
    """Nothing that it wrote or approved goes out by itself, and its yes counts no more; what it wrote needs staff too.

    Returns what waits for a first look again; the caller asks speakers for what others wrote of it.
    """
    await _hold_updates(session, account)
    ids = list(await session.scalars(_its(account)))
    await _unplan(session, ids)
    await session.execute(
        update(Broadcast)
        .where(Broadcast.state == "telling", Broadcast.recalled_by == account.id)
        .values(state="recalled")
    )
    held = [await _held(session, now, text_id, account, by) for text_id in ids]
    return [one for one in held if one is not None]


async def _hold_updates(session: AsyncSession, account: Account) -> None:
    """All that is touched, at once and in order: of two who stop accounts at the same time one waits for the other."""
    judged = select(Approval.update_text_id).where(Approval.account_id == account.id)
    telling = select(Broadcast.update_text_id).where(Broadcast.state == "telling", Broadcast.recalled_by == account.id)
    returned = (UpdateText.state == "returned") & UpdateText.id.in_(judged)
    touched = or_(returned, UpdateText.id.in_(telling), UpdateText.id.in_(_its(account)))
    query = select(Update.id).where(Update.id.in_(select(UpdateText.update_id).where(touched)))
    await session.execute(query.order_by(Update.id).with_for_update())


def _its(account: Account) -> Select[UUID]:
    below = aliased(UpdateText)
    part = (
        *(Update.author_id, UpdateText.author_id, below.author_id),
        *(UpdateText.approver_id, UpdateText.second_approver_id),
    )
    return (
        select(UpdateText.id)
        .join(Update, Update.id == UpdateText.update_id)
        .outerjoin(below, below.id == UpdateText.dutch_id)
        .where(UpdateText.state.in_(_ON_ITS_WAY), Update.state != "withdrawn")
        .where(or_(*(column == account.id for column in part)))
        .order_by(UpdateText.update_id, UpdateText.id)
    )


async def _unplan(session: AsyncSession, text_ids: Sequence[UUID]) -> None:
    """The caller holds their updates: nobody sends or stops them meanwhile."""
    planned = select(Broadcast).where(Broadcast.update_text_id.in_(text_ids), Broadcast.state == "planned")
    rows = planned.order_by(Broadcast.due, Broadcast.id).with_for_update()
    for row in list(await session.scalars(rows.execution_options(populate_existing=True))):
        row.state = "withdrawn"
    await session.flush()


async def _held(session: AsyncSession, now: datetime, text_id: UUID, account: Account, by: Account) -> News | None:
    """The version if it waits for a first look again; None where nothing of it was judged, or it went meanwhile."""
    found = await news.locked(session, text_id)
    text = found.text
    looked = account.id in (text.approver_id, text.second_approver_id)
    if text.state not in _ON_ITS_WAY or not (looked or text.state == "approved"):
        return None
    await updates.reopen(session, text_id, waits=True)
    log(session, now, by, Verdict.UNDONE, text)
    await session.flush()
    return await news.locked(session, text_id)
