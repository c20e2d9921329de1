"""Reasons that rolmodellen spoke with a text or news that went back: heard by who writes it anew, and wiped in time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import Verdict
from content.voice import media
from core.tables.people import Account
from core.tables.texts import Approval, Text, UpdateText
from core.tables.voice import Media

#: By then the text was written anew, or nobody will.
KEPT = timedelta(days=90)


async def of(session: AsyncSession, row: Text | UpdateText) -> Media | None:
    """What was said when this version went back; None where it stands, went back in writing, or the voice is gone."""
    if row.state != "returned":
        return None
    about = Approval.text_id if isinstance(row, Text) else Approval.update_text_id
    returned = select(Approval.voice_id).where(about == row.id, Approval.verdict == Verdict.RETURNED.value)
    last = await session.scalar(returned.order_by(Approval.at.desc(), Approval.id.desc()).limit(1))
    return await session.get(Media, last) if last is not None else None


async def wipe(session: AsyncSession, account: Account) -> int:
    """All reasons that this account spoke are gone for good; how many."""
    return await _wipe(session, Approval.account_id == account.id)


async def forget(session: AsyncSession, now: datetime) -> int:
    """Reasons that are older than KEPT go; how many. For a timer."""
    return await _wipe(session, Approval.at <= now - KEPT)


async def _wipe(session: AsyncSession, which: ColumnElement[bool]) -> int:
    voices = select(Approval.voice_id).where(Approval.voice_id.is_not(None), which)
    return await media.wipe(session, [one for one in await session.scalars(voices) if one is not None])
