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
    await _void(session, now, row, account, own=True)
    await session.flush()
    return True


async def _void(session: AsyncSession, now: datetime, row: Text, by: Account, *, own: bool) -> None:
    """The last judgement counts no more; an approval before it stands again (`own`: also one by the same account)."""
    *earlier, last = await _standing(session, row.id)
    before = earlier[-1] if earlier else None
    if before and before.verdict == Verdict.APPROVED.value and (own or before.account_id != last.account_id):
        row.state = "approved"
    else:
        row.state = "submitted" if row.author_id else "concept"
    log(session, now, by, Verdict.UNDONE, row)


async def call_back(session: AsyncSession, now: datetime, text_id: UUID, of: Account, by: Account) -> bool:
    """Void the last judgement of a version, whose giver was stopped: another looks. False: none of hers stands."""
    row = await _locked(session, text_id)
    last = await _last_judgement(session, text_id)
    if of.disabled_at is None:
        raise NotAllowed
    if last is None or last.verdict == Verdict.UNDONE.value or last.account_id != of.id:
        return False
    await _void(session, now, row, by, own=False)
    await session.flush()
    return True


async def undo_all(session: AsyncSession, now: datetime, account: Account, within: timedelta) -> list[Text]:
    """Void every judgement that this account gave just now. The texts they were of."""
    lately = (Approval.account_id == account.id, Approval.at >= now - within, Approval.text_id.is_not(None))
    undone = []
    for text_id in await session.scalars(select(Approval.text_id).where(*lately).distinct()):
        assert text_id is not None
        row, last = await _locked(session, text_id), await _last_judgement(session, text_id)
        if last is None or last.verdict == Verdict.UNDONE.value or last.account_id != account.id:
            continue
        await _void(session, now, row, account, own=False)
        undone.append(row)
    await session.flush()
    return undone


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


async def _standing(session: AsyncSession, text_id: UUID) -> list[Approval]:
    """The judgements of a version that were not taken back, oldest first."""
    query = select(Approval).where(Approval.text_id == text_id).order_by(Approval.at, Approval.id)
    stands: list[Approval] = []
    for judgement in await session.scalars(query):
        if judgement.verdict != Verdict.UNDONE.value:
            stands.append(judgement)
        elif stands:
            stands.pop()
    return stands


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
