"""What the made-up providers keep: voices and pictures, sent to a phone or by it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.simulator import SimulatorFile


class Kept(NamedTuple):
    """A file as it is played or shown."""

    mime: str
    content: bytes


async def keep(session: AsyncSession, now: datetime, phone_id: UUID, mime: str, content: bytes) -> str:
    """Keep a file of a phone; the name by which it is asked for."""
    row = SimulatorFile(phone_id=phone_id, mime=mime, content=content, at=now)
    session.add(row)
    await session.flush()
    return str(row.id)


async def read(session: AsyncSession, name: str) -> Kept | None:
    """A file, or None where there is none of this name."""
    try:
        row = await session.get(SimulatorFile, UUID(name))
    except ValueError:
        return None
    return None if row is None or row.content is None else Kept(row.mime, row.content)
