"""Attempts on record: written before a call, completed after it, in bulk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core.tables.channels import ChannelState
from core.tables.notices import Delivery
from core.tables.people import Address
from core.values import Private
from messaging.channel import SendError, Verdict
from scheduler.claims import Call, Outcome

Owner = Literal["notice_id", "reply_id"]

#: How long to wait when a provider didn't say, doubled with every attempt.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)


async def open_calls(session: AsyncSession, now: datetime, owner: Owner, calls: Sequence[Call]) -> None:
    """Put attempts on record, before the provider hears of them."""
    if calls:
        await session.execute(insert(Delivery), [_row(now, owner, call) for call in calls])


def _row(now: datetime, owner: Owner, call: Call) -> dict[str, Any]:
    text = Private(call.message.text)
    return {
        "id": call.delivery_id,
        owner: call.item_id,
        "address_id": call.address_id,
        "channel": call.channel,
        "attempt": 1,
        "state": "handing",
        "language": call.message.language,
        "text_sealed": Delivery.text.seal(Delivery.__tablename__, call.delivery_id, text),
        "text_hash": call.text_hash,
        "handed_at": now,
    }


async def close_calls(session: AsyncSession, now: datetime, real: datetime, outcomes: Sequence[Outcome]) -> None:
    """Record how calls ended, and what that says of addresses and channels."""
    if not outcomes:
        return
    connection = await session.connection()
    await connection.execute(_CLOSE, [_ending(outcome) for outcome in outcomes])
    for outcome in outcomes:
        if outcome.error is not None:
            await _learn(session, now, real, outcome.call, outcome.error)


def _said(name: str, column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """What the call said, or else what a receipt said before."""
    return func.coalesce(bindparam(name, type_=column.type), column)


_STATE: ColumnElement[str] = bindparam("b_state", type_=Delivery.state.type)

#: A receipt may come before the provider's answer is written down, and after a sweep gave up waiting for it:
#: how far it came stands, what only the answer knows is added.
_CLOSE = (
    update(Delivery)
    .where(Delivery.id == bindparam("b_id"))
    .values(
        state=case(
            (Delivery.state == "handing", _STATE),
            ((Delivery.state == "unsure") & (_STATE == "sent"), "sent"),
            else_=Delivery.state,
        ),
        provider_id=_said("b_provider_id", Delivery.provider_id),
        provider_code=_said("b_code", Delivery.provider_code),
        reason=case(
            (
                (Delivery.state == "handing") | (Delivery.state == "unsure"),
                bindparam("b_reason", type_=Delivery.reason.type),
            ),
            else_=Delivery.reason,
        ),
        segments=_said("b_segments", Delivery.segments),
        cost_microeuro=_said("b_cost", Delivery.cost_microeuro),
    )
)


def _ending(outcome: Outcome) -> dict[str, Any]:
    sent, error = outcome.sent, outcome.error
    state = "sent" if sent else "unsure" if error and error.verdict is Verdict.UNSURE else "failed"
    return {
        "b_id": outcome.call.delivery_id,
        "b_state": state,
        "b_provider_id": sent.provider_id if sent else None,
        "b_code": error.code if error else None,
        "b_reason": error.reason if error else None,
        "b_segments": sent.segments if sent else None,
        "b_cost": sent.cost_microeuro if sent else None,
    }


async def reached(session: AsyncSession, delivery_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The state of each of these attempts."""
    query = select(Delivery.id, Delivery.state).where(Delivery.id.in_(delivery_ids))
    return {row.id: row.state for row in await session.execute(query)}


async def last_reached(session: AsyncSession, notice_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The state of the newest attempt of each of these notices."""
    query = (
        select(Delivery.notice_id, Delivery.state)
        .where(Delivery.notice_id.in_(notice_ids))
        .order_by(Delivery.handed_at, Delivery.id)
    )
    return {row.notice_id: row.state for row in await session.execute(query) if row.notice_id is not None}


async def _learn(session: AsyncSession, now: datetime, real: datetime, call: Call, error: SendError) -> None:
    if error.verdict is Verdict.DEAD:
        await bury(session, now, call.address_id, error.reason)
    if error.verdict is Verdict.PAUSE:
        await pause(session, call.channel, real + (error.retry_after or FIRST_WAIT), error.reason)


async def bury(session: AsyncSession, now: datetime, address_id: UUID, reason: str) -> None:
    """An address will never work again; kept with the reason, for staff."""
    await session.execute(
        update(Address)
        .where(Address.id == address_id, Address.dead_at.is_(None))
        .values(dead_at=now, dead_reason=reason)
    )


async def pause(session: AsyncSession, channel: str, until: datetime, reason: str) -> None:
    """Nothing goes to a channel until then (real time); a longer pause is kept."""
    fresh = ChannelState(channel=channel, paused_until=until, reason=reason)
    await session.execute(
        insert(ChannelState)
        .values(id=fresh.id, channel=channel, paused_until=until, reason=reason)
        .on_conflict_do_update(
            index_elements=[ChannelState.channel],
            set_={"paused_until": func.greatest(ChannelState.paused_until, until), "reason": reason},
        )
    )


async def paused(session: AsyncSession, real: datetime) -> dict[str, datetime]:
    """The channels that must wait now, and until when (real time)."""
    query = select(ChannelState.channel, ChannelState.paused_until).where(ChannelState.paused_until > real)
    return {row.channel: row.paused_until for row in await session.execute(query)}


def wait(real: datetime, error: SendError, attempts: int) -> datetime:
    """When (real time) a call that was not taken may be tried again."""
    patience = min(FIRST_WAIT * 2 ** min(attempts, 10), LONGEST_WAIT)
    return real + (error.retry_after or patience)
