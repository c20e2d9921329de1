"""The queue: what is to be said to whom, when; all its SQL stands here.

planned -> claimed (leased, surely not left) -> handing (attempt committed before the call) -> sent, and on
from there by receipts. The business row is the schedule: a change of a source plans again, in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value


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
    among `plans` are left alone: `withdraw` them first.
    """
    raise NotImplementedError


async def withdraw(
    session: AsyncSession,
    source_id: UUID,
    reason: str,
    *,
    person_id: UUID | None = None,
    steps: Sequence[str] | None = None,
) -> int:
    """Take planned (and claimed) notices of a source out of the queue; returns how many."""
    raise NotImplementedError


async def was_told(session: AsyncSession, source_id: UUID, person_id: UUID) -> bool:
    """Whether anything about this source was handed over to this person (also unsure)."""
    raise NotImplementedError


async def last_sent(session: AsyncSession, source_id: UUID, person_id: UUID) -> datetime | None:
    """When (service time) the last step of this source really went to this person."""
    raise NotImplementedError


async def answered(session: AsyncSession, now: datetime, source_id: UUID, person_id: UUID) -> None:
    """The person answered, on any channel: nothing of this source waits for an answer any more."""
    raise NotImplementedError
