"""What of a person still waits in the queue: read before planning, so that news falls together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value
from core.tables.notices import Notice
from scheduler import notices, rules

_WAITS = ("planned", "claimed")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A step that has not been handed over yet."""

    step: str
    due: datetime
    unit: str | None
    values: Mapping[str, Value]

    def wall_time(self, day: str = "day", hour: str = "time") -> datetime | None:
        """The wall time that two of its values name together."""
        on, at = self.values.get(day), self.values.get(hour)
        return datetime.combine(on, at) if isinstance(on, date) and isinstance(at, time) else None


async def steps(session: AsyncSession, source_id: UUID, person_id: UUID) -> dict[str, Waiting]:
    """The steps of a source that wait for this person, by name."""
    query = select(Notice).where(Notice.source_id == source_id, Notice.person_id == person_id, Notice.state.in_(_WAITS))
    rows = (await session.scalars(query.execution_options(populate_existing=True))).all()
    return {row.step: _waiting(row) for row in rows}


async def everybody(session: AsyncSession, source_id: UUID) -> dict[UUID, dict[str, Waiting]]:
    """The steps of a source that wait, by person and name."""
    query = select(Notice).where(Notice.source_id == source_id, Notice.state.in_(_WAITS))
    found: dict[UUID, dict[str, Waiting]] = {}
    for row in await session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault(row.person_id, {})[row.step] = _waiting(row)
    return found


def _waiting(row: Notice) -> Waiting:
    variables = row.variables or {}
    return Waiting(
        step=row.step,
        due=row.due,
        unit=variables.get("unit"),
        values=notices.decode(variables.get("values", {})),
    )


async def announcement(session: AsyncSession, now: datetime, person_id: UUID, besides: UUID) -> datetime | None:
    """The moment with which a new appointment's announcement falls together; None: it goes by itself.

    Another announcement that still waits is joined; after one went, the next waits until an hour has passed.
    """
    others = _announcements(person_id, besides)
    waits = await session.scalar(
        others.with_only_columns(func.min(Notice.due)).where(Notice.state.in_(_WAITS), Notice.due > now)
    )
    if waits is not None:
        return waits
    went = func.coalesce(Notice.sent_at, now)
    last = await session.scalar(
        others.with_only_columns(func.max(went)).where(Notice.state.in_(notices.TOLD), went > now - rules.PAUSE)
    )
    return None if last is None else last + rules.PAUSE


def _announcements(person_id: UUID, besides: UUID) -> Select[Notice]:
    return select(Notice).where(
        Notice.person_id == person_id,
        Notice.kind == "appointment",
        Notice.step == "announced",
        Notice.source_id != besides,
    )
