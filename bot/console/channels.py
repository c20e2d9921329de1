"""Channels that stand still: which, why, and when they are tried again; seen as soon as a provider refuses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.console import page, words
from bot.console.desk import Visit
from core.permissions import may
from core.tables.channels import ChannelState
from core.tables.notices import Notice
from messaging import reasons

#: A provider that asks for a moment's patience is no news.
_WORTH_TELLING = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Still:
    """One channel that takes nothing now."""

    channel: str
    what: str
    noticed: str
    todo: str
    again: datetime  #: wall time at which it is tried again
    waiting: int  #: messages that wait for it


async def still(visit: Visit) -> list[Still]:
    """What an account that sees deliveries must know at once."""
    if not may(visit.account, "delivery.see"):
        return []
    real = visit.desk.clock.real()
    query = select(ChannelState).where(ChannelState.paused_until > real).order_by(ChannelState.channel)
    return [
        await _shown(visit, state)
        for state in await visit.session.scalars(query)
        if state.paused_until is not None and (state.reason != "too_fast" or state.paused_until - real > _WORTH_TELLING)
    ]


async def _shown(visit: Visit, state: ChannelState) -> Still:
    assert state.paused_until is not None
    reason = reasons.words(state.reason or "")
    waits = select(func.count()).where(
        Notice.state == "planned", Notice.due <= visit.now, Notice.retry_at == state.paused_until
    )
    return Still(
        channel=words.CHANNELS.get(state.channel, state.channel),
        what=reason.what,
        noticed=reason.noticed,
        todo=reason.todo,
        again=page.local(state.paused_until, visit),
        waiting=await visit.session.scalar(waits) or 0,
    )
