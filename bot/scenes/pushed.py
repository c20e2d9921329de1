"""What a tapped push said: a bubble may be older than what it is about."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from bot.scene import Turn
from core.tables.notices import Delivery, Notice
from scheduler.meetings import week


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


async def overview(turn: Turn) -> Delivery | None:
    """How the tapped bubble arrived, if it was a push about several things: of a week, or made in one hour."""
    if turn.incoming.bubble is None:
        return None
    together = aliased(Notice)
    several = or_(Notice.kind == week.SOURCE, exists().where(together.lead_id == Notice.id))
    return (await turn.session.scalars(_of_bubble(turn, Delivery).where(several))).first()


def _tapped(turn: Turn, source_id: UUID, *wanted: Any) -> Select[Any]:
    return _of_bubble(turn, *wanted).where(Notice.source_id == source_id)


def _of_bubble(turn: Turn, *wanted: Any) -> Select[Any]:
    return (
        select(*wanted)
        .select_from(Notice)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(Delivery.address_id == turn.address.id, Delivery.provider_id == turn.incoming.bubble)
        .limit(1)
    )
