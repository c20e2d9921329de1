"""A provider's receipt moves its delivery forward, and with it the notice; a failure looks for another way."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import ring
from core.tables.notices import Delivery, Notice
from messaging import receipts
from messaging.channel import Reached, Receipt
from scheduler import deliveries

#: States of a delivery that a receipt may still move, as far as they got.
_SO_FAR = {
    "handing": Reached.SENT,
    "unsure": Reached.SENT,
    "sent": Reached.SENT,
    "failed": Reached.FAILED,
    "delivered": Reached.DELIVERED,
    "read": Reached.READ,
}


async def apply(session: AsyncSession, now: datetime, receipt: Receipt) -> Delivery | None:
    """Record how far a message came; early, late, twice and out of order do no harm. None: not one of ours."""
    delivery = await _delivery(session, receipt)
    if delivery is None:
        return None
    delivery.provider_id = delivery.provider_id or receipt.provider_id
    reached = receipts.further(_SO_FAR[delivery.state], receipt.reached)
    if delivery.state not in ("handing", "unsure") and reached is _SO_FAR[delivery.state]:
        return delivery
    delivery.state = reached.value
    if reached is Reached.FAILED:
        delivery.reason, delivery.provider_code = receipt.reason or "not_delivered", receipt.code
    else:
        delivery.reason = None
        delivery.delivered_at = delivery.delivered_at or (now if reached is not Reached.SENT else None)
        delivery.read_at = delivery.read_at or (now if reached is Reached.READ else None)
    if receipt.dead:
        await deliveries.bury(session, now, delivery.address_id, delivery.reason or "address_dead")
    await _carry_over(session, delivery, reached)
    await session.flush()
    return delivery


async def _delivery(session: AsyncSession, receipt: Receipt) -> Delivery | None:
    ours = Delivery.provider_id == receipt.provider_id
    if receipt.delivery_id is not None:
        ours = or_(ours, Delivery.id == receipt.delivery_id)
    query = select(Delivery).where(Delivery.channel == receipt.channel, ours).order_by(Delivery.handed_at.desc())
    return (await session.scalars(query.limit(1).with_for_update())).one_or_none()


async def _carry_over(session: AsyncSession, delivery: Delivery, reached: Reached) -> None:
    """A notice follows its delivery; one that surely didn't arrive goes to the next address."""
    if delivery.notice_id is None:
        return
    notice = await session.get(Notice, delivery.notice_id, with_for_update=True, populate_existing=True)
    if notice is None:
        return
    waits_for_doubt = notice.again and notice.state in ("planned", "claimed")
    if reached is Reached.FAILED:
        if notice.state in ("sent", "unsure") or waits_for_doubt:
            notice.state, notice.reason, notice.retry_at = "planned", delivery.reason, None
            notice.token, notice.lease_until, notice.again = None, None, False
            await ring(session)
    elif notice.state in ("sent", "delivered", "unsure") or waits_for_doubt:
        notice.state, notice.reason, notice.retry_at = reached.value, None, None
        notice.token, notice.lease_until = None, None
