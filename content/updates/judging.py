"""Four eyes on news: a speaker of its language says yes or no, staff look too where the matrix asks for it."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, func, select
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
from content.updates.audience import audience_count
from content.updates.news import News, Story, digest, stories, whole
from content.updates.suspicion import reachable, scattered, suspicious
from content.updates.versions import settle
from core.languages import SOURCE
from core.permissions import may
from core.settings import Settings
from core.tables.people import Account
from core.tables.texts import Approval, Update, UpdateText


class Outcome(StrEnum):
    """Where a text stands after a judgement."""

    APPROVED = "approved"  #: all approvals are there: plan the broadcast
    SECOND = "second"  #: staff must look at it too


async def approve(
    session: AsyncSession, now: datetime, settings: Settings, text_id: UUID, account: Account, *, seen: str
) -> Outcome:
    """The first judgement: by another speaker, or by staff where the language has no other; `seen` is News.seen."""
    story, news = await _to_judge(session, text_id, account, "update.approve", seen)
    if news.text.approver_id is not None:
        raise AlreadyJudged
    verdict = await _as(session, news, account)
    news.text.approver_id = account.id
    log(session, now, account, verdict, news.text)
    if news.dutch is not None:
        log(session, now, account, Verdict.BELOW, news.dutch)
    if await second_needed(session, now, settings, news):
        await session.flush()
        return Outcome.SECOND
    return await _all_there(session, now, story, news)


async def second_approve(
    session: AsyncSession, now: datetime, text_id: UUID, account: Account, *, seen: str
) -> Outcome:
    """The look of staff at a link, a number, or many listeners; a third person, after the first approval."""
    story, news = await _to_judge(session, text_id, account, "update.second", seen)
    if news.text.approver_id is None or await _stopped(session, news.text.approver_id):
        raise NotAllowed
    if news.text.second_approver_id is not None or await same_person(session, news.text.approver_id, account):
        raise AlreadyJudged
    news.text.second_approver_id = account.id
    log(session, now, account, Verdict.SECOND, news.text)
    return await _all_there(session, now, story, news)


async def _all_there(session: AsyncSession, now: datetime, story: Story, news: News) -> Outcome:
    news.text.state, news.text.approved_at = "approved", now
    settle(story)
    await session.flush()
    return Outcome.APPROVED


async def _as(session: AsyncSession, news: News, account: Account) -> Verdict:
    """In which part this account may approve: as a speaker, or co-signing what only its author speaks."""
    if await speaks(session, account, news.text.language):
        return Verdict.APPROVED
    if account.role not in COSIGNERS or await others_who_speak(session, news):
        raise NotAllowed
    if news.text.language != SOURCE and news.dutch is None:
        raise Unfit("Er is geen Nederlandse tekst bij. Vraag de schrijver erom.")
    return Verdict.COSIGNED


async def others_who_speak(session: AsyncSession, news: News) -> list[Account]:
    """Who may judge this text as a speaker: nobody who wrote it or the update."""
    author = await session.get_one(Account, news.text.author_id)
    found = await other_speakers(session, news.text.language, author)
    return [one for one in found if not await same_person(session, news.update.author_id, one)]


async def second_needed(session: AsyncSession, now: datetime, settings: Settings, news: News) -> list[str]:
    """Why staff must look too, in words; empty where they needn't. Listeners count in all languages together."""
    why = [*leads(news), *deceives(news)]
    if await _stopped(session, *_authors(news)):
        why.append("het account van de schrijver staat uit")
    if await _listeners(session, now, news) > settings.second_approval_above:
        why.append(f"meer dan {settings.second_approval_above} mensen")
    return list(dict.fromkeys(why))


def leads(news: News) -> list[str]:
    """What in any of its words leads elsewhere, also cut in pieces over them: in words, empty where nothing does."""
    return [reason for _, body in news.bodies for reason in reachable(body)] + scattered([b for _, b in news.bodies])


def deceives(news: News) -> list[str]:
    """What in any of its words a reader can't see or may take for something else, in words."""
    return [reason for language, body in news.bodies for reason in suspicious(body, language)]


async def _listeners(session: AsyncSession, now: datetime, news: News) -> int:
    """Of the whole update: one message in three languages is one message to all of them."""
    story = await whole(session, news.text.id)
    counts = [await audience_count(session, now, one.wanted_circle) for one in story.versions]
    return sum(count.listeners for count in counts)


async def return_(
    session: AsyncSession,
    now: datetime,
    text_id: UUID,
    account: Account,
    reason: str,
    *,
    seen: str,
    voice_id: UUID | None = None,
) -> News:
    """Back to the writer, with a reason, perhaps spoken; earlier approvals are void."""
    story, news = await _to_judge(session, text_id, account, "update.approve", seen)
    log(session, now, account, Verdict.RETURNED, news.text, reason, voice_id)
    news.text.state = "returned"
    news.text.approver_id = news.text.second_approver_id = news.text.approved_at = None
    settle(story)
    await session.flush()
    return news


