"""Answers on their way: written with the chat's new state, sent before anything else, never in doubt twice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.database import ring
from core.ids import new_id
from core.tables.chats import Reply
from core.tables.notices import Delivery
from core.tables.people import Address
from core.values import Handle
from messaging.channel import Outgoing, Verdict, from_json
from scheduler.queue import deliveries
from scheduler.queue.claims import Call, Outcome
from scheduler.queue.handover import ON_HOLD
from scheduler.queue.leases import LEASE, MOST_ATTEMPTS

log = structlog.get_logger(__name__)

_OPEN = ("planned", "handing")

#: Why an answer stays away: its phone said STOP.
STOPPED = "opted_out"


async def put(
    session: AsyncSession,
    now: datetime,
    address_id: UUID,
    message: Outgoing,
    *,
    due: datetime | None = None,
    closes: str | None = None,
) -> UUID:
    """Queue an answer for an address; with `due` later than now it closes an opened bubble then."""
    reply = Reply(
        address_id=address_id,
        message=message.as_json(),
        language=message.language,
        due=due or now,
        closes=closes,
        state="planned",
        created_at=now,
    )
    session.add(reply)
    await session.flush()
    await ring(session)
    return reply.id


async def hand_over(
    session: AsyncSession,
    now: datetime,
    real: datetime,
    limit: int,
    *,
    token: UUID | None = None,
    without: Collection[str] = (),
) -> list[Call]:
    """Planned -> handing for the next answer of each chat, with the attempt on record; commit before the calls.

    `without` names the channels that are paused. By `token` they are found again (`taken`).
    """
    earlier = aliased(Reply)
    waits = (
        select(earlier.id)
        .where(earlier.address_id == Reply.address_id, earlier.n < Reply.n)
        .where(earlier.due <= now, earlier.state.in_(_OPEN))
        .exists()
    )
    ready = (
        select(Reply.id)
        .join(Address, Address.id == Reply.address_id)
        .where(Reply.state == "planned", Reply.due <= now, ~waits, Address.channel.not_in(list(without)))
        .where(or_(Reply.retry_at.is_(None), Reply.retry_at <= real))
        .order_by(Reply.n)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Reply)
    )
    statement = (
        update(Reply)
        .where(Reply.id == func.any(func.array(ready.scalar_subquery())), Address.id == Reply.address_id)
        .values(state="handing", token=token or new_id(), lease_until=real + LEASE, attempts=Reply.attempts + 1)
        .returning(
            Reply.id, Reply.token, Reply.address_id, Reply.message_sealed, Address.channel, Address.handle_sealed
        )
        .execution_options(synchronize_session=False)
    )
    calls = await _readable(session, (await session.execute(statement)).all())
    await deliveries.open_calls(session, now, "reply_id", calls)
    return calls


async def _readable(session: AsyncSession, rows: Sequence[Any]) -> list[Call]:
    """Those that can be read; the others end, and don't hold up the rest."""
    calls, broken = [], []
    for row in rows:
        try:
            calls.append(_call(row))
        except Exception as error:
            # Swapped, or of a later release: whatever it breaks on, it must not hold up the others.
            log.error("answer_unreadable", channel=row.channel, error=type(error).__name__)
            broken.append(row.id)
    if broken:
        ended = update(Reply).where(Reply.id.in_(broken))
        await session.execute(ended.values(state="failed", reason="unsayable", token=None, lease_until=None))
    return calls


async def stop(session: AsyncSession, address_id: UUID) -> None:
    """STOP: what waits for this address stays away, what is being handed over isn't tried again.

    What closes opened details says nothing new, and still goes.
    """
    theirs = update(Reply).where(Reply.address_id == address_id, Reply.closes.is_(None))
    theirs = theirs.execution_options(synchronize_session=False)
    await session.execute(theirs.where(Reply.state == "planned").values(state="withdrawn", reason=STOPPED))
    await session.execute(theirs.where(Reply.state == "handing").values(reason=STOPPED))


