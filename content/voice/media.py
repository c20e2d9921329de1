"""Voices and pictures as sealed rows: kept, read, and wiped for good."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.voice.attachments import Picture, Voice
from core import joined
from core.tables.relay import Question
from core.tables.texts import Approval, Update, UpdateText
from core.tables.voice import Clip, Media

JOINED_KEPT = timedelta(days=14)  #: a joined voice names a day: later nobody asks for it
UNUSED_KEPT = timedelta(hours=24)  #: a recording that nobody said yes to


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


async def present(session: AsyncSession, media_ids: Collection[UUID]) -> set[UUID]:
    """Those of these rows that are there."""
    return set(await session.scalars(select(Media.id).where(Media.id.in_(list(media_ids)))))


async def read(session: AsyncSession, media_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The contents of these rows, as far as they are there."""
    query = select(Media.id, Media.content_sealed).where(Media.id.in_(list(media_ids)))
    return {
        row.id: Media.content.open(Media.__tablename__, row.id, row.content_sealed)
        for row in await session.execute(query)
    }


async def keep_joined(session: AsyncSession, now: datetime, made: Mapping[tuple[str, ...], Voice]) -> int:
    """Keep voices that were joined of others, by the ids of those; only where all of those are still there.

    Each row is held until the transaction ends, so that a wipe either comes first or sees what was joined.
    """
    parts = sorted({UUID(one) for ids in made for one in ids})
    held = select(Media.id).where(Media.id.in_(parts)).order_by(Media.id).with_for_update(read=True, key_share=True)
    here = {str(media_id) for media_id in await session.scalars(held)}
    rows = [_joined(now, ids, voice) for ids, voice in made.items() if here.issuperset(ids)]
    if rows:
        await session.execute(insert(Media).values(rows).on_conflict_do_nothing())
    return len(rows)


def _joined(now: datetime, ids: Sequence[str], voice: Voice) -> dict[str, object]:
    row_id = joined.heard(ids)
    return {
        "id": row_id,
        "kind": joined.JOINED,
        "mime": voice.mime,
        "content_sealed": Media.content.seal(Media.__tablename__, row_id, voice.content),
        "sha256": voice.sha256,
        "milliseconds": voice.milliseconds,
        "created_at": now,
    }


async def sweep(session: AsyncSession, now: datetime) -> int:
    """Delete what nobody will ask for: joined voices of past days, and what was recorded and never used."""
    used = [
        select(column).where(column == Media.id).exists()
        for column in (
            *(Clip.media_id, Question.media_id, Question.answer_media_id),
            *(Update.picture_id, UpdateText.voice_id, Approval.voice_id),
        )
    ]
    old = (Media.kind == joined.JOINED) & (Media.created_at <= now - JOINED_KEPT)
    unused = (Media.kind != joined.JOINED) & (Media.created_at <= now - UNUSED_KEPT) & ~or_(*used)
    gone = await session.scalars(delete(Media).where(old | unused).returning(Media.id))
    return len(gone.all())
