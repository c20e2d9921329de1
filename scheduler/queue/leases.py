"""The worker's side of the queue: claim, put back, renew; then comes handover, and after the call endings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import (
    ARRAY,
    ColumnElement,
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

from content.kinds import NOTICES
from content.parts import Value
from core import batches
from core.ids import new_id
from core.tables.notices import Notice
from core.tables.people import Address, Person, PersonAddress
from core.tables.service import Hold
from scheduler.queue.bundles import EXEMPT
from scheduler.queue.claims import Claimed
from scheduler.queue.notices import decode

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=25)

#: How often a worker renews what it is still calling.
RENEW = timedelta(seconds=8)

#: No later than this is what goes along with a push: the rest of a day (`claim_also`), and room for a day's clock.
FURTHEST = timedelta(days=2)

#: Counted before the work: a notice that breaks whoever takes it is set aside.
MOST_ATTEMPTS = 8

#: A worker holds it.
IN_HAND = ("claimed", "handing")

_FIELDS = (
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


# Written once: to build and to look up a statement costs as much as to run it.
_notice, _person = cast(Table, Notice.__table__), cast(Table, Person.__table__)
_held, _ready = _notice.alias("held"), _notice.alias("ready")
_NOW, _REAL, _FURTHEST = (bindparam(name, type_=Notice.due.type) for name in ("l_now", "l_real", "l_furthest"))

#: A worker has it; of a person's months ahead only what can be in hand is looked at.
_IN_A_HAND = (_held.c.is_open, _held.c.state != "planned", _held.c.due <= _FURTHEST)

#: Nothing is sent after its use-by: such notices end, visibly.
_EXPIRE = (
    update(_notice)
    .where(_notice.c.is_open, _notice.c.state == "planned", _notice.c.due <= _NOW, _notice.c.use_by <= _NOW)
    .values(state="expired", reason="use_by_passed")
    .returning(_notice.c.id)
)

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
            false(),
        )
    )
    .where(or_(_ready.c.retry_at.is_(None), _ready.c.retry_at <= _REAL))
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
_READ = [_notice.c[field.key] for field in _FIELDS]


def _claiming(due: Select[UUID]) -> ReturningUpdate[Any]:
    return (
        update(_notice)
        .where(_notice.c.id == func.any(func.array(due.scalar_subquery())))
        .values(_CLAIMED)
        .returning(*_READ)
    )


_CLAIM = _claiming(_DUE)

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
)

#: What else these persons, who are locked, have due at this moment: what falls together goes together.
_REST = (
    update(_notice)
    .where(_notice.c.person_id == any_(bindparam("l_people", type_=ARRAY(Uuid()))))
    .where(_notice.c.is_open, _notice.c.state == "planned", _notice.c.due <= _NOW)
    .where(or_(_notice.c.retry_at.is_(None), _notice.c.retry_at <= _REAL))
    .values(_CLAIMED)
    .returning(*_READ)
)

_DOUBLED = select(_held.c.person_id).where(
    *_IN_A_HAND,
    _held.c.person_id == any_(bindparam("l_people", type_=ARRAY(Uuid()))),
    _held.c.token != bindparam("l_token", type_=Uuid()),
)


async def on_hold(session: AsyncSession) -> bool:
    """Whether the kill switch is on."""
    return (await session.scalars(select(Hold.id).where(Hold.lifted_at.is_(None)).limit(1))).first() is not None


async def claim(
    session: AsyncSession, now: datetime, real: datetime, limit: int, *, without: Collection[str] = ()
) -> list[Claimed]:
    """Lease due notices, most urgent first, and all that their persons have due; commit after it.

    A person has at most one batch in hand. `limit` may be passed by what those persons have due beside it.
    `without` names channels that have enough: who is reached there first is left to a later claim.
    """
    await expire(session, now)
    given = {"l_now": now, "l_real": real, "l_token": new_id(), "l_until": real + LEASE, "l_furthest": now + FURTHEST}
    if without:
        rows = list(await session.execute(_CLAIM_OTHERS, {**given, "l_limit": limit, "l_full": list(without)}))
    else:
        rows = list(await session.execute(_CLAIM, {**given, "l_limit": limit}))
    if len(rows) == limit:
        rows += await session.execute(_REST, {**given, "l_people": list({row.person_id for row in rows})})
    held = sorted(await _readable(session, rows), key=lambda one: one.urgency)
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
        .returning(*_FIELDS)
        .execution_options(synchronize_session=False)
    )
    return await _readable(session, (await session.execute(statement)).all())


async def _readable(session: AsyncSession, rows: Sequence[Any]) -> list[Claimed]:
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


_in_order = attrgetter(*(field.key for field in _FIELDS))


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


async def expire(session: AsyncSession, now: datetime) -> int:
    """Nothing is sent after its use-by: such notices end, visibly."""
    return len((await session.scalars(_EXPIRE, {"l_now": now})).all())


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


async def put_back(
    session: AsyncSession,
    held: Sequence[Claimed],
    *,
    due: datetime | None = None,
    retry_at: datetime | None = None,
    uncount: bool = False,
) -> None:
    """Claimed -> planned, as if never taken; `due` or `retry_at` say when to look again."""
    values: dict[str, Any] = {"state": "planned", "token": None, "lease_until": None, "retry_at": retry_at}
    values["lead_id"] = None
    if due is not None:
        values["due"] = due
    if uncount:
        values["attempts"] = Notice.attempts - 1
    await _move(session, held, values)


async def end(session: AsyncSession, held: Sequence[Claimed], state: str, reason: str) -> None:
    """Claimed -> failed or suppressed, with a reason that staff can read."""
    await _move(session, held, {"state": state, "reason": reason, "token": None, "lease_until": None})


async def _move(session: AsyncSession, held: Sequence[Claimed], values: Mapping[str, Any]) -> None:
    for token in {notice.token for notice in held}:
        ids = [notice.id for notice in held if notice.token == token]
        await session.execute(
            update(Notice)
            .where(Notice.id.in_(ids), Notice.state == "claimed", Notice.token == token)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


_leased = batches.rows("leased", id=Uuid(), token=Uuid())
_RENEW = (
    update(_notice)
    .where(_notice.c.id == _leased.c.id, _notice.c.token == _leased.c.token, _notice.c.state.in_(IN_HAND))
    .values(lease_until=bindparam("b_lease", type_=Notice.due.type))
)


async def renew(session: AsyncSession, real: datetime, held: Sequence[Claimed]) -> None:
    """This worker still holds these: nobody else may think them lost."""
    given = batches.given("leased", id=[notice.id for notice in held], token=[notice.token for notice in held])
    await session.execute(_RENEW, {**given, "b_lease": real + LEASE})


async def doubt(
    session: AsyncSession, now: datetime, real: datetime, lead_id: UUID, joined: Sequence[Claimed], reason: str
) -> None:
    """What went along with a notice in doubt may have been said too: once more and marked, or never, by its class."""
    once_more = (Notice.doubt == "once_more") & ~Notice.again
    values = {
        "state": case((once_more, "planned"), else_="unsure"),
        "again": Notice.again | once_more,
        "retry_at": case((once_more, real + LEASE)),
        "sent_at": func.coalesce(Notice.sent_at, now),
    }
    await _move(session, joined, {**values, "reason": reason, "lead_id": lead_id, "token": None, "lease_until": None})


async def join(session: AsyncSession, now: datetime, lead_id: UUID, joined: Sequence[Claimed]) -> None:
    """What went along with another notice is said too: its state follows the lead."""
    await _move(
        session,
        joined,
        {"state": "sent", "sent_at": now, "lead_id": lead_id, "token": None, "lease_until": None},
    )
