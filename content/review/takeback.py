"""Taken back within two minutes: an approval, a return, or a wording of one's own that nobody judged yet."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import NotAllowed, NotFound, Verdict, log, same_person
from core.tables.people import Account
from core.tables.texts import Approval, Text


async def undo(session: AsyncSession, now: datetime, text_id: UUID, account: Account, within: timedelta) -> bool:
    """Void the last judgement of a version, by who gave it; what was said of it before stands, else it waits again.

    False: too late, or none stands.
    """
    row = await _locked(session, text_id)
    last = await _last_judgement(session, text_id)
    if last is None or last.verdict == Verdict.UNDONE.value:
        return False
    if account.disabled_at or not await same_person(session, last.account_id, account):
        raise NotAllowed
    if now > last.at + within:
        return False
    waits = "submitted" if row.author_id else "concept"
    row.state = "approved" if await _was_approved(session, text_id) else waits
    log(session, now, account, Verdict.UNDONE, row)
    await session.flush()
    return True


async def can_undo(session: AsyncSession, now: datetime, text_id: UUID, account: Account, within: timedelta) -> bool:
    """Whether this account can still take back what it said of a version, or its own wording."""
    row, last = await session.get(Text, text_id), await _last_judgement(session, text_id)
    if row is None or account.disabled_at:
        return False
    if last is None:
        own = await same_person(session, row.author_id, account)
        return own and row.state == "submitted" and now <= row.created_at + within
    mine = await same_person(session, last.account_id, account)
    return mine and last.verdict != Verdict.UNDONE.value and now <= last.at + within


async def _was_approved(session: AsyncSession, text_id: UUID) -> bool:
    """Whether an approval stood before the last judgement: a text in force that somebody sent back."""
    query = select(Approval.verdict).where(Approval.text_id == text_id).order_by(Approval.at, Approval.id)
    stands: list[str] = []
    for verdict in await session.scalars(query):
        if verdict != Verdict.UNDONE.value:
            stands.append(verdict)
        elif stands:
            stands.pop()
    return stands[-2:-1] == [Verdict.APPROVED.value]


async def _last_judgement(session: AsyncSession, text_id: UUID) -> Approval | None:
    undone = (Approval.verdict == Verdict.UNDONE.value).desc()  # of the same moment: it can only have come after
    query = select(Approval).where(Approval.text_id == text_id).order_by(Approval.at.desc(), undone, Approval.id.desc())
    return (await session.scalars(query.limit(1))).one_or_none()


async def withdraw(session: AsyncSession, now: datetime, text_id: UUID, account: Account, within: timedelta) -> bool:
    """Throw away one's own wording that nobody judged; what stood before it waits again. False: too late."""
    row = await _locked(session, text_id)
    if account.disabled_at or not await same_person(session, row.author_id, account):
        raise NotAllowed
    if row.state != "submitted" or now > row.created_at + within or await _last_judgement(session, text_id):
        return False
    await session.delete(row)
    await session.flush()
    return True


async def _locked(session: AsyncSession, text_id: UUID) -> Text:
    row = await session.get(Text, text_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row
