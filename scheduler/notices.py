"""The queue: what is to be said to whom, when; all its SQL stands here.

planned -> claimed (leased, surely not left) -> handing (attempt committed before the call) -> sent, and on
from there by receipts. The business row is the schedule: a change of a source plans again, in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    ScalarSelect,
    Select,
    Table,
    Uuid,
    all_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES, Kind
from content.parts import Value
from core import batches
from core.database import ring
from core.ids import new_id
from core.tables.notices import Delivery, Notice

#: States in which a notice still waits or is on its way: one per person, source and step.
OPEN = ("planned", "claimed", "handing")

#: States from which the person may know: surely, or possibly.
TOLD = ("handing", "sent", "delivered", "read", "unsure")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One step of one source for one person, as it should stand in the queue."""

    person_id: UUID
    kind: str
    step: str  #: empty where the kind has no steps
    source_kind: str  #: table name of the source
    source_id: UUID
    source_version: int = 1
    due: datetime
    use_by: datetime | None = None
    unit: str | None = None  #: instead of the kind's own unit: one of content.kinds.VARIANTS
    values: Mapping[str, Value] = field(default_factory=dict)  #: of the push: day, time, count; never more
    priority: int | None = None  #: instead of the kind's own


def encode(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values of a push as JSON; `decode` reads them back."""
    return {name: _encoded(value) for name, value in values.items()}


def _encoded(value: Value) -> Any:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat("minutes")}
    if isinstance(value, int | str):
        return value
    raise TypeError(f"a push holds no {type(value).__name__}")


def decode(plain: Mapping[str, Any]) -> dict[str, Value]:
    """The values that `encode` wrote."""
    return {name: _decoded(value) for name, value in plain.items()}


def _decoded(value: Any) -> Value:
    if isinstance(value, dict):
        (kind, text), *_ = value.items()
        if kind == "date":
            return date.fromisoformat(text)
        return time.fromisoformat(text)
    assert isinstance(value, int | str)
    return value


async def plan(session: AsyncSession, now: datetime, plans: Sequence[Plan]) -> list[UUID]:
    """Write steps into the queue; a step that stands there already is changed in place. Returns the ids.

    Idempotent: the same plans twice leave one row each. Steps of the same source that are planned but not
    among `plans` are left alone: `withdraw` them first. A step that is being handed over at this moment
    keeps its call; the changed row goes back to planned afterwards, because its version grew.
    """
    if not plans:
        return []
    standing = await _standing(session, plans)
    ids = [standing.get((step.person_id, step.source_id, step.step)) or new_id() for step in plans]
    known = set(standing.values())
    written = list(zip(ids, plans, strict=True))
    await _write(session, _CHANGE, [(row_id, step) for row_id, step in written if row_id in known])
    await _write(session, _ADD, [(row_id, step) for row_id, step in written if row_id not in known], a_now=now)
    await ring(session)
    return ids


async def _standing(session: AsyncSession, plans: Sequence[Plan]) -> dict[tuple[UUID, UUID, str], UUID]:
    query = (
        select(Notice.id, Notice.person_id, Notice.source_id, Notice.step)
        .where(Notice.source_id.in_({step.source_id for step in plans}), Notice.state.in_(OPEN))
        .with_for_update()
    )
    return {(row.person_id, row.source_id, row.step): row.id for row in await session.execute(query)}


async def _write(session: AsyncSession, statement: Executable, steps: Sequence[tuple[UUID, Plan]], **more: Any) -> None:
    if steps:
        rows = [_columns(step, row_id) for row_id, step in steps]
        given = batches.given("step", **{name: [row[name] for row in rows] for name in rows[0]})
        await session.execute(statement, {**given, **more})


def _columns(step: Plan, row_id: UUID) -> dict[str, Any]:
    kind: Kind = NOTICES[step.kind, step.step]
    variables = {"unit": step.unit, "values": encode(step.values)}
    return {
        "id": row_id,
        "person_id": step.person_id,
        "kind": step.kind,
        "step": step.step,
        "source_kind": step.source_kind,
        "source_id": step.source_id,
        "source_version": step.source_version,
        "doubt": kind.doubt,
        "due": step.due,
        "use_by": step.use_by,
        "priority": step.priority or kind.priority,
        "variables_sealed": Notice.variables.seal(Notice.__tablename__, row_id, variables),
    }


_NAMES = ("id", "person_id", "kind", "step", "source_kind", "source_id", "source_version", "doubt", "due", "use_by")
_table = cast(Table, Notice.__table__)
_step = batches.rows("step", **{name: _table.c[name].type for name in (*_NAMES, "priority", "variables_sealed")})

#: What a step loses by being planned anew.
_AFRESH: Mapping[str, Any] = {"retry_at": None, "again": False, "avoid": None, "attempts": 0, "reason": None}

_claimed = _table.c.state == "claimed"

#: A claim of the old values is void: the worker's hand-over finds its token gone.
_CHANGE = (
    update(_table)
    .where(_table.c.id == _step.c.id)
    .values({column.name: column for column in _step.c if column.name != "id"})
    .values(
        **_AFRESH,
        state=case((_claimed, "planned"), else_=_table.c.state),
        token=case((_claimed, null()), else_=_table.c.token),
        lease_until=case((_claimed, null()), else_=_table.c.lease_until),
    )
)

_ADD = (
    insert(_table)
    .from_select(
        [*_step.c.keys(), "planned_at", "state", "again", "attempts"],
        select(*_step.c, bindparam("a_now", type_=Notice.planned_at.type), literal("planned"), false(), literal(0)),
    )
    .on_conflict_do_nothing()
)


async def withdraw(
    session: AsyncSession,
    source_id: UUID,
    reason: str,
    *,
    person_id: UUID | None = None,
    steps: Sequence[str] | None = None,
) -> int:
    """Take planned (and claimed) notices of a source out of the queue; returns how many."""
    wanted = [Notice.source_id == source_id]
    if person_id is not None:
        wanted.append(Notice.person_id == person_id)
    if steps is not None:
        wanted.append(Notice.step.in_(steps))
    gone = await session.scalars(
        update(Notice)
        .where(*wanted, Notice.state.in_(("planned", "claimed")))
        .values(state="withdrawn", reason=reason, token=None, lease_until=None)
        .returning(Notice.id)
    )
    await _last_try(session, *wanted)
    return len(gone.all())


async def _last_try(session: AsyncSession, *wanted: ColumnElement[bool]) -> None:
    """What is being handed over can't be called back, but if it isn't taken it isn't tried again."""
    await session.execute(update(Notice).where(*wanted, Notice.state == "handing").values(use_by=Notice.due))


async def withdraw_all(session: AsyncSession, source_ids: Sequence[UUID], reason: str) -> int:
    """Take what waits about many sources out of the queue with one statement; returns how many."""
    of_these = Notice.source_id == any_(literal(list(source_ids), ARRAY(Uuid())))
    gone = await session.scalars(
        update(Notice)
        .where(of_these, Notice.state.in_(("planned", "claimed")))
        .values(state="withdrawn", reason=reason, token=None, lease_until=None)
        .returning(Notice.id)
    )
    await _last_try(session, of_these)
    return len(gone.all())


async def withdraw_others(
    session: AsyncSession, source_id: UUID, keep: Sequence[UUID], reason: str, *, person_ids: Sequence[UUID]
) -> None:
    """Take what waits about a source for these persons out of the queue, except the notices to keep."""
    wanted = (
        Notice.source_id == source_id,
        Notice.person_id == any_(literal(list(person_ids), ARRAY(Uuid()))),
        Notice.id != all_(literal(list(keep), ARRAY(Uuid()))),
    )
    handing = Notice.state == "handing"
    await session.execute(
        update(Notice)
        .where(*wanted, Notice.state.in_(OPEN))
        .values(
            state=case((handing, Notice.state), else_="withdrawn"),
            reason=case((handing, Notice.reason), else_=reason),
            token=case((handing, Notice.token), else_=null()),
            lease_until=case((handing, Notice.lease_until), else_=null()),
            use_by=case((handing, Notice.due), else_=Notice.use_by),
        )
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, kw_only=True)
class History:
    """What really went, or may have gone, to a person about a source."""

    told: bool
    last_sent: datetime | None


async def histories(session: AsyncSession, source_id: UUID) -> dict[UUID, History]:
    """What was said about a source, by person; nobody else was told anything."""
    told = func.bool_or(Notice.state.in_(TOLD) | Notice.sent_at.is_not(None))
    query = select(Notice.person_id, told, func.max(Notice.sent_at)).where(Notice.source_id == source_id)
    rows = await session.execute(query.group_by(Notice.person_id))
    return {person_id: History(told=known, last_sent=sent) for person_id, known, sent in rows}


async def was_told(session: AsyncSession, source_id: UUID, person_id: UUID) -> bool:
    """Whether anything about this source was handed over to this person (also unsure)."""
    told = _of(source_id, person_id).where((Notice.state.in_(TOLD)) | Notice.sent_at.is_not(None))
    return (await session.scalars(told.limit(1))).first() is not None


async def last_sent(session: AsyncSession, source_id: UUID, person_id: UUID) -> datetime | None:
    """When (service time) the last step of this source really went to this person."""
    query = select(func.max(Notice.sent_at)).where(Notice.source_id == source_id, Notice.person_id == person_id)
    return (await session.execute(query)).scalar_one()


async def answered(session: AsyncSession, now: datetime, source_id: UUID, person_id: UUID) -> None:
    """The person answered, on any channel: nothing of this source waits for an answer, or is said once more."""
    theirs = (Notice.source_id == source_id, Notice.person_id == person_id)
    tried = Notice.sent_at.is_not(None) | Notice.avoid.is_not(None)
    came = func.coalesce(_furthest(), "withdrawn")
    why = case((came == "withdrawn", "answered"), else_=None)
    waiting = update(Notice).where(*theirs, tried, Notice.state.in_(("planned", "claimed")))
    ended = waiting.values(state=came, reason=why, token=None, lease_until=None, retry_at=None)
    await session.execute(ended.execution_options(synchronize_session=False))
    await session.execute(
        update(Notice).where(*theirs, Notice.answered_at.is_(None), Notice.state.in_(TOLD)).values(answered_at=now)
    )


def _furthest() -> ScalarSelect[str]:
    """How far the best attempt of a notice came, or may have come; null where none arrived."""
    came = ("unsure", "sent", "delivered", "read")
    rank = case({state: place for place, state in enumerate(came)}, value=Delivery.state)
    tries = select(Delivery.state).where(Delivery.notice_id == Notice.id, Delivery.state.in_(came))
    return tries.order_by(rank.desc()).limit(1).correlate(Notice).scalar_subquery()


def _of(source_id: UUID, person_id: UUID) -> Select[Notice]:
    return select(Notice).where(Notice.source_id == source_id, Notice.person_id == person_id)
