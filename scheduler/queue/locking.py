"""Rows of the queue are locked in the order of their ids: two who change many of them may wait for one another, and
never both.

A worker has another choice: what somebody else is changing at this moment it leaves alone.
"""

from sqlalchemy import ColumnElement, ColumnExpressionArgument, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Notice


def in_order(*wanted: ColumnExpressionArgument[bool]) -> ColumnElement[bool]:
    """For the WHERE of a change of many: those that are wanted, once all of them are locked."""
    return _among(*wanted, skip_locked=False)


def free(*wanted: ColumnExpressionArgument[bool]) -> ColumnElement[bool]:
    """For the WHERE of a change of many: those that are wanted and that nobody else is changing."""
    return _among(*wanted, skip_locked=True)


def _among(*wanted: ColumnExpressionArgument[bool], skip_locked: bool) -> ColumnElement[bool]:
    rows = select(Notice.id).where(*wanted).order_by(Notice.id)
    rows = rows.with_for_update(of=Notice, key_share=True, skip_locked=skip_locked)
    # ANY(ARRAY(...)): an IN turns into a sequential scan once the statement is prepared.
    return Notice.id == func.any(func.array(rows.correlate(None).scalar_subquery()))


async def lock(session: AsyncSession, *wanted: ColumnExpressionArgument[bool]) -> None:
    """Lock all that several statements of this transaction are going to change."""
    rows = select(Notice.id).where(*wanted).order_by(Notice.id).with_for_update(key_share=True)
    await session.execute(select(func.count()).select_from(rows.subquery()))
