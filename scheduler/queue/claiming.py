"""Taking from the queue: what is due, most urgent first, and never from one person by two workers at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from content.kinds import URGENT
from core.ids import new_id
from core.tables.notices import Notice
from core.tables.people import Address, Person, PersonAddress
from scheduler.queue.bundles import EXEMPT
from scheduler.queue.claims import Claimed
from scheduler.queue.leases import EXPIRE, LEASE, put_back
from scheduler.queue.rows import FIELDS, readable

#: No later than this is what goes along with a push: the rest of a day (`claim_also`), and room for a day's clock.
FURTHEST = timedelta(days=2)

# Written once: to build and to look up a statement costs as much as to run it.
_notice, _person = cast(Table, Notice.__table__), cast(Table, Person.__table__)
_held, _ready = _notice.alias("held"), _notice.alias("ready")
_NOW, _REAL, _FURTHEST = (bindparam(name, type_=Notice.due.type) for name in ("l_now", "l_real", "l_furthest"))

#: A worker has it; of a person's months ahead only what can be in hand is looked at.
_IN_A_HAND = (_held.c.is_open, _held.c.state != "planned", _held.c.due <= _FURTHEST)

#: Of the same source: the old words must not arrive after the new ones. What was moved far ahead while it was handed
#: over isn't looked at above. Asked of what is urgent alone: few persons share such a source.
_OLDER_WORDS = (
    select(true())
    .where(_held.c.person_id == _ready.c.person_id, _held.c.source_id == _ready.c.source_id)
    .where(_held.c.is_open, _held.c.state != "planned")
    .limit(1)
    .scalar_subquery()
)

#: The others end in the same statement.
_IN_TIME = or_(_ready.c.use_by.is_(None), _ready.c.use_by > _NOW)

# The person is locked too: another worker skips all that waits for her until this claim is committed.
_DUE = (
    select(_ready.c.id)
    .join(_person, _person.c.id == _ready.c.person_id)
    .where(_ready.c.is_open, _ready.c.state == "planned", _ready.c.due <= _NOW)
    # A value per row, found by index: an EXISTS becomes a join of all that is due with all that is in hand, and a
    # comparison with NULL is taken for so rare that all that is due is read and sorted.
    .where(
        ~func.coalesce(
            select(true()).where(_held.c.person_id == _ready.c.person_id, *_IN_A_HAND).limit(1).scalar_subquery(),
            case((_ready.c.priority == URGENT, _OLDER_WORDS)),
            false(),
        )
    )
    .where(or_(_ready.c.retry_at.is_(None), _ready.c.retry_at <= _REAL), _IN_TIME)
    .order_by(_ready.c.priority, _ready.c.due, _ready.c.use_by)
    .limit(bindparam("l_limit", type_=Integer()))
    .with_for_update(skip_locked=True, key_share=True, of=[_ready, _person])
)

# ANY(ARRAY(...)): an IN turns into a sequential scan once the statement is prepared.
_CLAIMED = {
    "state": "claimed",
    "token": bindparam("l_token", type_=Uuid()),
    "lease_until": bindparam("l_until", type_=Notice.due.type),
    "attempts": _notice.c.attempts + 1,
    "lead_id": None,
}
_READ = [_notice.c[field.key] for field in FIELDS]


def _claiming(due: Select[UUID]) -> ReturningUpdate[Any]:
    return (
        update(_notice)
        .where(_notice.c.id == func.any(func.array(due.scalar_subquery())))
        .values(_CLAIMED)
        .returning(*_READ)
    )


_CLAIM = _claiming(_DUE).add_cte(EXPIRE.cte("expired"))

#: Where a person is most likely reached first.
_first_channel = (
    select(Address.channel)
    .join(PersonAddress, PersonAddress.address_id == Address.id)
    .where(PersonAddress.person_id == _ready.c.person_id, PersonAddress.verified_at.is_not(None))
    .where(PersonAddress.opted_out_at.is_(None), Address.dead_at.is_(None))
    .order_by(PersonAddress.rank)
    .limit(1)
    .correlate(_ready)
    .scalar_subquery()
)
_CLAIM_OTHERS = _claiming(
    _DUE.where(func.coalesce(_first_channel, "") != all_(bindparam("l_full", type_=ARRAY(Text()))))
).add_cte(EXPIRE.cte("expired"))

#: What else these persons, who are locked, have due at this moment: what falls together goes together.
_REST = _claiming(
    select(_ready.c.id)
    .where(_ready.c.person_id == any_(bindparam("l_people", type_=ARRAY(Uuid()))))
    .where(_ready.c.is_open, _ready.c.state == "planned", _ready.c.due <= _NOW)
    .where(or_(_ready.c.retry_at.is_(None), _ready.c.retry_at <= _REAL), _IN_TIME)
    .with_for_update(skip_locked=True, key_share=True)
)

_DOUBLED = select(_held.c.person_id).where(
    *_IN_A_HAND,
    _held.c.person_id == any_(bindparam("l_people", type_=ARRAY(Uuid()))),
    _held.c.token != bindparam("l_token", type_=Uuid()),
)


async def claim(
    session: AsyncSession, now: datetime, real: datetime, limit: int, *, without: Collection[str] = ()
) -> list[Claimed]:
    """Lease due notices, most urgent first, and all that their persons have due; commit after it.

    A person has at most one batch in hand. `limit` may be passed by what those persons have due beside it.
    `without` names channels that have enough: who is reached there first is left to a later claim. What is past its
    use-by ends, visibly.
    """
    given = {"l_now": now, "l_real": real, "l_token": new_id(), "l_until": real + LEASE, "l_furthest": now + FURTHEST}
    if without:
        rows = list(await session.execute(_CLAIM_OTHERS, {**given, "l_limit": limit, "l_full": list(without)}))
    else:
        rows = list(await session.execute(_CLAIM, {**given, "l_limit": limit}))
    if len(rows) == limit:
        rows += await session.execute(_REST, {**given, "l_people": list({row.person_id for row in rows})})
    held = sorted(await readable(session, rows), key=lambda one: one.urgency)
    return await _without_doubled(session, now, held)


async def _without_doubled(session: AsyncSession, now: datetime, held: Sequence[Claimed]) -> list[Claimed]:
    """Give back what belongs to persons of whom another claim was committed while we looked."""
    if not held:
        return []
    people = list({notice.person_id for notice in held})
    given = {"l_people": people, "l_token": held[0].token, "l_furthest": now + FURTHEST}
    taken = set((await session.scalars(_DOUBLED, given)).all())
    if not taken:
        return list(held)
    await put_back(session, [notice for notice in held if notice.person_id in taken], uncount=True)
    return [notice for notice in held if notice.person_id not in taken]


async def claim_also(
    session: AsyncSession, real: datetime, person_ids: Sequence[UUID], now: datetime, until: datetime
) -> list[Claimed]:
    """Lease what these persons still have planned between two moments, to join it to a push that goes now."""
    ready = (
        select(Notice.id)
        .where(Notice.is_open, Notice.state == "planned", Notice.person_id.in_(person_ids))
        .where(Notice.due > now, Notice.due < until, Notice.kind.in_(("appointment", "workshop")))
        .where(Notice.step.not_in(EXEMPT))
        .with_for_update(skip_locked=True)
    )
    return await _lease(session, real, ready)


async def _lease(session: AsyncSession, real: datetime, ready: Any) -> list[Claimed]:
    # ANY(ARRAY(...)): an IN turns into a sequential scan once the statement is prepared.
    statement = (
        update(Notice)
        .where(Notice.id == func.any(func.array(ready.scalar_subquery())))
        .values(state="claimed", token=new_id(), lease_until=real + LEASE, attempts=Notice.attempts + 1, lead_id=None)
        .returning(*FIELDS)
        .execution_options(synchronize_session=False)
    )
    return await readable(session, (await session.execute(statement)).all())
