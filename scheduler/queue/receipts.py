"""What providers tell by themselves: a receipt moves its delivery forward and with it the notice; a failure looks for
another way, and an address may be gone or back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import addresses
from core.database import ring
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from messaging import receipts
from messaging.channel import Back, Gone, Reached, Receipt
from scheduler.queue import deliveries, locking

#: Why a delivery is still in doubt: the provider's own list doesn't hold it.
NOT_FOUND = "not_found"

#: States of a delivery that a receipt may still move, as far as they got.
_SO_FAR = {
    "handing": Reached.SENT,
    "unsure": Reached.SENT,
    "sent": Reached.SENT,
    "failed": Reached.FAILED,
    "delivered": Reached.DELIVERED,
    "read": Reached.READ,
}

_WAITS = Notice.state.in_(("planned", "claimed"))
_IN_DOUBT = or_(Notice.state == "unsure", and_(Notice.again, _WAITS))

#: After this it is tried once more where a phone was only off.
PASSING_WAIT = timedelta(minutes=10)

#: Why an address was gone that may come back by itself.
_MAY_COME_BACK = ("blocked", "chat_gone", "account_gone")


async def apply(session: AsyncSession, now: datetime, receipt: Receipt | Gone | Back) -> Delivery | None:
    """Record what was told; early, late, twice and out of order do no harm. None: of no delivery of ours."""
    if isinstance(receipt, Gone | Back):
        await _address(session, now, receipt)
        return None
    delivery = await _delivery(session, receipt)
    if delivery is None:
        return None
    delivery.provider_id = delivery.provider_id or receipt.provider_id
    so_far, failed_for = _SO_FAR[delivery.state], delivery.reason
    reached = receipts.further(so_far, receipt.reached)
    if receipt.dead and reached is Reached.FAILED:
        await deliveries.bury(session, now, delivery.address_id, receipt.reason or "address_dead")
    if delivery.state not in ("handing", "unsure") and reached is so_far:
        return delivery
    delivery.state = reached.value
    if reached is Reached.FAILED:
        delivery.reason, delivery.provider_code = receipt.reason or "not_delivered", receipt.code
    else:
        delivery.reason = None
        delivery.delivered_at = delivery.delivered_at or (now if reached is not Reached.SENT else None)
        delivery.read_at = delivery.read_at or (now if reached is Reached.READ else None)
    await _carry_over(session, delivery, reached, failed_for if so_far is Reached.FAILED else None)
    await session.flush()
    return delivery


async def _address(session: AsyncSession, now: datetime, told: Gone | Back) -> None:
    address = await addresses.at(session, told.channel, told.handle)
    if address is None:
        return
    if isinstance(told, Gone):
        await deliveries.bury(session, now, address.id, told.reason)
    elif address.dead_reason in _MAY_COME_BACK:
        address.dead_at = address.dead_reason = None


async def failed_early(session: AsyncSession, delivery_id: UUID) -> None:
    """A receipt said so before the provider's own answer was written down: now it counts."""
    delivery = await session.get_one(Delivery, delivery_id, populate_existing=True)
    await _carry_over(session, delivery, Reached.FAILED)


async def not_found(session: AsyncSession, delivery_id: UUID) -> None:
    """The provider has no such message, long after it was handed over: a reminder may go as if for the first time.

    What is never repeated stays in doubt, and its reason tells staff what the provider said.
    """
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.state == "unsure").with_for_update()
    delivery = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if delivery is None:
        return
    delivery.reason = NOT_FOUND
    notice = await session.get(Notice, delivery.notice_id) if delivery.notice_id else None
    if notice is not None and notice.doubt == "once_more":
        delivery.state = Reached.FAILED.value
        await _carry_over(session, delivery, Reached.FAILED)
    await session.flush()


