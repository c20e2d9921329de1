"""How many pushes a person had already: what a day and a week may hold is counted from here."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Notice
from scheduler.queue.bundles import EXEMPT

_notice = cast(Table, Notice.__table__)


async def pushes(
    session: AsyncSession, person_ids: Sequence[UUID], *, today: datetime, week: datetime
) -> dict[UUID, tuple[int, int]]:
    """How many counted pushes each of these persons had since these two moments (service time), week the earlier."""
    given = {"l_people": list(person_ids), "l_today": today, "l_week": min(today, week)}
    rows = await session.execute(_PUSHES, given)
    return {person: (since_today, since_week) for person, since_today, since_week in rows}


def _since(moment: str) -> ColumnElement[bool]:
    return _notice.c.sent_at >= bindparam(moment, type_=Notice.due.type)


_PUSHES = (
    select(_notice.c.person_id, func.count().filter(_since("l_today")), func.count())
    .where(_notice.c.person_id == any_(bindparam("l_people", type_=ARRAY(Uuid()))))
    .where(_since("l_week"), _notice.c.lead_id.is_(None), _notice.c.step.not_in(sorted(EXEMPT)))
    .group_by(_notice.c.person_id)
)
