"""What of a person still waits in the queue: read before planning, so that news falls together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value
from core.tables.notices import Notice
from scheduler import rules
from scheduler.queue import notices
from scheduler.queue.plans import Place

_WAITS = ("planned", "claimed")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A step that has not been handed over yet."""

    id: UUID
    step: str
    due: datetime
    sealed: bytes | None

    @cached_property
    def _variables(self) -> dict[str, Any]:
        """Opened when somebody asks: of a crowd's steps few are looked into."""
        return {} if self.sealed is None else Notice.variables.open(Notice.__tablename__, self.id, self.sealed)

    @property
    def unit(self) -> str | None:
        """The unit it says instead of its kind's own."""
        unit: str | None = self._variables.get("unit")
        return unit

    @property
    def values(self) -> Mapping[str, Value]:
        """What the push says."""
        return notices.decode(self._variables.get("values", {}))

    def wall_time(self, day: str = "day", hour: str = "time") -> datetime | None:
        """The wall time that two of its values name together."""
        values = self.values
        on, at = values.get(day), values.get(hour)
        return datetime.combine(on, at) if isinstance(on, date) and isinstance(at, time) else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a person stands to a source: what she was told, what waits, and what is open at all."""

    told: bool = False  #: anything was handed over, or may have been
    last_sent: datetime | None = None  #: when the last step really went
    waits: dict[str, Waiting] = field(default_factory=dict)
    open: dict[Place, UUID] = field(default_factory=dict)  #: what `notices.replace` needs


async def steps(session: AsyncSession, source_id: UUID, person_id: UUID) -> dict[str, Waiting]:
    """The steps of a source that wait for this person, by name."""
    query = select(Notice.id, Notice.step, Notice.due, Notice.variables_sealed).where(
        Notice.source_id == source_id, Notice.person_id == person_id, Notice.state.in_(_WAITS)
    )
    return {
        row.step: Waiting(id=row.id, step=row.step, due=row.due, sealed=row.variables_sealed)
        for row in await session.execute(query)
    }


async def everybody(session: AsyncSession, source_kind: str, source_id: UUID) -> dict[UUID, Standing]:
    """How people stand to a source, by person; nobody else was told or waits. What is open is locked."""
    return _standing(await session.execute(_EVERYBODY, {"a_kind": source_kind, "a_source": source_id}))


async def of(session: AsyncSession, source_kind: str, source_id: UUID, person_id: UUID) -> Standing:
    """How one person stands to a source; what is open of it is locked."""
    asked = {"a_kind": source_kind, "a_source": source_id, "a_person": person_id}
    return _standing(await session.execute(_ONE, asked)).get(person_id, Standing())


def _standing(rows: Iterable[Any]) -> dict[UUID, Standing]:
    found: dict[UUID, Standing] = {}
    for row in rows:
        standing = found.setdefault(row.person_id, Standing(told=row.told, last_sent=row.last_sent))
        if row.id is None:
            continue
        standing.open[row.person_id, row.source_id, row.step] = row.id
        if row.state in _WAITS:
            standing.waits[row.step] = Waiting(id=row.id, step=row.step, due=row.due, sealed=row.variables_sealed)
    return found


def _both(*wanted: ColumnElement[bool]) -> Select[Any]:
    """What went and what is open, in one query: a row for each open notice, or one for a person without any."""
    went = select(
        Notice.person_id, func.bool_or(notices.is_told).label("told"), func.max(Notice.sent_at).label("last_sent")
    )
    waits = select(
        *(Notice.id, Notice.person_id, Notice.source_id, Notice.step),
        *(Notice.state, Notice.due, Notice.variables_sealed),
    )
    told = went.where(*wanted).group_by(Notice.person_id).cte("told")
    open_ = waits.where(*wanted, Notice.is_open).order_by(Notice.id).with_for_update(key_share=True).cte("open")
    own = (column for column in open_.c if column.name != "person_id")
    return select(told, *own).outerjoin(open_, open_.c.person_id == told.c.person_id)


_of_source = (
    Notice.source_kind == bindparam("a_kind", type_=Notice.source_kind.type),
    Notice.source_id == bindparam("a_source", type_=Notice.source_id.type),
)

_EVERYBODY = _both(*_of_source)
_ONE = _both(*_of_source, Notice.person_id == bindparam("a_person", type_=Notice.person_id.type))


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
