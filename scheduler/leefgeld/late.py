"""Payments that aren't on the statement in time: staff hear first, the person only when staff say so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, permissions
from core.settings import Settings
from core.tables.leefgeld import Payment, SourceFile
from core.tables.people import Account, Person
from core.tables.work import Task
from scheduler import bankdays, holidays, tasks
from scheduler.imports.reading import Refused
from scheduler.leefgeld import steps
from scheduler.leefgeld.books import STATEMENTS
from scheduler.queue import notices
from scheduler.tasks import Kind


async def late_tick(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Signal every payment that isn't booked one bank day after its expected day, once; returns how many.

    From the opening of the town hall on. Where the municipality never brings in statements, only a payment
    order is expected to show on one.
    """
    local = clock.wall(now, settings.timezone)
    today = local.date() if local.time() >= holidays.OPENS else local.date() - bankdays.ONE_DAY
    newest = today if bankdays.is_bank_day(today) else bankdays.before(today)
    signalled = exists().where(Task.source_id == Payment.id, Task.kind == Kind.PAYMENT_LATE.value)
    statements = exists().where(SourceFile.kind.in_(STATEMENTS), SourceFile.status.in_(("approved", "done")))
    query = (
        select(Payment)
        .outerjoin(SourceFile, SourceFile.id == Payment.source_file_id)
        .join(Person, Person.id == Payment.person_id)
        .where(Payment.status == "announced", Payment.expected_on <= bankdays.before(newest), ~signalled)
        .where((SourceFile.kind != "csv") | statements, Person.left_at.is_(None))
    )
    late = list(await session.scalars(query))
    for payment in late:
        await tasks.open_task(
            session,
            now,
            settings,
            kind=Kind.PAYMENT_LATE,
            person_id=payment.person_id,
            reason="not_on_statement",
            source_kind=steps.SOURCE,
            source_id=payment.id,
        )
    return len(late)


async def release_late(session: AsyncSession, now: datetime, settings: Settings, payment_id: UUID, by: UUID) -> UUID:
    """The klantmanager lets the person hear that the money isn't there yet; returns the notice's id.

    She is on the call list of today: the message says that somebody calls. Refused where nothing is late.
    """
    moment = steps.Moment.of(now, settings)
    account = await session.get(Account, by)
    payment = await session.get(Payment, payment_id, with_for_update=True)
    person = await session.get(Person, payment.person_id) if payment else None
    may = account and not account.disabled_at and permissions.may(account, "leefgeld.amount", person)
    if not may or payment is None:
        raise Refused("Deze betaling is er niet.")
    if payment.status != "announced" or payment.expected_on >= moment.today:
        raise Refused("Deze betaling is niet te laat.")
    (notice_id,) = await notices.plan(session, now, [steps.late(payment, moment)])
    await tasks.open_task(
        session,
        now,
        settings,
        kind=Kind.PAYMENT_LATE,
        person_id=payment.person_id,
        reason="told",
        due=tasks.today(now, settings),
        source_kind=steps.SOURCE,
        source_id=payment.id,
        call=True,
    )
    return notice_id
