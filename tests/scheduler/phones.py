"""Phones of made-up people, and what was said on them: attempts as a worker leaves them on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.values import Handle
from tests.scheduler import world
from tests.scheduler.world import NOW


async def reached_by(session: AsyncSession, *channels: str) -> tuple[Person, list[UUID]]:
    """Somebody with an address on each of these channels, first choice first."""
    person = await world.person(session, languages=["nl"])
    ids = []
    for rank, channel in enumerate(channels):
        address = await addresses.ensure(session, NOW, channel, Handle(f"{person.id}-{rank}"))
        await addresses.attach(session, NOW, person.id, address.id, verified=True, rank=rank)
        address.last_inbound_at = NOW
        ids.append(address.id)
    await session.flush()
    return person, ids


async def notice(session: AsyncSession, source_id: UUID, step: str) -> Notice:
    """A step of a source as it stands now."""
    query = select(Notice).where(Notice.source_id == source_id, Notice.step == step)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def said(
    session: AsyncSession,
    source_id: UUID,
    step: str,
    address_id: UUID,
    *,
    channel: str = "telegram",
    state: str = "sent",
    at: datetime | None = None,
) -> Notice:
    """Let a step have gone to an address, at its moment or another one, and have come so far."""
    row = await notice(session, source_id, step)
    row.state, row.sent_at = state, at or row.due
    delivery = Delivery(
        notice_id=row.id,
        address_id=address_id,
        channel=channel,
        state=state,
        provider_id=f"{channel}-{row.id}-{address_id}",
        language="nl",
        handed_at=row.sent_at,
    )
    session.add(delivery)
    await session.flush()
    return row
