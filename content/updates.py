"""An update of a rolmodel, a partner or staff: written, looked at by another, sent as it was approved, ended.

draft -> submitted -> approved -> sent, or returned, or withdrawn. The caller plans the broadcast
(scheduler.broadcasts.plan) in the transaction in which a judgement answers APPROVED.
"""

import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import (
    COSIGNERS,
    AlreadyJudged,
    Changed,
    NotAllowed,
    OwnText,
    Unfit,
    Verdict,
    log,
    other_speakers,
    same_person,
    speaks,
)
from content.audience import audience_count
from content.news import News, digest, locked, of, on_show, over, read
from content.suspicion import reachable, suspicious
from core import clock
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import Update, UpdateText

__all__ = [
    "FURTHEST",
    "LONGEST",
    "News",
    "Outcome",
    "approve",
    "edit",
    "on_show",
    "over",
    "read",
    "reopen",
    "return_",
    "second_approve",
    "second_needed",
    "submit",
    "waiting",
    "withdraw",
    "write",
]

#: Characters of one text; fits one bubble with its Dutch below it.
LONGEST = 600

#: News ends by itself, within this time.
FURTHEST = timedelta(days=90)


class Outcome(StrEnum):
    """Where a text stands after a judgement."""

    APPROVED = "approved"  #: all approvals are there: plan the broadcast
    SECOND = "second"  #: staff must look at it too


async def write(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    *,
    author: Account,
    language: str,
    body: str,
    dutch: str | None = None,
    ends_on: date,
    day: date | None = None,
    place: str | None = None,
) -> News:
    """A draft in the author's language, with its Dutch. Refused says in words what keeps it."""
    if language not in LANGUAGES or author.disabled_at or not may(author, "update.write", language=language):
        raise NotAllowed
    today = clock.wall(now, settings.timezone).date()
    if not today <= ends_on <= today + FURTHEST:
        raise Unfit(f"Kies een einddag tussen vandaag en {FURTHEST.days} dagen later.")
    update = Update(author_id=author.id, state="draft", day=day, place=place, ends_on=ends_on, created_at=now)
    session.add(update)
    await session.flush()
    text = _text(update, language, body, author)
    below = _text(update, SOURCE, dutch, author) if dutch and language != SOURCE else None
    session.add_all([row for row in (text, below) if row])
    await session.flush()
    return News(update=update, text=text, dutch=below)


def _text(update: Update, language: str, body: str, author: Account) -> UpdateText:
    fitting = _fitting(body)
    return UpdateText(
        update_id=update.id,
        language=language,
        body=fitting,
        source_hash=digest(fitting),
        state="draft",
        author_id=author.id,
    )


def _fitting(body: str) -> str:
    if len(body) > LONGEST * 4:  # putting a long run of accents in order takes time that grows with its square
        raise Unfit(f"Een tekst heeft 1 tot {LONGEST} tekens.")
    try:
        text = unicodedata.normalize("NFC", body).strip()
        text.encode()
    except UnicodeEncodeError:
        raise Unfit("De tekst heeft een teken dat niet bestaat.") from None
    if not text or len(text) > LONGEST or "\0" in text:
        raise Unfit(f"Een tekst heeft 1 tot {LONGEST} tekens.")
    return text


async def edit(
    session: AsyncSession, text_id: UUID, account: Account, *, body: str | None = None, dutch: str | None = None
) -> News:
    """Other words, by the author: a draft again, and every approval is void. Not after it was sent."""
    news = await locked(session, text_id)
    if not await same_person(session, news.update.author_id, account):
        raise NotAllowed
    if news.update.state in ("sent", "withdrawn"):
        raise AlreadyJudged
    if body is not None:
        _change(news.text, body)
    if dutch is not None and news.dutch is not None:
        _change(news.dutch, dutch)
    elif dutch is not None and news.text.language != SOURCE:
        session.add(_text(news.update, SOURCE, dutch, account))
    _void(news, "draft")
    await session.flush()
    return await locked(session, text_id)


def _change(row: UpdateText, body: str) -> None:
    row.body = _fitting(body)
    row.source_hash = digest(row.body)


def _void(news: News, state: str) -> None:
    news.update.state = state
    for row in (news.text, news.dutch):
        if row is not None:
            row.state = "returned" if state == "returned" else "draft"
            row.approver_id = row.second_approver_id = row.approved_at = None


async def submit(session: AsyncSession, text_id: UUID, account: Account) -> News:
    """Ask another speaker to look; only the author can, from a draft or a returned text."""
    news = await locked(session, text_id)
    if not await same_person(session, news.update.author_id, account):
        raise NotAllowed
    if news.update.state not in ("draft", "returned"):
        raise AlreadyJudged
    news.update.state = "submitted"
    for row in (news.text, news.dutch):
        if row is not None:
            row.state = "submitted"
    await session.flush()
    return news


