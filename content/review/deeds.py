"""What an account wrote and approved of late: for staff who stopped it, and must know what to look at again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import Verdict
from core.tables.people import Account
from core.tables.relay import Question, VolunteerTime
from core.tables.service import StaffSession
from core.tables.texts import Approval, Broadcast, Text, Update, UpdateText
from core.tables.voice import Clip

#: How far back a thief's deeds are looked for.
LATELY = timedelta(days=30)

_SAID_YES = (Verdict.APPROVED, Verdict.COSIGNED, Verdict.SECOND)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that an account did."""

    kind: Literal["news", "text", "clip"]
    id: UUID
    did: Literal["wrote", "approved", "recalled"]
    at: datetime
    language: str
    state: str  #: of the row, as things stand now
    unit: str = ""  #: of a text; the key of a clip
    stands: bool = False  #: whether the approval counts still, and can be called back here


async def of(session: AsyncSession, now: datetime, account: Account) -> list[Deed]:
    """The last thirty days, newest first."""
    since = now - LATELY
    found = [
        *await _news_written(session, since, account),
        *await _news_approved(session, since, account),
        *await _news_recalled(session, since, account),
        *await _texts(session, since, account),
        *await _clips(session, since, account),
    ]
    return sorted(found, key=lambda deed: (deed.at, deed.id), reverse=True)


async def _news_written(session: AsyncSession, since: datetime, account: Account) -> list[Deed]:
    query = (
        select(UpdateText, Update.created_at)
        .join(Update, Update.id == UpdateText.update_id)
        .where(UpdateText.author_id == account.id, Update.created_at >= since)
        .where(UpdateText.state.not_in(("draft", "below")))
    )
    return [_news(row, "wrote", at) for row, at in await session.execute(query)]


async def _news_approved(session: AsyncSession, since: datetime, account: Account) -> list[Deed]:
    query = (
        select(UpdateText, func.max(Approval.at))
        .join(Approval, Approval.update_text_id == UpdateText.id)
        .where(Approval.account_id == account.id, Approval.at >= since, Approval.verdict.in_(_SAID_YES))
        .group_by(UpdateText.id)
    )
    return [_news(row, "approved", at) for row, at in await session.execute(query)]


async def _news_recalled(session: AsyncSession, since: datetime, account: Account) -> list[Deed]:
    query = (
        select(UpdateText, Broadcast.recalled_at)
        .join(Broadcast, Broadcast.update_text_id == UpdateText.id)
        .where(Broadcast.recalled_by == account.id, Broadcast.recalled_at >= since)
    )
    return [_news(row, "recalled", at) for row, at in await session.execute(query) if at is not None]


def _news(row: UpdateText, did: Literal["wrote", "approved", "recalled"], at: datetime) -> Deed:
    return Deed(kind="news", id=row.id, did=did, at=at, language=row.language, state=row.state)


async def _texts(session: AsyncSession, since: datetime, account: Account) -> list[Deed]:
    written = select(Text).where(Text.author_id == account.id, Text.created_at >= since)
    found = [_text(row, "wrote", row.created_at) for row in await session.scalars(written)]
    judged = (
        select(Text, func.max(Approval.at))
        .join(Approval, Approval.text_id == Text.id)
        .where(Approval.account_id == account.id, Approval.at >= since, Approval.verdict == Verdict.APPROVED)
        .group_by(Text.id)
    )
    for row, at in await session.execute(judged):
        found.append(_text(row, "approved", at, stands=row.state == "approved"))
    return found


def _text(row: Text, did: Literal["wrote", "approved"], at: datetime, *, stands: bool = False) -> Deed:
    return Deed(
        kind="text", id=row.id, did=did, at=at, language=row.language, state=row.state, unit=row.unit, stands=stands
    )


async def _clips(session: AsyncSession, since: datetime, account: Account) -> list[Deed]:
    query = select(Clip).where(Clip.checked_by == account.id, Clip.checked_at >= since, Clip.state == "checked")
    return [
        Deed(
            kind="clip",
            id=row.id,
            did="approved",
            at=row.checked_at,
            language=row.language,
            state=row.state,
            unit=row.key,
            stands=True,
        )
        for row in await session.scalars(query)
        if row.checked_at is not None
    ]


async def answered(session: AsyncSession, now: datetime, account: Account) -> list[tuple[int, datetime]]:
    """The numbers of the questions that it answered of late, and when; the words stay with who asked."""
    query = select(Question.number, Question.answered_at).where(
        Question.rolmodel_id == account.id, Question.answered_at >= now - LATELY
    )
    rows = await session.execute(query.order_by(Question.answered_at.desc()))
    return [(number, at) for number, at in rows if at is not None]


async def last_used(session: AsyncSession) -> dict[UUID, datetime]:
    """When each account last worked, as far as is known: a page of the console, a judgement, a task of a rolmodel."""
    uses = (
        select(StaffSession.account_id, func.max(StaffSession.seen_at)).group_by(StaffSession.account_id),
        select(Approval.account_id, func.max(Approval.at)).group_by(Approval.account_id),
        select(VolunteerTime.account_id, func.max(VolunteerTime.at)).group_by(VolunteerTime.account_id),
    )
    found: dict[UUID, datetime] = {}
    for query in uses:
        for account_id, at in await session.execute(query):
            found[account_id] = max(at, found.get(account_id, at))
    return found