async def _delivery(session: AsyncSession, receipt: Receipt) -> Delivery | None:
    """By the provider's own number; by ours only where the delivery has no number of the provider's yet."""
    theirs = Delivery.provider_id == receipt.provider_id
    found = theirs
    if receipt.delivery_id is not None:
        found = or_(theirs, and_(Delivery.id == receipt.delivery_id, Delivery.provider_id.is_(None)))
    query = select(Delivery).where(Delivery.channel == receipt.channel, found)
    query = query.order_by(theirs.desc().nulls_last(), Delivery.handed_at.desc())
    return (await session.scalars(query.limit(1).with_for_update())).one_or_none()


async def _carry_over(
    session: AsyncSession, delivery: Delivery, reached: Reached, failed_for: str | None = None
) -> None:
    """A notice follows its delivery; one that surely didn't arrive is tried again, or at the next address.

    `failed_for`: this delivery was thought to have failed, for this reason.
    """
    if delivery.reply_id is not None and reached is not Reached.FAILED:
        settled = update(Reply).where(Reply.id == delivery.reply_id, Reply.state == "unsure")
        await session.execute(settled.values(state="sent", reason=None))
    if delivery.notice_id is None:
        return
    notice = await session.get(Notice, delivery.notice_id, with_for_update=True, populate_existing=True)
    if notice is None:
        return
    waits = notice.state in ("planned", "claimed")
    doubted = waits or notice.state == "unsure"
    if reached is Reached.FAILED:
        if notice.state in ("sent", "unsure") or (waits and notice.again):
            await _failed(session, notice, delivery)
    elif (
        notice.state in ("sent", "delivered", "unsure")
        or (waits and notice.again)
        or (waits and failed_for is not None and await _waits_for(session, notice, delivery, failed_for))
    ):
        notice.state, notice.reason, notice.retry_at = reached.value, None, None
        notice.token, notice.lease_until = None, None
        if doubted:
            came = {"state": "sent", "reason": None, "retry_at": None, "token": None, "lease_until": None}
            await _along(session, notice, or_(_IN_DOUBT, _WAITS & (Notice.reason == failed_for)), came)


async def _failed(session: AsyncSession, notice: Notice, delivery: Delivery) -> None:
    if not await _is_newest(session, delivery):
        return
    # The machine's time: retries don't move with the service's.
    retry_at = func.now() + PASSING_WAIT if delivery.reason in receipts.PASSING else None
    again = {"reason": delivery.reason, "retry_at": retry_at, "again": False, "token": None, "lease_until": None}
    # Newer news of the same step goes instead: no two may stand there.
    state = case((_planned_anew(), "failed"), else_="planned")
    itself = update(Notice).where(Notice.id == notice.id).values(state=state, **again)
    await session.execute(itself.execution_options(synchronize_session=False))
    # What its message said too didn't arrive either; what was answered since needs no more.
    wanted = Notice.answered_at.is_(None) & or_(Notice.state == "sent", _IN_DOUBT)
    await _along(session, notice, wanted, {"state": state, **again})
    await ring(session)


def _planned_anew() -> ColumnElement[bool]:
    """Whether the same step of the same source waits or is on its way once more."""
    other = aliased(Notice)
    same = (other.person_id == Notice.person_id) & (other.source_id == Notice.source_id) & (other.step == Notice.step)
    return select(other.id).where(same, other.is_open, other.id != Notice.id).exists()


async def _along(session: AsyncSession, lead: Notice, which: ColumnElement[bool], values: Mapping[str, Any]) -> None:
    theirs = update(Notice).where(
        locking.in_order(Notice.person_id == lead.person_id, Notice.lead_id == lead.id, which)
    )
    await session.execute(theirs.values(**values).execution_options(synchronize_session=False))


async def _waits_for(session: AsyncSession, notice: Notice, delivery: Delivery, reason: str) -> bool:
    """Whether it waits to be said again only because this delivery was thought to have failed."""
    return notice.reason == reason and notice.attempts > 0 and await _is_newest(session, delivery)


async def _is_newest(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether no later attempt was made: what fails after that one went says nothing of it."""
    query = select(Delivery.id).where(Delivery.notice_id == delivery.notice_id, Delivery.id != delivery.id)
    later = query.where(Delivery.handed_at >= delivery.handed_at)
    return (await session.scalars(later.limit(1))).first() is None
