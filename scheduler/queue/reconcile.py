"""What became of messages in doubt: where a provider keeps a list of what it took, it is asked.

Found, the receipt counts as if it had come by itself. Surely absent after a while, a reminder goes as if for
the first time; anything else stays in doubt, with a reason that says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.database import Database
from core.tables.notices import Delivery
from core.tables.people import Address
from core.values import Handle
from messaging import traces
from messaging.channel import Records, SendError, Trace
from messaging.traces import Sought
from scheduler.errands import Errand
from scheduler.queue import receipts

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=10)
YOUNGEST = timedelta(seconds=2)  #: a list is a moment behind what was taken
ABSENT = timedelta(minutes=3)  #: what isn't on the list after this was never taken
OLDEST = timedelta(hours=1)  #: what nobody could say by then stays in doubt
BATCH = 50  #: messages asked after in one go
AT_ONCE = 5  #: calls side by side: sending goes first

#: Written out: a prepared statement must still see that it fits the partial index.
_UNSURE: ColumnElement[str] = literal_column("'unsure'")


@dataclass(frozen=True, kw_only=True)
class _Address:
    """One address and what may have been taken for it."""

    channel: str
    handle: Handle
    sought: tuple[Sought, ...]


def errand(records: Mapping[str, Records]) -> Errand:
    """The errand for these channels."""

    async def run(database: Database, clock: Clock) -> int:
        return await settle(database, clock, records)

    return Errand(name="reconcile", every=EVERY, run=run)


async def settle(database: Database, clock: Clock, records: Mapping[str, Records]) -> int:
    """Ask after deliveries in doubt and record what was said; returns how many are settled now."""
    async with database.begin() as session:
        waiting = await _in_doubt(session, clock, tuple(records))
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(address: _Address) -> Sequence[Trace] | None:
        async with gate:
            return await _traces(records[address.channel], address)

    settled = 0
    for address, found in zip(waiting, await asyncio.gather(*map(ask, waiting)), strict=True):
        if found is not None:
            async with database.begin() as session:
                settled += await _record(session, clock, address, found)
    return settled


async def _in_doubt(session: AsyncSession, clock: Clock, channels: Sequence[str]) -> list[_Address]:
    now, offset = clock.now(), clock.now() - clock.real()
    query = (
        select(Delivery.id, Delivery.channel, Delivery.address_id, Delivery.handed_at, Delivery.text_sealed)
        .add_columns(Address.handle_sealed)
        .join(Address, Address.id == Delivery.address_id)
        .where(Delivery.state == _UNSURE, Delivery.channel.in_(channels), Delivery.text_sealed.is_not(None))
        .where(Delivery.handed_at.between(now - OLDEST, now - YOUNGEST))
        .where(func.coalesce(Delivery.reason, "") != receipts.NOT_FOUND)
        # Any of them: one that can't be settled must not stand before the others for ever.
        .order_by(func.random())
        .limit(BATCH)
    )
    rows = sorted(await session.execute(query), key=lambda row: str(row.address_id))
    waiting = []
    for address_id, of_address in groupby(rows, key=lambda row: row.address_id):
        mine = list(of_address)
        sought = tuple(
            Sought(
                delivery_id=row.id,
                channel=row.channel,
                text=Delivery.text.open(Delivery.__tablename__, row.id, row.text_sealed).reveal(),
                at=row.handed_at - offset,
            )
            for row in mine
        )
        handle: Handle = Address.handle.open(Address.__tablename__, address_id, mine[0].handle_sealed)
        waiting.append(_Address(channel=mine[0].channel, handle=handle, sought=sought))
    return waiting


async def _traces(records: Records, address: _Address) -> Sequence[Trace] | None:
    """What the provider has for this address; None where it couldn't say."""
    try:
        return await records.find(address.handle, min(one.at for one in address.sought) - traces.BEFORE)
    except SendError as error:
        log.warning("doubt_not_settled", channel=address.channel, reason=error.reason)
        return None


async def _record(session: AsyncSession, clock: Clock, address: _Address, found: Sequence[Trace]) -> int:
    matched = traces.match(address.sought, found, await _known(session, address, found))
    for delivery_id, trace in matched.items():
        await receipts.apply(session, clock.now(), replace(trace.receipt, delivery_id=delivery_id))
    absent = [one.delivery_id for one in address.sought if one.at + ABSENT <= clock.real()]
    for delivery_id in absent:
        if delivery_id not in matched:
            await receipts.not_found(session, delivery_id)
    return len(matched.keys() | set(absent))


async def _known(session: AsyncSession, address: _Address, found: Sequence[Trace]) -> set[str]:
    """Of these messages the ones whose answer reached us."""
    ids = [trace.receipt.provider_id for trace in found]
    query = select(Delivery.provider_id).where(Delivery.channel == address.channel, Delivery.provider_id.in_(ids))
    return {known for known in await session.scalars(query) if known is not None}
