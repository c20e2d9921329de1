"""What a provider keeps of our messages is wiped and deleted there once nothing more is to come (privacy.md)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, func, literal_column, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.database import Database
from core.tables.chats import Inbox
from core.tables.notices import Delivery
from messaging.channel import Records, SendError, Verdict
from scheduler.errands import Errand

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=60)
ENDED = timedelta(hours=1)  #: after this no status comes any more of what failed, was read, or arrived as an sms
SURELY = timedelta(hours=24)  #: after this none comes of anything
BATCH = 100  #: messages of one go
AT_ONCE = 5  #: calls side by side: sending goes first

#: Written out: a prepared statement must still see that it fits the partial index.
_TELEGRAM: ColumnElement[str] = literal_column("'telegram'")

#: States after which a message changes no more; on WhatsApp a delivered one may still be read.
_LAST = or_(Delivery.state.in_(("read", "failed")), and_(Delivery.state == "delivered", Delivery.channel == "sms"))


@dataclass(frozen=True, kw_only=True)
class _Copy:
    """A message as a provider still holds it, and the row that says so."""

    row: type[Delivery] | type[Inbox]
    id: UUID
    channel: str
    provider_id: str


def errand(records: Mapping[str, Records]) -> Errand:
    """The errand for these channels."""

    async def run(database: Database, clock: Clock) -> int:
        return await forget(database, clock, records)

    return Errand(name="forget_at_providers", every=EVERY, run=run)


async def forget(database: Database, clock: Clock, records: Mapping[str, Records]) -> int:
    """Have messages deleted whose last status came, ours and theirs; what fails is tried again. How many went."""
    async with database.begin() as session:
        now, channels = clock.now(), tuple(records)
        copies = [*await _ours(session, now, channels), *await _theirs(session, now, channels)]
    gate, closed = asyncio.Semaphore(AT_ONCE), set[str]()

    async def ask(copy: _Copy) -> bool:
        async with gate:
            return copy.channel not in closed and await _forgotten(records[copy.channel], copy, closed)

    answers = await asyncio.gather(*map(ask, copies))
    gone = [copy for copy, answer in zip(copies, answers, strict=True) if answer]
    async with database.begin() as session:
        for row in (Delivery, Inbox):
            ids = [copy.id for copy in gone if copy.row is row]
            await session.execute(update(row).where(row.id.in_(ids)).values(forgotten_at=now))
    return len(gone)


async def _forgotten(records: Records, copy: _Copy, closed: set[str]) -> bool:
    """Whether the provider holds it no more; one that refuses us altogether is left alone for this go."""
    try:
        return await records.forget(copy.provider_id)
    except SendError as error:
        log.warning("copy_not_forgotten", channel=copy.channel, reason=error.reason)
        if error.verdict is Verdict.PAUSE:
            closed.add(copy.channel)
        return False


async def _ours(session: AsyncSession, now: datetime, channels: Sequence[str]) -> list[_Copy]:
    query = (
        select(Delivery.id, Delivery.channel, Delivery.provider_id)
        .where(Delivery.forgotten_at.is_(None), Delivery.provider_id.is_not(None), Delivery.channel != _TELEGRAM)
        .where(Delivery.channel.in_(channels), Delivery.handed_at < now - ENDED)
        .where(or_(_LAST, Delivery.handed_at < now - SURELY))
        # Any of them: one that can't be deleted must not stand before the others for ever.
        .order_by(func.random())
        .limit(BATCH)
    )
    rows = await session.execute(query)
    return [_Copy(row=Delivery, id=row.id, channel=row.channel, provider_id=str(row.provider_id)) for row in rows]


async def _theirs(session: AsyncSession, now: datetime, channels: Sequence[str]) -> list[_Copy]:
    """What people wrote to us; a status has no message of its own."""
    query = (
        select(Inbox.id, Inbox.channel, Inbox.provider_id)
        .where(Inbox.forgotten_at.is_(None), Inbox.sender_hash.is_not(None), Inbox.channel != _TELEGRAM)
        .where(Inbox.channel.in_(channels), Inbox.handled_at.is_not(None), not_(Inbox.provider_id.contains(":")))
        .order_by(func.random())
        .limit(BATCH)
    )
    rows = await session.execute(query)
    return [_Copy(row=Inbox, id=row.id, channel=row.channel, provider_id=row.provider_id) for row in rows]
