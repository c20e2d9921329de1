"""Steps as they should stand in the queue, written for everybody at once: one read, one statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Table,
    Uuid,
    any_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES
from content.parts import Value
from core import batches
from core.database import BELL
from core.ids import new_id
from core.tables.notices import Notice

#: States in which a notice still waits or is on its way: one per person, source and step.
OPEN = ("planned", "claimed", "handing")


def in_state(states: Iterable[str]) -> ColumnElement[bool]:
    """Whether a notice is in one of these (our own) states.

    They are written into the statement: as parameters they would hide the index of what is open from a prepared plan.
    """
    return Notice.state.in_([literal_column(f"'{state}'") for state in states])


#: What stands in the queue once at most: person, source and step.
Place = tuple[UUID, UUID, str]


class Plan(NamedTuple):
    """One step of one source for one person, as it should stand in the queue; a crowd has many, so it is light."""

    person_id: UUID
    kind: str
    step: str  #: empty where the kind has no steps
    source_kind: str  #: table name of the source
    source_id: UUID
    due: datetime
    source_version: int = 1
    use_by: datetime | None = None
    unit: str | None = None  #: instead of the kind's own unit: one of content.kinds.VARIANTS
    values: Mapping[str, Value] = MappingProxyType({})  #: of the push: day, time, count; never more
    priority: int | None = None  #: instead of the kind's own

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.person_id, self.source_id, self.step


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
    return await _write(session, now, plans, await _standing(session, plans)) if plans else []


async def replace(
    session: AsyncSession, now: datetime, plans: Sequence[Plan], standing: Mapping[Place, UUID], reason: str
) -> list[UUID]:
    """Like `plan`, and what stands there and isn't planned again is taken out of the queue.

    `standing`: what is open of these sources and persons, read and locked in this transaction.
    """
    return await _write(session, now, plans, standing, reason) if plans or standing else []


async def _standing(session: AsyncSession, plans: Sequence[Plan]) -> dict[Place, UUID]:
    pairs = sorted({(step.person_id, step.source_id) for step in plans})
    given = batches.given("pair", person_id=[person for person, _ in pairs], source_id=[source for _, source in pairs])
    rows = await session.execute(_STANDING, given)
    return {(row.person_id, row.source_id, row.step): row.id for row in rows}


async def _write(
    session: AsyncSession,
    now: datetime,
    plans: Sequence[Plan],
    standing: Mapping[Place, UUID],
    reason: str | None = None,
) -> list[UUID]:
    known = [standing.get(step.place) for step in plans]
    ids = [row_id or new_id() for row_id in known]
    kinds = [NOTICES[step.kind, step.step] for step in plans]
    given = batches.given(
        "step",
        id=ids,
        fresh=[row_id is None for row_id in known],
        person_id=[step.person_id for step in plans],
        kind=[step.kind for step in plans],
        step=[step.step for step in plans],
        source_kind=[step.source_kind for step in plans],
        source_id=[step.source_id for step in plans],
        source_version=[step.source_version for step in plans],
        doubt=[kind.doubt for kind in kinds],
        due=[step.due for step in plans],
        use_by=[step.use_by for step in plans],
        priority=[step.priority or kind.priority for step, kind in zip(plans, kinds, strict=True)],
        variables_sealed=_sealed(ids, plans),
    )
    gone = _gone(ids, standing) if reason is not None else []
    await session.execute(_WRITE, {**given, "a_now": now, "a_gone": gone, "a_reason": reason})
    return ids


def _gone(ids: Iterable[UUID], standing: Mapping[Place, UUID]) -> list[UUID]:
    kept = set(ids)
    return [row_id for row_id in standing.values() if row_id not in kept]


def _sealed(ids: Sequence[UUID], plans: Sequence[Plan]) -> list[bytes]:
    """What each push says, encrypted for its own row; a crowd is told the same, so that is encoded once."""
    encoded = [_variables(step.unit, tuple(step.values.items())) for step in plans]
    return [
        Notice.variables.seal_encoded(Notice.__tablename__, row_id, plain)
        for row_id, plain in zip(ids, encoded, strict=True)
    ]


@lru_cache(maxsize=256)
def _variables(unit: str | None, values: tuple[tuple[str, Value], ...]) -> bytes:
    return Notice.variables.encode({"unit": unit, "values": encode(dict(values))})


_table = cast(Table, Notice.__table__)
_pair = batches.rows("pair", person_id=Uuid(), source_id=Uuid())

#: By entities, so that rows that the session still holds are written before the queue points at them.
_STANDING = (
    select(Notice.id, Notice.person_id, Notice.source_id, Notice.step)
    .join(_pair, (Notice.person_id == _pair.c.person_id) & (Notice.source_id == _pair.c.source_id))
    .where(Notice.is_open)
    .order_by(Notice.id)
    .with_for_update(of=Notice, key_share=True)
)

_NAMES = (
    *("id", "person_id", "kind", "step", "source_kind", "source_id", "source_version", "doubt", "due", "use_by"),
    *("priority", "variables_sealed"),
)

#: Unfolded once for both: what is changed, and what is added.
_step = select(batches.rows("step", fresh=Boolean(), **{name: _table.c[name].type for name in _NAMES})).cte("steps")

#: What a step loses by being planned anew.
_AFRESH: Mapping[str, Any] = {
    "retry_at": None,
    "again": False,
    "avoid": None,
    "attempts": 0,
    "reason": None,
    "lead_id": None,
}

_claimed = _table.c.state == "claimed"

#: A claim of the old values is void: the worker's hand-over finds its token gone.
_CHANGE = (
    update(_table)
    .where(_table.c.id == _step.c.id, ~_step.c.fresh)
    .values({name: _step.c[name] for name in _NAMES if name != "id"})
    .values(
        **_AFRESH,
        state=case((_claimed, "planned"), else_=_table.c.state),
        token=case((_claimed, null()), else_=_table.c.token),
        lease_until=case((_claimed, null()), else_=_table.c.lease_until),
    )
)

_now = bindparam("a_now", type_=Notice.planned_at.type)

_ADD = (
    insert(_table)
    .from_select(
        [*_NAMES, "planned_at", "state", "again", "attempts"],
        select(*(_step.c[name] for name in _NAMES), _now, literal("planned"), false(), literal(0)).where(_step.c.fresh),
    )
    .on_conflict_do_nothing()
)

_handing = _table.c.state == "handing"

#: What is being handed over can't be called back, but if it isn't taken it isn't tried again.
_WITHDRAW = (
    update(_table)
    .where(_table.c.id == any_(bindparam("a_gone", type_=ARRAY(Uuid()))), Notice.is_open)
    .values(
        state=case((_handing, _table.c.state), else_="withdrawn"),
        reason=case((_handing, _table.c.reason), else_=bindparam("a_reason", type_=Notice.reason.type)),
        token=case((_handing, _table.c.token), else_=null()),
        lease_until=case((_handing, _table.c.lease_until), else_=null()),
        use_by=case((_handing, _table.c.due), else_=_table.c.use_by),
    )
)

#: The three never touch the same row; whoever waits for work hears of it at the commit.
_WRITE = select(func.pg_notify(BELL, "")).add_cte(_CHANGE.cte("changed"), _ADD.cte("added"), _WITHDRAW.cte("gone"))
