"""Voices and pictures as sealed rows: kept, read, and wiped for good."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.attachments import Picture, Voice
from core.tables.voice import Media


async def keep(session: AsyncSession, now: datetime, made: Voice | Picture) -> UUID:
    """A row of its own, also where another holds the same: who wipes hers wipes nobody else's. Returns its id."""
    row = Media(
        kind=made.kind,
        mime=made.mime,
        content=made.content,
        sha256=made.sha256,
        milliseconds=made.milliseconds,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


async def milliseconds(session: AsyncSession, media_id: UUID) -> int | None:
    """The length of a voice, or None where it is gone."""
    return await session.scalar(select(Media.milliseconds).where(Media.id == media_id))


async def wipe(session: AsyncSession, media_ids: Sequence[UUID]) -> int:
    """Delete rows at once and for good; returns how many there were. What points at them points at nothing then."""
    gone = await session.scalars(delete(Media).where(Media.id.in_(list(media_ids))).returning(Media.id))
    return len(gone.all())
