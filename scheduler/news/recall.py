"""Exactly one version of news in one language is called back: what waits stays, what stands on a screen is changed, and
whoever got it is told, at once that it was wrong or, once another speaker approved it, what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, any_, false, func, literal, or_, select, union
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import AlreadyJudged, NotAllowed, Refused
from content.inforce import InForce
from content.updates import corrections, news
from content.updates.news import News, Story
from core.languages import SOURCE
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from core.tables.people import Account, Person, PersonAddress
from core.tables.texts import Broadcast, UpdateText
from scheduler.news import screens
from scheduler.news.screens import RECALLED
from scheduler.queue import mailing, notices
from scheduler.rules import House, quiet_end

#: How long people may still hear that something was not right.
_TOLD_WITHIN = timedelta(days=7)

#: States of a broadcast from which nobody heard anything.
_NOT_YET = ("planned", "withdrawn")


class NotOut(Refused):
    """Deze tekst is nog niet verstuurd."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a version came, in people; show all through content.updates.audience.shown."""

    got: int
    waiting: int  #: still in the queue
    stopped: int = 0  #: taken out of it by the recall


async def recall(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    texts: InForce,
    text_id: UUID,
    account: Account,
    *,
    tell: bool,
) -> Reach:
    """Take a version back. `tell`: people hear in `undo_seconds` that it was wrong; else they wait for the right text.

    Returns who got it, and for how many it was still stopped. Raises Refused.
    """
    row = await _broadcast(session, (await news.locked(session, text_id)).text.id)
    if row is None or row.state in _NOT_YET:
        raise NotOut
    # Whoever opens it at this moment is answered first, and her answer is found; who comes later reads what is true.
    await news.hold(session, text_id, alone=True)
    found = await corrections.take_back(session, text_id, account)
    stopped = await notices.withdraw(session, found.text.id, RECALLED)
    row.recalled_at, row.recalled_by, row.state = now, account.id, "recalled"
    if tell:
        _tell_at(row, now + timedelta(seconds=settings.undo_seconds))
    await screens.wipe(session, now, settings, texts, found)
    await session.flush()
    return Reach(got=await _count(session, got([found])), waiting=stopped)


async def say_wrong(session: AsyncSession, now: datetime, settings: Settings, text_id: UUID, account: Account) -> None:
    """Nobody waits for the right text any longer: people hear that it was wrong. Raises Refused."""
    found = await news.locked(session, text_id)
    row = await _broadcast(session, found.text.id)
    if not await corrections.may_recall(session, found, account):
        raise NotAllowed
    if row is None or row.state in _NOT_YET or row.state == "done":
        raise NotOut
    if row.state != "recalled":
        raise AlreadyJudged("De mensen weten het al, of horen het zo.")
    _tell_at(row, now + timedelta(seconds=settings.undo_seconds))
    await session.flush()


def _tell_at(row: Broadcast, moment: datetime) -> None:
    row.state, row.due = "telling", moment


async def reach(session: AsyncSession, found: News) -> Reach:
    """How many people have a version, for how many it still waits, and for how many it was stopped."""
    waits = Notice.state.in_(("planned", "claimed"))
    stays = (Notice.state == "withdrawn") & (Notice.reason == RECALLED)
    told = (Notice.step == mailing.CHANGED) if found.text.state == "recalled" and not found.corrects else false()
    counts = select(func.count().filter(waits), func.count().filter(stays))
    of_this = (Notice.source_id == found.text.id, Notice.kind == mailing.KIND)
    waiting, stopped = (await session.execute(counts.where(*of_this, ~told))).one()
    return Reach(got=await _count(session, got([found])), waiting=waiting, stopped=stopped)


async def _count(session: AsyncSession, people: Select[UUID]) -> int:
    return int((await session.execute(select(func.count()).select_from(people.subquery()))).scalar_one())


def got(versions: Sequence[News]) -> Select[UUID]:
    """The ids of everybody who was told of one of these versions, surely or possibly, or read it in the list."""
    ids, languages = [found.text.id for found in versions], {found.text.language for found in versions}
    told = select(Notice.person_id.label("id")).where(Notice.source_id.in_(ids), Notice.kind == mailing.KIND)
    told = told.where(notices.is_told, Notice.state != "failed")
    # Of those who share a phone, whoever reads this language; Dutch is for everybody.
    reads = [literal(language) == any_(Person.languages) for language in languages if language != SOURCE]
    read = (
        select(PersonAddress.person_id.label("id"))
        .join(Person, Person.id == PersonAddress.person_id)
        .join(Delivery, Delivery.address_id == PersonAddress.address_id)
        .where(Delivery.text_hash.in_([found.mark for found in versions]), Delivery.reply_id.is_not(None))
        .where(Delivery.state != "failed", PersonAddress.verified_at.is_not(None))
    )
    if SOURCE not in languages:
        read = read.where(or_(false(), *reads))
    everybody = union(told, read).subquery()
    return select(everybody.c.id)


def wrong_before(story: Story, right: UpdateText) -> list[News]:
    """The recalled versions that this one stands in for."""
    earlier = [row for row in story.texts if row.language == right.language and row.version < right.version]
    return [story.of(row) for row in earlier if row.state == "recalled"]


async def tell(session: AsyncSession, now: datetime, settings: Settings, row: Broadcast) -> int:
    """Whoever got a recalled version hears that it was wrong; the caller holds its update and broadcast. How many."""
    found = await news.locked(session, row.update_text_id)
    row.state = "told"
    due = quiet_end(row.due, House.of(settings)) or row.due
    return await mailing.add(
        *(session, now, found.text.id, got([found])), due=due, use_by=due + _TOLD_WITHIN, step=mailing.CHANGED
    )


async def correct(session: AsyncSession, now: datetime, story: Story, right: News, due: datetime) -> int:
    """Whoever got an earlier version in this language hears the right one, and nobody else; how many.

    The caller holds the update, and with it the broadcasts of those versions.
    """
    wrong = wrong_before(story, right.text)
    ids = [found.text.id for found in wrong]
    await notices.withdraw_all(session, ids, RECALLED)
    await session.execute(
        sql_update(Broadcast)
        .where(Broadcast.update_text_id.in_(ids), Broadcast.corrected_by.is_(None))
        .values(corrected_by=right.text.id, state="told")
    )
    return await mailing.add(
        *(session, now, right.text.id, got(wrong)), due=due, use_by=due + _TOLD_WITHIN, step=mailing.CHANGED
    )


async def _broadcast(session: AsyncSession, text_id: UUID) -> Broadcast | None:
    """Locked; the caller holds its update, which comes first everywhere."""
    query = select(Broadcast).where(Broadcast.update_text_id == text_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
