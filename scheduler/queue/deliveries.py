"""Attempts on record: written before a call, completed after it, in bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import batches
from core.tables.channels import ChannelState
from core.tables.notices import Delivery
from core.tables.people import Address
from core.values import Private
from messaging.channel import SendError, Verdict
from scheduler.queue.claims import Call, Outcome

Owner = Literal["notice_id", "reply_id"]

#: How long to wait when a provider didn't say, doubled with every attempt.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)


async def open_calls(session: AsyncSession, now: datetime, owner: Owner, calls: Sequence[Call]) -> None:
    """Put attempts on record, before the provider hears of them."""
    if calls:
        await session.execute(_OPEN[owner], {**to_open(calls), "b_now": now})


def to_open(calls: Sequence[Call]) -> dict[str, Any]:
    """The attempts, as `opening` takes them beside `b_now`."""
    shown = [(call, *call.message.shown) for call in calls]
    return batches.given(
        "call",
        id=[call.delivery_id for call in calls],
        item=[call.item_id for call in calls],
        address=[call.address_id for call in calls],
        channel=[call.channel for call in calls],
        language=[language for _, _, language in shown],
        text=[_sealed(call, text) for call, text, _ in shown],
        hash=[call.text_hash for call in calls],
    )


def _sealed(call: Call, text: str) -> bytes:
    return Delivery.text.seal(Delivery.__tablename__, call.delivery_id, Private(text))


_call = batches.rows(
    "call", id=Uuid(), item=Uuid(), address=Uuid(), channel=Text(), language=Text(), text=LargeBinary(), hash=Text()
)


def opening(owner: Owner, among: Select[UUID] | None = None) -> Insert:
    """Writes attempts down: all that are given, or those of the notices or replies that another query finds."""
    opened: Mapping[str, ColumnElement[Any]] = {
        "id": _call.c.id,
        owner: _call.c.item,
        "address_id": _call.c.address,
        "channel": _call.c.channel,
        "attempt": literal(1, SmallInteger()),
        "state": literal("handing", Text()),
        "language": _call.c.language,
        "text_sealed": _call.c.text,
        "text_hash": _call.c.hash,
        "handed_at": bindparam("b_now", type_=Delivery.handed_at.type),
    }
    wanted = select(*opened.values()).where(true() if among is None else _call.c.item.in_(among))
    # There already: this very statement, committed just when the database went away.
    return insert(cast(Table, Delivery.__table__)).from_select(list(opened), wanted).on_conflict_do_nothing()


_OPEN: Mapping[Owner, Insert] = {"notice_id": opening("notice_id"), "reply_id": opening("reply_id")}


async def close_calls(
    session: AsyncSession, now: datetime, real: datetime, outcomes: Sequence[Outcome]
) -> dict[UUID, str]:
    """Record how calls ended, and what that says of addresses and channels; gives each attempt's state now."""
    if not outcomes:
        return {}
    # In one order for all who do so: two of them may wait for one another, and never both.
    ends = [_ending(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.call.delivery_id)]
    given = batches.given("ended", **{name: [end[name] for end in ends] for name in ends[0]})
    states = {row.id: row.state for row in await session.execute(_CLOSE, given)}
    for outcome in outcomes:
        if outcome.error is not None:
            await _learn(session, now, real, outcome.call, outcome.error)
    return states


_ended = batches.rows(
    "ended", id=Uuid(), state=Text(), provider=Text(), code=Text(), reason=Text(), segments=Integer(), cost=Integer()
)

_UNKNOWN = Delivery.state.in_(("handing", "unsure"))

#: A receipt may come before the provider's answer is written down, and after a sweep gave up waiting for it:
#: how far it came stands, what only the answer knows is added.
_CLOSE = (
    update(Delivery)
    .where(Delivery.id == _ended.c.id)
    .values(
        state=case(
            (Delivery.state == "handing", _ended.c.state),
            ((Delivery.state == "unsure") & (_ended.c.state == "sent"), "sent"),
            else_=Delivery.state,
        ),
        provider_id=func.coalesce(_ended.c.provider, Delivery.provider_id),
        provider_code=func.coalesce(_ended.c.code, Delivery.provider_code),
        reason=case((_UNKNOWN, _ended.c.reason), else_=Delivery.reason),
        segments=func.coalesce(_ended.c.segments, Delivery.segments),
        cost_microeuro=func.coalesce(_ended.c.cost, Delivery.cost_microeuro),
    )
    .returning(Delivery.id, Delivery.state)
    .execution_options(synchronize_session=False)
)


def _ending(outcome: Outcome) -> dict[str, Any]:
    sent, error = outcome.sent, outcome.error
    return {
        "id": outcome.call.delivery_id,
        "state": "sent" if sent else "unsure" if error and error.verdict is Verdict.UNSURE else "failed",
        "provider": sent.provider_id if sent else None,
        "code": error.code if error else None,
        "reason": error.reason if error else None,
        "segments": sent.segments if sent else None,
        "cost": sent.cost_microeuro if sent else None,
    }


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
            set_={
                "paused_until": func.greatest(ChannelState.paused_until, until),
                # Staff read why it takes as long as it does.
                "reason": case((ChannelState.paused_until > until, ChannelState.reason), else_=reason),
            },
        )
    )


async def paused(session: AsyncSession, real: datetime) -> dict[str, datetime]:
    """The channels that must wait now, and until when (real time)."""
    query = select(ChannelState.channel, ChannelState.paused_until).where(ChannelState.paused_until > real)
    return {row.channel: row.paused_until for row in await session.execute(query)}


async def texted_since(session: AsyncSession, moment: datetime) -> int:
    """How many short texts went, or may have gone, since a moment (service time): they cost money."""
    query = select(func.count()).where(Delivery.handed_at >= moment, Delivery.channel == "sms")
    query = query.where(Delivery.segments.is_not(None) | (Delivery.state != "failed"))
    return int((await session.execute(query)).scalar_one())


def wait(real: datetime, error: SendError, attempts: int) -> datetime:
    """When (real time) a call that was not taken may be tried again."""
    patience = min(FIRST_WAIT * 2 ** min(attempts, 10), LONGEST_WAIT)
    return real + (patience if error.retry_after is None else error.retry_after)
