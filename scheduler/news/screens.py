"""News that was called back, on people's screens: its words are changed, and its files go."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from content import render
from content.inforce import InForce
from content.parts import Choice, Part
from content.updates.news import News
from core.settings import Settings
from core.tables.chats import Reply
from core.tables.notices import Delivery
from core.tables.people import Address
from messaging.channel import from_json
from scheduler.queue import replies
from scheduler.sending import forms

#: Why a notice or an answer stays that was on its way.
RECALLED = "recalled"

#: What stands where recalled news stood.
_WRONG = Part(unit="updates", name="wrong")
_HOME = (Choice(button="home", action="menu.open"),)


class _Shown(NamedTuple):
    """A bubble that says it."""

    address_id: UUID
    channel: str
    name: str | None  #: at the provider; None: it isn't there yet
    has_file: bool  #: a picture or a voice: its words can be changed, the file can only go


async def wipe(session: AsyncSession, now: datetime, settings: Settings, texts: InForce, found: News) -> None:
    """What shows it says that it was wrong, and its voice and picture go, where a channel can; without a sound."""
    said = Part(unit=_WRONG.unit, name=_WRONG.name, values=forms.standing(settings))
    bubble = render.bubble(texts, (found.text.language,), (said,), _HOME, echo=True)
    shown = {*await _standing(session, found), *await _on_their_way(session, found)}
    by_address: defaultdict[tuple[UUID, str], list[_Shown]] = defaultdict(list)
    for one in shown:
        by_address[one.address_id, one.channel].append(one)
    for (address_id, channel), bubbles in sorted(by_address.items(), key=str):
        files = tuple(sorted(one.name for one in bubbles if one.has_file and one.name))
        words = sorted({one.name for one in bubbles if not one.has_file}, key=str) or [None]
        for place, name in enumerate(words):
            gone = files if place == 0 else ()
            message = forms.outgoing(bubble, _HOME, channel, edit=name, remove=gone, silent=True)
            await replies.put(session, now, address_id, message)


async def _standing(session: AsyncSession, found: News) -> list[_Shown]:
    """Where it can be read or heard at this moment: the last that was said in that bubble."""
    shown = aliased(Delivery)
    said_there = exists().where(
        shown.address_id == Delivery.address_id,
        shown.provider_id == Delivery.provider_id,
        shown.text_hash == found.mark,
        shown.reply_id.is_not(None),
    )
    query = (
        select(Delivery, Reply)
        .ext(distinct_on(Delivery.address_id, Delivery.provider_id))
        .outerjoin(Reply, Reply.id == Delivery.reply_id)
        .where(Delivery.channel.in_(forms.EDITED), Delivery.provider_id.is_not(None), said_there)
        .order_by(Delivery.address_id, Delivery.provider_id, Reply.n.desc().nulls_last())
    )
    rows = (await session.execute(query)).all()
    return [
        _Shown(row.address_id, row.channel, row.provider_id, _has_file(reply))
        for row, reply in rows
        if row.text_hash == found.mark
    ]


def _has_file(reply: Reply | None) -> bool:
    """As far as is known: after 7 days the words of an answer are wiped, and a file can't be taken away any more."""
    said = reply.message if reply is not None else None
    message = None if said is None else from_json(said)
    return message is not None and message.edit is None and bool(message.voice or message.picture)


async def _on_their_way(session: AsyncSession, found: News) -> list[_Shown]:
    """Answers that would still say it: what hasn't started stays, and its place says that it was wrong."""
    query = (
        select(Reply, Address.channel)
        .join(Address, Address.id == Reply.address_id)
        .where(Reply.state.in_(("planned", "handing")), Reply.closes.is_(None))
        .with_for_update(of=Reply)
    )
    bubbles: list[_Shown] = []
    for reply, channel in (await session.execute(query)).all():
        message = from_json(reply.message or {})
        if message.says != found.mark:
            continue
        if reply.state == "planned":
            reply.state, reply.reason = "withdrawn", RECALLED
        elif message.edit is None or channel not in forms.EDITED:
            continue
        if message.text:
            bubbles.append(_Shown(reply.address_id, channel, message.edit, has_file=False))
    return bubbles
