"""Pushes that would open something wrong: they go from a screen as the push arrives that says what is true."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.tables.notices import Delivery, Notice
from core.tables.texts import UpdateText
from scheduler.queue import mailing


async def unopened(
    session: AsyncSession, notice_id: UUID, person_id: UUID, text_id: UUID, address_id: UUID
) -> tuple[str, ...]:
    """The pushes of recalled versions that still stand unopened there: they go when this notice says what is true."""
    mine, wrong = aliased(UpdateText), aliased(UpdateText)
    versions = (
        select(wrong.id)
        .join(mine, (mine.update_id == wrong.update_id) & (mine.language == wrong.language))
        .where(mine.id == text_id, wrong.state == "recalled")
    )
    pushed = (
        select(Delivery.provider_id)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Notice.person_id == person_id, Notice.kind == mailing.KIND, Notice.id != notice_id)
        .where(Notice.source_id.in_(versions))
        .where(Delivery.address_id == address_id, Delivery.provider_id.is_not(None))
    )
    opened = aliased(Delivery)
    later = exists().where(
        opened.address_id == address_id, opened.provider_id == Delivery.provider_id, opened.reply_id.is_not(None)
    )
    return tuple(name for name in await session.scalars(pushed.where(~later)) if name is not None)
