"""One piece of news for many people: a notice each, written by one statement."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES
from content.updates import audience
from core.tables.notices import Notice

#: What a notice of news is about.
KIND, SOURCE_KIND = audience.TELLS, "news_text"

#: The step that tells whoever got a version that it was not right.
CHANGED = "changed"


async def add(
    session: AsyncSession,
    now: datetime,
    text_id: UUID,
    people: Select[UUID],
    *,
    due: datetime,
    use_by: datetime,
    step: str = "",
) -> int:
    """Plan a notice about this version for everybody in `people` who has none open; returns how many."""
    kind = NOTICES[KIND, step]
    listening = people.subquery()
    columns = {
        "id": func.uuidv7(),
        "person_id": listening.c.id,
        "kind": literal(KIND),
        "step": literal(step),
        "source_kind": literal(SOURCE_KIND),
        "source_id": literal(text_id, Notice.source_id.type),
        "source_version": literal(1),
        "doubt": literal(kind.doubt),
        "due": literal(due, Notice.due.type),
        "use_by": literal(use_by, Notice.use_by.type),
        "priority": literal(kind.priority, Notice.priority.type),
        "variables_sealed": null(),
        "state": literal("planned"),
        "again": literal(False),
        "attempts": literal(0, Notice.attempts.type),
        "planned_at": literal(now, Notice.planned_at.type),
    }
    chosen = select(*(column.label(name) for name, column in columns.items())).select_from(listening)
    done = await session.execute(
        insert(Notice).from_select(list(columns), chosen).on_conflict_do_nothing().returning(Notice.id)
    )
    return len(done.all())
