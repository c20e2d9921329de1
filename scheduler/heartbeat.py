"""That the service is alive, and in which database: one row per process, in real time."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import home
from core.ids import new_id
from core.tables.service import Heartbeat

EVERY = timedelta(seconds=10)
FRESH = EVERY * 6


async def beat(session: AsyncSession, real: datetime, process: str) -> None:
    """Say that this process is alive, here."""
    said = {"at": real, "home": str(await home.of(session))}
    await session.execute(
        insert(Heartbeat)
        .values(id=new_id(), process=process, **said)
        .on_conflict_do_update(index_elements=[Heartbeat.process], set_=said)
    )


async def last(session: AsyncSession) -> datetime | None:
    """When any process was last alive (real time)."""
    return (await session.execute(select(func.max(Heartbeat.at)))).scalar_one()


async def moved(session: AsyncSession) -> bool:
    """Whether this is another database than the one that last had a heartbeat; False where nobody wrote down which.

    Says so once: this database counts as the last one from now on.
    """
    query = select(Heartbeat.home).where(Heartbeat.home.is_not(None)).order_by(Heartbeat.at.desc()).limit(1)
    was = await session.scalar(query)
    here = await home.of(session)
    if was is None or not here.differs(home.Home.parse(was)):
        return False
    await session.execute(update(Heartbeat).values(home=str(here)))
    return True


async def is_fresh(session: AsyncSession, real: datetime) -> bool:
    """Whether the service was alive within the last minute."""
    at = await last(session)
    return at is not None and real - at < FRESH
