"""What a tapped push said: a bubble may be older than what it is about."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from bot.scene import Turn
from core.tables.notices import Delivery, Notice


async def is_older(turn: Turn, source_id: UUID, version: int) -> bool:
    """Whether the tapped bubble was a push about an earlier version of this source."""
    if turn.incoming.bubble is None:
        return False
    told = await turn.session.scalar(_tapped(turn, source_id, Notice.source_version))
    return told is not None and told < version


async def delivery(turn: Turn, source_id: UUID) -> Delivery | None:
    """How the tapped bubble arrived, if it was a push about this source."""
    if turn.incoming.bubble is None:
        return None
    return (await turn.session.scalars(_tapped(turn, source_id, Delivery))).first()


def _tapped(turn: Turn, source_id: UUID, *wanted: Any) -> Select[Any]:
    return (
        select(*wanted)
        .select_from(Notice)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(
            Delivery.address_id == turn.address.id,
            Delivery.provider_id == turn.incoming.bubble,
            Notice.source_id == source_id,
        )
        .limit(1)
    )
