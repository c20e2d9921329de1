"""What was news and is over: its pictures and voices go first, then what nobody ever got, at last all of it.

A run takes few of them and the next goes on, so that a wrong clock can't empty the table before anybody looks.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content.updates import news
from content.voice import media
from core import audit, clock
from core.settings import Settings
from core.tables.texts import Broadcast, Update, UpdateText

#: After its last day a picture or a voice is looked at by nobody, as any message that was sent.
MEDIA_KEPT = timedelta(days=7)

#: Drafts, and all else that nobody got, after its last day.
UNSENT_KEPT = timedelta(days=30)

#: With its versions and approvals.
KEPT = timedelta(days=365)

#: Updates of one run.
MOST = 100


async def forget(session: AsyncSession, now: datetime, real: datetime, settings: Settings, *, most: int = MOST) -> int:
    """Wipe what is over; returns how many pictures, voices and updates went. Each update leaves a line of audit."""
    today = clock.wall(now, settings.timezone).date()
    seen = await _forget_media(session, or_(Update.state == "withdrawn", Update.ends_on < today - MEDIA_KEPT), most)
    reached = select(UpdateText.id).where(UpdateText.update_id == Update.id, UpdateText.state.in_(news.OUT)).exists()
    over = or_(Update.ends_on < today - KEPT, ~reached & (Update.ends_on < today - UNSENT_KEPT))
    return seen + await _forget_updates(session, real, over, most)


async def _forget_media(session: AsyncSession, over: ColumnElement[bool], most: int) -> int:
    pictures = select(Update.picture_id).where(over, Update.picture_id.is_not(None)).limit(most)
    voices = select(UpdateText.voice_id).join(Update, Update.id == UpdateText.update_id)
    voices = voices.where(over, UpdateText.voice_id.is_not(None)).limit(most)
    found = [*await session.scalars(pictures), *await session.scalars(voices)]
    return await media.wipe(session, [media_id for media_id in found if media_id is not None])


async def _forget_updates(session: AsyncSession, real: datetime, over: ColumnElement[bool], most: int) -> int:
    query = select(Update.id).where(over).order_by(Update.ends_on, Update.id).limit(most)
    gone = list(await session.scalars(query.with_for_update(skip_locked=True)))
    # What corrected a version goes together with it: neither may hold the other.
    theirs = select(UpdateText.id).where(UpdateText.update_id.in_(gone))
    await session.execute(update(Broadcast).where(Broadcast.update_text_id.in_(theirs)).values(corrected_by=None))
    await session.execute(delete(Update).where(Update.id.in_(gone)))
    for update_id in gone:
        await audit.record(
            session, real, actor_id=None, action="update.forget", object_kind="news", object_id=update_id
        )
    return len(gone)
