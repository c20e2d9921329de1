"""What a tapped push said: a bubble may be older than what it is about."""

from uuid import UUID

from sqlalchemy import select

from bot.scene import Turn
from core.tables.notices import Delivery, Notice


async def is_older(turn: Turn, source_id: UUID, version: int) -> bool:
    """Whether the tapped bubble was a push about an earlier version of this source."""
    if turn.incoming.bubble is None:
        return False
    query = (
        select(Notice.source_version)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(
            Delivery.address_id == turn.address.id,
            Delivery.provider_id == turn.incoming.bubble,
            Notice.source_id == source_id,
        )
        .limit(1)
    )
    told = await turn.session.scalar(query)
    return told is not None and told < version
