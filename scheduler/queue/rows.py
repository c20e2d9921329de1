"""A row of the queue as a worker holds it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES
from content.parts import Value
from core.tables.notices import Notice
from scheduler.queue.claims import Claimed
from scheduler.queue.notices import decode

log = structlog.get_logger(__name__)

#: What is read of a notice to hold it.
FIELDS = (
    Notice.id,
    Notice.token,
    Notice.person_id,
    Notice.kind,
    Notice.step,
    Notice.source_kind,
    Notice.source_id,
    Notice.source_version,
    Notice.due,
    Notice.use_by,
    Notice.variables_sealed,
    Notice.again,
    Notice.attempts,
    Notice.avoid,
    Notice.priority,
)


async def readable(session: AsyncSession, rows: Sequence[Any]) -> list[Claimed]:
    """Those that can be read; the others end, visibly, and don't hold up the rest."""
    claimed, broken = [], []
    for row in rows:
        try:
            claimed.append(as_claimed(row))
        except Exception as error:
            # Swapped, or of a later release: whatever it breaks on, it must not hold up the queue.
            log.error("unreadable", kind=row.kind, step=row.step, error=type(error).__name__)
            broken.append(row.id)
    if broken:
        await session.execute(
            update(Notice)
            .where(Notice.id.in_(broken))
            .values(state="failed", reason="unsayable", token=None, lease_until=None)
        )
    return claimed


_in_order = attrgetter(*(field.key for field in FIELDS))


@lru_cache(maxsize=1024)
def _said(opened: bytes) -> tuple[str | None, Mapping[str, Value]]:
    """The unit and the values of a push; in a broadcast they are the same for thousands."""
    variables = Notice.variables.decode(opened)
    return variables.get("unit"), MappingProxyType(decode(variables.get("values", {})))


def as_claimed(row: Any) -> Claimed:
    """A row of the queue as a worker holds it. Raises whatever its variables break on."""
    if (row.kind, row.step) not in NOTICES:
        raise ValueError("no such kind and step: nobody knows what to say")
    id_, token, person_id, kind, step, *source, due, use_by, sealed, again, attempts, avoid, priority = _in_order(row)
    source_kind, source_id, source_version = source
    unit: str | None = None
    values: Mapping[str, Value] = {}
    if sealed is not None:
        unit, values = _said(Notice.variables.opened(Notice.__tablename__, id_, sealed))
    return Claimed(
        id=id_,
        token=token,
        person_id=person_id,
        kind=kind,
        step=step,
        source_kind=source_kind,
        source_id=source_id,
        source_version=source_version,
        due=due,
        use_by=use_by,
        unit=unit,
        values=values,
        again=again,
        attempts=attempts,
        avoid=tuple(avoid or ()),
        priority=priority,
    )
