"""The moment a notice goes on record: compared once more with all that may have changed since it was claimed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Table, Uuid, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core import batches
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, PersonAddress
from core.tables.service import Hold
from scheduler.queue import deliveries
from scheduler.queue.claims import Call, Claimed
from scheduler.queue.leases import IN_HAND, LEASE

_notice = cast(Table, Notice.__table__)

#: The kill switch stops also what is leased already.
ON_HOLD = select(Hold.id).where(Hold.lifted_at.is_(None)).exists()


def _in_time(use_by: ColumnElement[datetime | None]) -> ColumnElement[bool]:
    return or_(use_by.is_(None), use_by > bindparam("b_now", type_=Notice.due.type))


def _open_address(address_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Nothing starts after a STOP: this person's address is still hers, wanted and alive.

    A value per row: an EXISTS becomes a join, for which the server reads both tables whole.
    """
    return (
        select(PersonAddress.opted_out_at.is_(None) & Address.dead_at.is_(None))
        .join(Address, Address.id == PersonAddress.address_id)
        .where(PersonAddress.person_id == _notice.c.person_id, PersonAddress.address_id == address_id)
        .correlate(_notice, _given)
        .scalar_subquery()
    )


_given = batches.rows("given", id=Uuid(), token=Uuid(), version=Integer(), address=Uuid())

_handed = (
    update(_notice)
    .where(_notice.c.id == _given.c.id, _notice.c.token == _given.c.token)
    .where(_notice.c.source_version == _given.c.version)
    # Handing already: this very statement, committed just when the database went away.
    .where(_notice.c.state.in_(IN_HAND), _in_time(_notice.c.use_by), _open_address(_given.c.address))
    .where(~ON_HOLD)
    .values(state="handing", lease_until=bindparam("b_lease", type_=Notice.due.type))
    .returning(_notice.c.id)
    .cte("handed")
)

#: Nothing is sent after its use-by, nor what was changed, withdrawn, stopped or taken over since it was claimed.
#: One statement, so that it can be a transaction of its own.
_HAND_OVER = select(_handed.c.id).add_cte(
    deliveries.opening("notice_id", select(_handed.c.id)).returning(Delivery.id).cte("opened")
)


async def hand_over(
    session: AsyncSession | AsyncConnection, now: datetime, real: datetime, calls: Sequence[tuple[Claimed, Call]]
) -> list[Call]:
    """Claimed -> handing, with the attempt on record; commit before the calls.

    Gives back only what still stands as it was claimed: a notice that was changed, withdrawn or taken over
    meanwhile is left to its new state.
    """
    if not calls:
        return []
    to_open = deliveries.to_open([call for _, call in calls])
    given = {**_as_given(calls), **to_open, "b_now": now, "b_lease": real + LEASE}
    standing = set((await session.scalars(_HAND_OVER, given)).all())
    return [call for notice, call in calls if notice.id in standing]


def _as_given(calls: Sequence[tuple[Claimed, Call]]) -> dict[str, Sequence[Any]]:
    # The server takes them one by one as they are given: in the order of their ids, as `locking` says.
    calls = sorted(calls, key=lambda one: one[0].id)
    return batches.given(
        "given",
        id=[notice.id for notice, _ in calls],
        token=[notice.token for notice, _ in calls],
        version=[notice.source_version for notice, _ in calls],
        address=[call.address_id for _, call in calls],
    )


async def lead(
    session: AsyncSession | AsyncConnection, real: datetime, along: Mapping[UUID, Sequence[Claimed]]
) -> None:
    """Note with which notice others go, before it is handed over: a lost worker leaves them all in the same doubt."""
    pairs = [(lead_id, notice) for lead_id, joined in along.items() for notice in joined]
    if pairs:
        given = batches.given(
            "led",
            id=[notice.id for _, notice in pairs],
            token=[notice.token for _, notice in pairs],
            lead=[lead_id for lead_id, _ in pairs],
        )
        await session.execute(_LEAD, {**given, "b_lease": real + LEASE})


_led = batches.rows("led", id=Uuid(), token=Uuid(), lead=Uuid())
_LEAD = (
    update(_notice)
    .where(_notice.c.id == _led.c.id, _notice.c.token == _led.c.token, _notice.c.state == "claimed")
    .values(lead_id=_led.c.lead, lease_until=bindparam("b_lease", type_=Notice.due.type))
)


async def still_held(session: AsyncSession | AsyncConnection, now: datetime, joined: Sequence[Claimed]) -> set[UUID]:
    """Which of the notices that go along with others are still as they were claimed: a text that names two days
    must not name one that was withdrawn since."""
    if not joined:
        return set()
    given = batches.given(
        "given",
        id=[notice.id for notice in joined],
        token=[notice.token for notice in joined],
        version=[notice.source_version for notice in joined],
    )
    return set((await session.scalars(_HELD, {**given, "b_now": now})).all())


_along = batches.rows("given", id=Uuid(), token=Uuid(), version=Integer())
_HELD = (
    select(_notice.c.id)
    .join(_along, _along.c.id == _notice.c.id)
    .where(_notice.c.state == "claimed", _notice.c.token == _along.c.token)
    .where(_notice.c.source_version == _along.c.version, _in_time(_notice.c.use_by))
)

_STANDS = (
    select(_notice.c.id)
    .join(_given, _given.c.id == _notice.c.id)
    .where(_notice.c.state == "handing", _notice.c.token == _given.c.token)
    .where(_notice.c.source_version == _given.c.version, _in_time(_notice.c.use_by))
    .where(_open_address(_given.c.address), ~ON_HOLD)
)


async def still_stand(session: AsyncSession, now: datetime, calls: Sequence[tuple[Claimed, Call]]) -> set[UUID]:
    """The deliveries on record that may start now: not withdrawn, changed, too late or stopped since."""
    standing = set((await session.scalars(_STANDS, {**_as_given(calls), "b_now": now})).all())
    return {call.delivery_id for notice, call in calls if notice.id in standing}
