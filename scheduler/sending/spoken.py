"""What a push that went out says aloud, where its own form had no voice: a template of WhatsApp."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.crypto import CryptoError
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from messaging.dispatch import MARGIN, WINDOW
from scheduler.queue.rows import as_claimed
from scheduler.sending import pushes


async def of_template(
    session: AsyncSession,
    texts: InForce,
    settings: Settings,
    languages: Sequence[str],
    address_id: UUID,
    bubble: str,
    *,
    window_since: datetime | None,
) -> tuple[str, ...]:
    """The clips of the push that is this bubble, if it was a template; else it had its voice, and there is nothing.

    `window_since`: when the person wrote before the tap; inside that window the push was no template.
    """
    query = (
        select(Notice, Delivery.handed_at)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(Delivery.address_id == address_id, Delivery.provider_id == bubble)
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None or (window_since is not None and row.handed_at < window_since + WINDOW - MARGIN):
        return ()
    try:
        claimed = as_claimed(row.Notice)
    except (CryptoError, ValueError):
        return ()
    return pushes.voice(texts, settings, claimed, languages)
