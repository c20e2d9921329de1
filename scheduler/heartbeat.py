"""That the service is alive: one row per process, in real time."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.tables.service import Heartbeat

EVERY = timedelta(seconds=10)
FRESH = EVERY * 6


async def beat(session: AsyncSession, real: datetime, process: str) -> None:
    """Say that this process is alive."""
    await session.execute(
        insert(Heartbeat)
        .values(id=new_id(), process=process, at=real)
        .on_conflict_do_update(index_elements=[Heartbeat.process], set_={"at": real})
    )


async def last(session: AsyncSession) -> datetime | None:
    """When any process was last alive (real time)."""
    return (await session.execute(select(func.max(Heartbeat.at)))).scalar_one()


async def is_fresh(session: AsyncSession, real: datetime) -> bool:
    """Whether the service was alive within the last minute."""
    at = await last(session)
    return at is not None and real - at < FRESH
