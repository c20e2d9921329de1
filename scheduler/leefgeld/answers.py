"""What a person says of a payment, and what she may look up."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.tables.leefgeld import FixedCost, Payment
from core.tables.work import Task
from scheduler import tasks
from scheduler.imports.transactions import COSTS
from scheduler.leefgeld import steps
from scheduler.queue import notices
from scheduler.tasks import Kind

Answer = Literal["received", "not_received"]


async def answer(
    session: AsyncSession, now: datetime, settings: Settings, payment: Payment, answer: Answer
) -> Task | None:
    """Keep the answer; `not_received` puts the person on the call list for the next working day."""
    payment.answer, payment.answered_at = answer, now
    await session.flush()
    await notices.answered(session, now, payment.id, payment.person_id)
    if answer == "received":
        return None
    return await _call(session, now, settings, payment, Kind.NOT_RECEIVED)


async def no_food(session: AsyncSession, now: datetime, settings: Settings, payment: Payment) -> Task:
    """No money for food: somebody calls today."""
    return await _call(session, now, settings, payment, Kind.NO_FOOD)


async def of_person(session: AsyncSession, person_id: UUID) -> list[Payment]:
    """A person's payments, the latest day first; without those that were taken back."""
    query = (
        select(Payment)
        .where(Payment.person_id == person_id, Payment.status != "withdrawn")
        .order_by(Payment.expected_on.desc(), Payment.id.desc())
    )
    return list(await session.scalars(query))


async def costs_of(session: AsyncSession, person_id: UUID, month: date) -> list[FixedCost]:
    """What is known of a person's fixed costs in the month of a day, in the fixed order of pictures."""
    query = select(FixedCost).where(FixedCost.person_id == person_id, FixedCost.month == month.replace(day=1))
    return sorted(await session.scalars(query), key=lambda row: COSTS.index(row.cost))


async def _call(session: AsyncSession, now: datetime, settings: Settings, payment: Payment, kind: Kind) -> Task:
    return await tasks.open_task(
        session,
        now,
        settings,
        kind=kind,
        person_id=payment.person_id,
        reason=kind.value,
        source_kind=steps.SOURCE,
        source_id=payment.id,
        call=True,
    )