async def unreturn(session: AsyncSession, now: datetime, text_id: UUID, account: Account, within: timedelta) -> bool:
    """Take back that it was sent back, by who sent it: it waits again. False: too late, or the writer went on."""
    story = await whole(session, text_id, lock=True)
    text = story.by_id(text_id).text
    query = select(Approval).where(Approval.update_text_id == text_id)
    last = (await session.scalars(query.order_by(Approval.at.desc(), Approval.id.desc()).limit(1))).first()
    if account.disabled_at or last is None or not await same_person(session, last.account_id, account):
        raise NotAllowed
    if story.update.state == "withdrawn" or text.state != "returned" or last.verdict != Verdict.RETURNED:
        return False
    if now > last.at + within:
        return False
    text.state = "submitted"
    log(session, now, account, Verdict.UNDONE, text)
    settle(story)
    await session.flush()
    return True


async def last_reason(session: AsyncSession, text_id: UUID) -> str | None:
    """Why a text was last sent back: a code of the chat, or what somebody wrote."""
    query = select(Approval.reason).where(Approval.update_text_id == text_id, Approval.verdict == Verdict.RETURNED)
    return (await session.scalars(query.order_by(Approval.at.desc(), Approval.id.desc()).limit(1))).first()


async def as_approved(session: AsyncSession, news: News) -> bool:
    """Whether what stands there now is, word for word, what was approved: the text and the Dutch below it."""
    text = news.text
    if news.update.state == "withdrawn" or text.state != "approved" or digest(text.body) != text.source_hash:
        return False
    if not await _judged(session, text, text.approver_id, (Verdict.APPROVED, Verdict.COSIGNED)):
        return False
    if await lost_trust(session, news):
        return False
    below = news.dutch
    if below is None:
        return True
    whole_dutch = digest(below.body) == below.source_hash
    return whole_dutch and await _judged(session, below, text.approver_id, (Verdict.BELOW,))


async def lost_trust(session: AsyncSession, news: News) -> bool:
    """Whether somebody who approved it was stopped, or who wrote it was and staff didn't look."""
    text = news.text
    if await _stopped(session, text.approver_id, text.second_approver_id):
        return True
    return text.second_approver_id is None and await _stopped(session, *_authors(news))


async def _stopped(session: AsyncSession, *account_ids: UUID | None) -> bool:
    """Whether one of these accounts is out of use, as things stand in the database."""
    known = [account_id for account_id in account_ids if account_id is not None]
    query = select(exists().where(Account.id.in_(known), Account.disabled_at.is_not(None)))
    return bool(await session.scalar(query))


def _authors(news: News) -> set[UUID]:
    return {news.update.author_id, news.text.author_id} | ({news.dutch.author_id} if news.dutch else set())


async def _judged(session: AsyncSession, row: UpdateText, by: UUID | None, verdicts: tuple[Verdict, ...]) -> bool:
    judged = select(func.count()).where(
        Approval.update_text_id == row.id,
        Approval.account_id == by,
        Approval.source_hash == row.source_hash,
        Approval.verdict.in_(verdicts),
    )
    return bool(await session.scalar(judged))


async def waiting(session: AsyncSession, account: Account) -> list[News]:
    """What this account can judge now, oldest first: as a speaker, as co-signer, or as second."""
    submitted = exists().where(UpdateText.update_id == Update.id, UpdateText.state == "submitted")
    query = select(Update).where(Update.state != "withdrawn", submitted).order_by(Update.created_at, Update.id)
    found = [news for story in await stories(session, query) for news in story.versions]
    return [news for news in found if news.text.state == "submitted" and await _awaits(session, news, account)]


async def _awaits(session: AsyncSession, news: News, account: Account) -> bool:
    if account.disabled_at or await _wrote(session, news, account):
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


async def _wrote(session: AsyncSession, news: News, account: Account) -> bool:
    return any([await same_person(session, author_id, account) for author_id in _authors(news)])


async def _to_judge(
    session: AsyncSession, text_id: UUID, account: Account, action: str, seen: str
) -> tuple[Story, News]:
    story = await whole(session, text_id, lock=True)
    news = story.by_id(text_id)
    if account.disabled_at or not may(account, action, language=news.text.language):
        raise NotAllowed
    if await _wrote(session, news, account):
        raise OwnText
    if story.update.state == "withdrawn" or news.text.state != "submitted":
        raise AlreadyJudged
    if seen != news.seen:
        raise Changed
    return story, news