async def still_wanted(session: AsyncSession, call: Call) -> bool:
    """Whether an answer that had to wait on record may start: nobody said STOP since, and no hold was put on."""
    wanted = select(Reply.id).where(Reply.id == call.item_id, Reply.state == "handing", Reply.token == call.token)
    wanted = wanted.where(func.coalesce(Reply.reason, "") != STOPPED, ~ON_HOLD)
    return (await session.scalars(wanted)).first() is not None


async def taken(session: AsyncSession, token: UUID) -> list[Call]:
    """What a hand-over took whose commit wasn't heard of, as it stands on record."""
    query = (
        select(
            Reply.id,
            Reply.token,
            Reply.address_id,
            Reply.message_sealed,
            Address.channel,
            Address.handle_sealed,
            Delivery.id.label("delivery_id"),
        )
        .join(Address, Address.id == Reply.address_id)
        .join(Delivery, Delivery.reply_id == Reply.id)
        .where(Reply.token == token, Reply.state == "handing", Delivery.state == "handing")
    )
    return [_call(row, row.delivery_id) for row in await session.execute(query)]


def _call(row: Any, delivery_id: UUID | None = None) -> Call:
    handle: Handle = Address.handle.open(Address.__tablename__, row.address_id, row.handle_sealed)
    message = from_json(Reply.message.open(Reply.__tablename__, row.id, row.message_sealed))
    return Call(
        delivery_id=delivery_id or new_id(),
        item_id=row.id,
        token=row.token,
        version=1,
        address_id=row.address_id,
        channel=row.channel,
        handle=handle,
        message=message,
        text_hash=message.says,
    )


async def finish(session: AsyncSession, now: datetime, real: datetime, outcomes: Sequence[Outcome]) -> None:
    """Handing -> what the provider said. In doubt an answer is never sent again: the person can tap again."""
    await deliveries.close_calls(session, now, real, outcomes)
    for outcome in outcomes:
        reply = await session.get(Reply, outcome.call.item_id, populate_existing=True)
        if reply is not None and (reply.state, reply.reason) == ("unsure", "worker_lost") and outcome.sent is not None:
            reply.state, reply.reason = "sent", None  # the sweep gave up on it; now its answer is known
            continue
        if reply is None or reply.state != "handing" or reply.token != outcome.call.token:
            continue
        reply.token, reply.lease_until = None, None
        error = outcome.error
        if error is None:
            reply.state, reply.reason = "sent", None
            continue
        stopped, reply.reason = reply.reason == STOPPED, error.reason
        if not outcome.started or error.verdict is Verdict.PAUSE:
            reply.attempts -= 1
        if stopped and error.verdict in (Verdict.RETRY, Verdict.PAUSE):
            reply.state, reply.reason = "withdrawn", STOPPED
        elif error.verdict is Verdict.RETRY and reply.attempts >= MOST_ATTEMPTS:
            reply.state = "failed"  # it must not hold back what else is said in this chat
        elif error.verdict in (Verdict.RETRY, Verdict.PAUSE):
            reply.state, reply.retry_at = "planned", deliveries.wait(real, error, reply.attempts)
        else:
            reply.state = "unsure" if error.verdict is Verdict.UNSURE else "failed"
    await session.flush()


async def sweep(session: AsyncSession, real: datetime) -> int:
    """Answers whose worker died while handing over may have left: they are unsure."""
    lapsed = await session.scalars(
        update(Reply)
        .where(Reply.state == "handing", Reply.lease_until < real)
        .values(state="unsure", reason="worker_lost", token=None, lease_until=None)
        .returning(Reply.id)
    )
    ids = lapsed.all()
    await session.execute(
        update(Delivery)
        .where(Delivery.reply_id.in_(ids), Delivery.state == "handing")
        .values(state="unsure", reason="worker_lost")
    )
    return len(ids)
