"""The second person: approves a payment file of somebody else, or takes an import back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.tables.leefgeld import FixedCost, Payment, SourceFile
from core.tables.people import Person
from scheduler.imports import desk
from scheduler.imports.reading import Refused, Result
from scheduler.leefgeld import books, matching, staging
from scheduler.leefgeld.matching import Matched
from scheduler.queue import notices

APPROVE = "leefgeld.approve"

_OVER = {
    "approved": "Dit bestand is al goedgekeurd.",
    "withdrawn": "Dit bestand is teruggenomen.",
    "done": "Dit bestand veranderde niets; er is niets goed te keuren.",
}


async def approve(
    session: AsyncSession, now: datetime, settings: Settings, source_file_id: UUID, *, by: UUID
) -> Result:
    """Write the payments of a waiting file and plan what people hear; everything is looked at anew.

    Refused for who imported it, for who may not, and where it doesn't wait any more.
    """
    await _may(session, by)
    await staging.lock(session)
    source = await _locked(session, source_file_id)
    if source.imported_by == by:
        raise Refused("U heeft dit bestand zelf ingelezen. Een tweede persoon kijkt; u kunt dit niet zelf goedkeuren.")
    if source.status != "waiting":
        raise Refused(_OVER[source.status])
    if staging.is_old(source, now):
        raise Refused("Dit bestand is ouder dan 24 uur. Lees het opnieuw in.")
    matched = await _still_here(session, matching.from_json(source.rows))
    judged = await books.judge(session, matched)
    if judged.result.problems:
        return replace(judged.result, import_id=source.id, new=0, changed=0)
    result = replace(judged.result, import_id=source.id, late=len(books.late_lines(judged, now, settings)))
    await books.write(session, now, settings, judged, source)
    source.status, source.approved_by, source.approved_at, source.rows = "approved", by, now, None
    source.counts = {**source.counts, **staging.counts_of(result)}
    await session.flush()
    return result


async def withdraw(session: AsyncSession, now: datetime, settings: Settings, source_file_id: UUID, *, by: UUID) -> int:
    """Take an import back: what it announced is withdrawn, and what waits to be said. Returns how many payments.

    What the bank booked stays paid. Who imported the file may do this too.
    """
    await _may(session, by)
    await staging.lock(session)
    source = await _locked(session, source_file_id)
    if source.status not in ("waiting", "approved"):
        raise Refused(_OVER[source.status])
    payments = list(await session.scalars(select(Payment).where(Payment.source_file_id == source.id)))
    await notices.withdraw_all(session, [payment.id for payment in payments], "withdrawn")
    announced = [payment for payment in payments if payment.status == "announced"]
    for payment in announced:
        payment.status, payment.version = "withdrawn", payment.version + 1
    await session.execute(delete(FixedCost).where(FixedCost.source_file_id == source.id, FixedCost.paid.is_(False)))
    source.status, source.rows = "withdrawn", None
    await session.flush()
    return len(announced)


async def _may(session: AsyncSession, by: UUID) -> None:
    await desk.importer(session, by, APPROVE)


async def _locked(session: AsyncSession, source_file_id: UUID) -> SourceFile:
    query = select(SourceFile).where(SourceFile.id == source_file_id).with_for_update()
    source = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if source is None or source.kind in ("people", "agenda"):
        raise Refused("Dit bestand is er niet.")
    return source


async def _still_here(session: AsyncSession, matched: Matched) -> Matched:
    """The same lines without who left or was erased since the file was read."""
    wanted = {line.person_id for line in matched.lines} | {cost.person_id for cost in matched.costs}
    query = select(Person.id).where(desk.among(Person.id, wanted), Person.left_at.is_(None))
    here = set(await session.scalars(query))
    return replace(
        matched,
        lines=[line for line in matched.lines if line.person_id in here],
        costs=[cost for cost in matched.costs if cost.person_id in here],
    )