async def approve(
    session: AsyncSession, now: datetime, settings: Settings, text_id: UUID, account: Account, *, seen: str
) -> Outcome:
    """The first judgement: by another speaker, or by staff where the language has no other; `seen` is News.seen."""
    news = await _to_judge(session, text_id, account, "update.approve", seen)
    if news.text.approver_id is not None:
        raise AlreadyJudged
    verdict = await _as(session, news, account)
    news.text.approver_id = account.id
    log(session, now, account, verdict, news.text)
    if await second_needed(session, settings, news):
        await session.flush()
        return Outcome.SECOND
    return await _all_there(session, now, news)


async def second_approve(
    session: AsyncSession, now: datetime, text_id: UUID, account: Account, *, seen: str
) -> Outcome:
    """The look of staff at a link, a number, or many listeners; a third person, after the first approval."""
    news = await _to_judge(session, text_id, account, "update.second", seen)
    if news.text.approver_id is None:
        raise NotAllowed
    if news.text.second_approver_id is not None or await same_person(session, news.text.approver_id, account):
        raise AlreadyJudged
    news.text.second_approver_id = account.id
    log(session, now, account, Verdict.SECOND, news.text)
    return await _all_there(session, now, news)


async def _all_there(session: AsyncSession, now: datetime, news: News) -> Outcome:
    news.update.state = "approved"
    for row in (news.text, news.dutch):
        if row is not None:
            row.state, row.approved_at = "approved", now
            row.approver_id, row.second_approver_id = news.text.approver_id, news.text.second_approver_id
    await session.flush()
    return Outcome.APPROVED


async def _as(session: AsyncSession, news: News, account: Account) -> Verdict:
    """In which part this account may approve: as a speaker, or co-signing what only its author speaks."""
    if speaks(account, news.text.language):
        return Verdict.APPROVED
    author = await session.get_one(Account, news.update.author_id)
    if account.role not in COSIGNERS or await other_speakers(session, news.text.language, author):
        raise NotAllowed
    if news.text.language != SOURCE and news.dutch is None:
        raise Unfit("Er is geen Nederlandse tekst bij. Vraag de schrijver erom.")
    return Verdict.COSIGNED


async def second_needed(session: AsyncSession, settings: Settings, news: News) -> list[str]:
    """Why staff must look too, in words; empty where they needn't."""
    why = [reason for body in news.bodies for reason in (*reachable(body), *suspicious(body))]
    audience = await audience_count(session, news.text.language)
    if audience.listeners > settings.second_approval_above:
        why.append(f"meer dan {settings.second_approval_above} mensen")
    return list(dict.fromkeys(why))


async def return_(
    session: AsyncSession, now: datetime, text_id: UUID, account: Account, reason: str, *, seen: str
) -> News:
    """Back to the writer, with a reason; earlier approvals are void."""
    news = await _to_judge(session, text_id, account, "update.approve", seen)
    log(session, now, account, Verdict.RETURNED, news.text, reason)
    _void(news, "returned")
    await session.flush()
    return news


async def withdraw(session: AsyncSession, text_id: UUID, account: Account) -> News:
    """Take an update down for good: the author, another speaker, or staff. What waits stops through broadcasts."""
    news = await locked(session, text_id)
    own = await same_person(session, news.update.author_id, account)
    if account.disabled_at or not (own or may(account, "update.withdraw", language=news.text.language)):
        raise NotAllowed
    news.update.state = "withdrawn"
    await session.flush()
    return news


def reopen(news: News) -> None:
    """A draft again, with every approval void: what is said next needs a new look."""
    _void(news, "draft")


async def waiting(session: AsyncSession, account: Account) -> list[News]:
    """What this account can judge now, oldest first: as a speaker, as co-signer, or as second."""
    query = select(Update).where(Update.state == "submitted").order_by(Update.created_at, Update.id)
    return [news for news in await of(session, query) if await _awaits(session, news, account)]


async def _awaits(session: AsyncSession, news: News, account: Account) -> bool:
    if account.disabled_at or await same_person(session, news.update.author_id, account):
        return False
    if news.text.approver_id is not None:
        known = await same_person(session, news.text.approver_id, account)
        return not known and may(account, "update.second", language=news.text.language)
    if not may(account, "update.approve", language=news.text.language):
        return False
    try:
        return bool(await _as(session, news, account))
    except (NotAllowed, Unfit):
        return False


async def _to_judge(session: AsyncSession, text_id: UUID, account: Account, action: str, seen: str) -> News:
    news = await locked(session, text_id)
    if account.disabled_at or not may(account, action, language=news.text.language):
        raise NotAllowed
    for author_id in (news.update.author_id, news.text.author_id):
        if await same_person(session, author_id, account):
            raise OwnText
    if news.update.state != "submitted":
        raise AlreadyJudged
    if seen != news.seen:
        raise Changed
    return news
