"""Exactly one version of news in one language is called back: what waits stays, what stands on a screen is changed, and
whoever got it is told, at once that it was wrong or, once another speaker approved it, what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, any_, exists, false, func, literal, or_, select, union
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from content import corrections, news, render
from content.approvals import AlreadyJudged, NotAllowed, Refused
from content.inforce import InForce
from content.news import News, Story
from content.parts import Choice, Part
from core.languages import SOURCE
from core.settings import Settings
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Account, Address, Person, PersonAddress
from core.tables.texts import Broadcast, UpdateText
from messaging.channel import from_json
from scheduler import forms, mailing, notices, replies
from scheduler.rules import House, quiet_end

#: Why a notice stays that was on its way.
RECALLED = "recalled"

#: How long people may still hear that something was not right.
_TOLD_WITHIN = timedelta(days=7)

#: States of a broadcast from which nobody heard anything.
_NOT_YET = ("planned", "withdrawn")

#: What stands where recalled news stood.
_WRONG = Part(unit="updates", name="wrong")
_HOME = (Choice(button="home", action="menu.open"),)

#: Address, channel, and the provider's name of a bubble there (None: it will be a new one).
_Bubble = tuple[UUID, str, str | None]


class NotOut(Refused):
    """Deze tekst is nog niet verstuurd."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a version came, in people; show all through content.audience.shown."""

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
    row = await _broadcast(session, text_id)
    if row is None or row.state in _NOT_YET:
        raise NotOut
    # Whoever opens it at this moment is answered first, and her answer is found; who comes later reads what is true.
    await news.hold(session, text_id, alone=True)
    found = await corrections.take_back(session, text_id, account)
    stopped = await notices.withdraw(session, found.text.id, RECALLED)
    row.recalled_at, row.recalled_by, row.state = now, account.id, "recalled"
    if tell:
        _tell_at(row, now + timedelta(seconds=settings.undo_seconds))
    await _wipe_screens(session, now, settings, texts, found)
    await session.flush()
    return Reach(got=await _count(session, got([found])), waiting=stopped)


async def say_wrong(session: AsyncSession, now: datetime, settings: Settings, text_id: UUID, account: Account) -> None:
    """Nobody waits for the right text any longer: people hear that it was wrong. Raises Refused."""
    row = await _broadcast(session, text_id)
    found = await news.locked(session, text_id)
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
    """Whoever got a recalled version hears that it was wrong; the caller holds the broadcast. How many."""
    found = await news.locked(session, row.update_text_id)
    row.state = "told"
    due = quiet_end(row.due, House.of(settings)) or row.due
    return await mailing.add(
        *(session, now, found.text.id, got([found])), due=due, use_by=due + _TOLD_WITHIN, step=mailing.CHANGED
    )


async def correct(session: AsyncSession, now: datetime, story: Story, right: News, due: datetime) -> int:
    """Whoever got an earlier version in this language hears the right one, and nobody else; how many."""
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


async def unopened(
    session: AsyncSession, notice_id: UUID, person_id: UUID, text_id: UUID, address_id: UUID
) -> tuple[str, ...]:
    """The pushes of recalled versions that still stand unopened there: they go when this notice says what is true."""
    mine, wrong = aliased(UpdateText), aliased(UpdateText)
    versions = (
        select(wrong.id)
        .join(mine, (mine.update_id == wrong.update_id) & (mine.language == wrong.language))
        .where(mine.id == text_id, wrong.state == "recalled")
    )
    pushed = (
        select(Delivery.provider_id)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Notice.person_id == person_id, Notice.kind == mailing.KIND, Notice.id != notice_id)
        .where(Notice.source_id.in_(versions))
        .where(Delivery.address_id == address_id, Delivery.provider_id.is_not(None))
    )
    opened = aliased(Delivery)
    later = exists().where(
        opened.address_id == address_id, opened.provider_id == Delivery.provider_id, opened.reply_id.is_not(None)
    )
    return tuple(name for name in await session.scalars(pushed.where(~later)) if name is not None)


async def _broadcast(session: AsyncSession, text_id: UUID) -> Broadcast | None:
    """Locked, before its update: who fans out takes them in this order."""
    query = select(Broadcast).where(Broadcast.update_text_id == text_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def _wipe_screens(session: AsyncSession, now: datetime, settings: Settings, texts: InForce, found: News) -> None:
    """Bubbles that show it say that it was wrong, where a channel changes what it showed; a change makes no sound."""
    bubbles = {*await _standing(session, found), *await _on_their_way(session, found)}
    said = Part(unit=_WRONG.unit, name=_WRONG.name, values=forms.standing(settings))
    bubble = render.bubble(texts, (found.text.language,), (said,), _HOME, echo=True)
    for address_id, channel, name in sorted(bubbles, key=str):
        await replies.put(session, now, address_id, forms.outgoing(bubble, _HOME, channel, edit=name))


async def _standing(session: AsyncSession, found: News) -> list[_Bubble]:
    """Where it can be read at this moment: the last that was said in that bubble."""
    shown = aliased(Delivery)
    said_there = exists().where(
        shown.address_id == Delivery.address_id,
        shown.provider_id == Delivery.provider_id,
        shown.text_hash == found.mark,
        shown.reply_id.is_not(None),
    )
    query = (
        select(Delivery.address_id, Delivery.channel, Delivery.provider_id, Delivery.text_hash)
        .ext(distinct_on(Delivery.address_id, Delivery.provider_id))
        .outerjoin(Reply, Reply.id == Delivery.reply_id)
        .where(Delivery.channel.in_(forms.EDITED), Delivery.provider_id.is_not(None), said_there)
        .order_by(Delivery.address_id, Delivery.provider_id, Reply.n.desc().nulls_last())
    )
    rows = (await session.execute(query)).all()
    return [(row.address_id, row.channel, row.provider_id) for row in rows if row.text_hash == found.mark]


async def _on_their_way(session: AsyncSession, found: News) -> list[_Bubble]:
    """Answers that would still say it: what hasn't started stays, and its place says that it was wrong."""
    query = (
        select(Reply, Address.channel)
        .join(Address, Address.id == Reply.address_id)
        .where(Reply.state.in_(("planned", "handing")), Reply.closes.is_(None))
        .with_for_update(of=Reply)
    )
    bubbles: list[_Bubble] = []
    for reply, channel in (await session.execute(query)).all():
        message = from_json(reply.message or {})
        if message.says != found.mark:
            continue
        if reply.state == "planned":
            reply.state, reply.reason = "withdrawn", RECALLED
            bubbles.append((reply.address_id, channel, message.edit))
        elif message.edit is not None and channel in forms.EDITED:
            bubbles.append((reply.address_id, channel, message.edit))
    return bubbles
