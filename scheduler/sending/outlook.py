"""What would go out until a moment: to how many, in which language, on which channel, at what cost, and until when."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.settings import Settings
from core.tables.notices import Notice
from scheduler.queue import holds
from scheduler.queue.claims import Claimed
from scheduler.queue.rows import as_claimed
from scheduler.sending import lateness, recipients, reckoning
from scheduler.sending.recipients import Recipient
from scheduler.sending.reckoning import Burst, Going, Pile, World

__all__ = ["Going", "Outlook", "Pile", "until"]

#: Notices that are worked out together.
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is planned until a moment. At most that: what falls together goes as one push."""

    now: datetime
    until: datetime
    on_hold: bool
    piles: Mapping[Going, Pile]

    @property
    def total(self) -> Pile:
        """Everything that goes, together."""
        whole = Pile()
        for going, pile in self.piles.items():
            if going.channel is None:
                continue
            whole.count, whole.segments = whole.count + pile.count, whole.segments + pile.segments
            whole.microeuro += pile.microeuro
            whole.leaves = max(filter(None, (whole.leaves, pile.leaves)), default=None)
        return whole


async def until(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    texts: InForce,
    moment: datetime,
    *,
    at_once: int = _AT_ONCE,
) -> Outlook:
    """Work out what would go until a moment, as if every text in force now stayed so; nothing is changed."""
    world = await reckoning.world(session, now, settings, texts)
    burst, piles = Burst(now, settings), dict[Going, Pile]()
    async for rows in _batches(session, now, moment, at_once):
        batch = []
        for row in rows:
            try:
                batch.append(as_claimed(row))
            except Exception:  # whatever it breaks on, the worker sets it aside too
                piles.setdefault(reckoning.unsayable(row), Pile()).add(row.due, None, reckoning.NOTHING)
        known = await recipients.load(session, now, list({notice.person_id for notice in batch}))
        never_shared = await recipients.never_shared(session, [notice.id for notice in batch])
        tried = await recipients.tried(session, [notice.id for notice in batch])
        asleep = _asleep(world, batch, known)
        for notice in batch:
            goes = asleep.get(notice.id, max(now, notice.due))
            if goes > moment:
                continue
            going, charged = reckoning.going(
                *(world, notice, known[notice.person_id], tried.get(notice.id, set())),
                goes=goes,
                hidden=notice.id in never_shared,
            )
            leaves = burst.leaves(going.channel, goes) if going.channel else None
            piles.setdefault(going, Pile()).add(notice.due, leaves, charged)
    return Outlook(now=now, until=moment, on_hold=await holds.on_hold(session), piles=piles)


def _asleep(world: World, batch: Sequence[Claimed], known: Mapping[UUID, Recipient]) -> Mapping[UUID, datetime]:
    """What is overdue and must not wake anybody now -> when it goes."""
    overdue = [notice for notice in batch if notice.due < world.now]
    by_day = {person for person, recipient in known.items() if recipient.by_day}
    return lateness.put_off(world.now, world.settings, overdue, by_day) if overdue else {}


async def _batches(
    session: AsyncSession, now: datetime, moment: datetime, at_once: int
) -> AsyncIterator[Sequence[Notice]]:
    """What waits, in the order in which the worker would take it, so many at a time."""
    query: Select[Notice] = (
        select(Notice)
        .where(Notice.is_open, Notice.state == "planned", Notice.due <= moment)
        .where(or_(Notice.use_by.is_(None), Notice.use_by > now))
        .order_by(Notice.priority, Notice.due, Notice.id)
        .execution_options(yield_per=at_once)
    )
    rows = await session.stream_scalars(query)
    async for part in rows.partitions():
        yield part
