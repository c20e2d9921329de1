"""A talk that must leave no trace: both sides' messages in one chat, by the numbers their provider gave them.

The numbers stand beside the attempts (Delivery.provider_id) and the updates (Inbox.message); they name no person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.chats import Inbox, Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address
from messaging.channel import Outgoing

#: Telegram deletes nothing that is older.
REACH = timedelta(hours=48)

#: Of each side the newest; nobody talks more in two days.
MOST = 300

#: Pushes that belong to a talk. All others stay, opened ones too: an appointment doesn't go with a talk.
_OF_A_TALK = ("answer", "work")

#: Why an answer that was on its way doesn't go.
WIPED = "wiped"


async def clear(session: AsyncSession, now: datetime, address: Address, *, spare: str | None) -> tuple[str, ...]:
    """Forget the words of the last two days here; returns the provider's numbers of what must leave the screen.

    `spare` is the bubble that stays and becomes something else. Answers that are still on their way don't go.
    """
    on_its_way = update(Reply).where(Reply.address_id == address.id, Reply.state == "planned")
    await session.execute(on_its_way.values(state="withdrawn", reason=WIPED))
    ours, theirs = await _ours(session, now, address), await _theirs(session, now, address)
    for delivery in ours:
        delivery.text = None
    for update_ in theirs:
        update_.payload = {}
    await _empty(session, ours)
    await session.flush()
    numbers = [delivery.provider_id for delivery in ours] + [update_.message for update_ in theirs]
    return tuple(dict.fromkeys(number for number in numbers if number is not None and number != spare))


async def _ours(session: AsyncSession, now: datetime, address: Address) -> list[Delivery]:
    """What we said in a talk, as far as it can still be deleted."""
    here = (
        select(Delivery)
        .outerjoin(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.address_id == address.id, Delivery.provider_id.is_not(None))
    )
    talk = here.where(Delivery.handed_at > now - REACH).where(
        or_(Delivery.reply_id.is_not(None), Notice.kind.in_(_OF_A_TALK))
    )
    found = list(await session.scalars(talk.order_by(Delivery.handed_at.desc()).limit(MOST)))
    # A bubble that was changed has one number for all it ever said: a push that was opened, or something too old.
    stays = or_(Delivery.handed_at <= now - REACH, Notice.kind.not_in(_OF_A_TALK))
    changed = here.where(Delivery.provider_id.in_({one.provider_id for one in found}), stays)
    staying = set(await session.scalars(changed.with_only_columns(Delivery.provider_id)))
    return [delivery for delivery in found if delivery.provider_id not in staying]


async def _theirs(session: AsyncSession, now: datetime, address: Address) -> list[Inbox]:
    """What the person sent, handled: the very message that asks for this is still in hand."""
    query = (
        select(Inbox)
        .where(Inbox.sender_hash == address.handle_hash, Inbox.received_at > now - REACH)
        .where(Inbox.handled_at.is_not(None))
        .order_by(Inbox.received_at.desc())
        .limit(MOST)
    )
    return list(await session.scalars(query))


async def _empty(session: AsyncSession, ours: Sequence[Delivery]) -> None:
    """The answers as they were rendered hold the same words."""
    ids = [delivery.reply_id for delivery in ours if delivery.reply_id is not None]
    for reply in await session.scalars(select(Reply).where(Reply.id.in_(ids))):
        reply.message = Outgoing(text="", language=reply.language).as_json()
