"""Addresses that will never work again: staff make a new card with their person, or call."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.settings import Settings
from core.tables.people import Address, Person, PersonAddress
from core.tables.work import Task
from scheduler import tasks
from scheduler.tasks import Kind

#: The provider keeps a STOP that we didn't hear ourselves: nobody is called about that.
_STOPPED = "stopped_at_provider"


async def report(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Open a task for everybody whose address died, once per death; on the call list where it was the last one."""
    query = (
        select(PersonAddress.person_id, Address.id, Address.dead_reason, _has_another().label("another"))
        .join(Address, Address.id == PersonAddress.address_id)
        .join(Person, Person.id == PersonAddress.person_id)
        .where(Address.dead_at.is_not(None), Person.left_at.is_(None), ~_reported())
        .where(PersonAddress.verified_at.is_not(None), PersonAddress.opted_out_at.is_(None))
    )
    found = (await session.execute(query)).all()
    for row in found:
        stopped = row.dead_reason == _STOPPED
        await tasks.open_task(
            session,
            now,
            settings,
            kind=Kind.STOPPED if stopped else Kind.ADDRESS_DEAD,
            person_id=row.person_id,
            reason=row.dead_reason or "address_dead",
            source_kind=Address.__tablename__,
            source_id=row.id,
            call=not (row.another or stopped),
        )
    return len(found)


def _reported() -> ColumnElement[bool]:
    since = or_(Task.closed_at.is_(None), Task.created_at >= Address.dead_at)
    about = (Task.source_id == Address.id) & (Task.person_id == PersonAddress.person_id)
    return select(Task.id).where(about, since, Task.kind.in_((Kind.ADDRESS_DEAD.value, Kind.STOPPED.value))).exists()


def _has_another() -> ColumnElement[bool]:
    """Whether the person can still be reached in another way."""
    bond, place = aliased(PersonAddress), aliased(Address)
    usable = (bond.verified_at.is_not(None)) & bond.opted_out_at.is_(None) & place.dead_at.is_(None)
    return (
        select(bond.id)
        .join(place, place.id == bond.address_id)
        .where(bond.person_id == PersonAddress.person_id, usable)
        .exists()
    )
