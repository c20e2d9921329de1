"""How far the demo moved the service's time: one row that every process reads."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.service import ServiceClock


async def offset(session: AsyncSession) -> timedelta:
    """The stored offset; none outside the demo."""
    return (await session.scalars(select(ServiceClock.offset).limit(1))).one_or_none() or timedelta()


async def keep_offset(session: AsyncSession, value: timedelta) -> None:
    """Store how far the service's time stands from the machine's."""
    await session.execute(delete(ServiceClock))
    session.add(ServiceClock(offset=value))
    await session.flush()
