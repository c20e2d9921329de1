"""Lays a file beside the payments in the database, and writes down what it changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import batches
from core.ids import new_id
from core.settings import Settings
from core.tables.leefgeld import FixedCost, Payment, SourceFile
from core.tables.work import Task
from core.values import Money
from scheduler import tasks
from scheduler.imports import desk
from scheduler.imports.reading import Problem, Result
from scheduler.imports.transactions import Event
from scheduler.leefgeld import steps
from scheduler.leefgeld.ledger import Entry, Ledger, Line, Move, State
from scheduler.leefgeld.matching import CostLine, Matched
from scheduler.leefgeld.steps import Moment
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.tasks import Kind

STATEMENTS = ("camt053", "mt940")
BATCH = 5_000  #: notices planned with one statement


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a file would do, before anything is written."""

    moves: Sequence[tuple[Line, Move, Entry | None]]
    moved: Sequence[Entry]
    payments: dict[UUID, Payment]
    costs: Sequence[tuple[CostLine, bool]]  #: those that are new or changed, and whether they are paid
    result: Result


async def judge(session: AsyncSession, matched: Matched) -> Judged:
    """Lay every line beside the payments of its person, in three queries."""
    persons = {line.person_id for line in matched.lines}
    rows = await session.execute(
        select(Payment, SourceFile.kind)
        .outerjoin(SourceFile, SourceFile.id == Payment.source_file_id)
        .where(desk.among(Payment.person_id, persons))
        .order_by(Payment.id)
    )
    standing = [(payment, kind) for payment, kind in rows]
    ledger = Ledger(_entry(payment, kind) for payment, kind in standing)
    moves = [(line, *ledger.lay(line)) for line in matched.lines]
    moved = ledger.moved()
    costs = await _costs(session, matched.costs)
    count = Counter(move for _, move, _ in moves)
    result = Result(
        import_id=None,
        new=count[Move.NEW],
        changed=count[Move.CHANGED],
        same=count[Move.SAME],
        dropped=matched.dropped + count[Move.DROPPED],
        dropped_lines=matched.dropped_lines,
        flagged=sum(entry.differs for entry in moved),
        costs=len(costs),
        problems=tuple(_clash(line) for line, move, _ in moves if move is Move.CLASH),
    )
    payments = {payment.id: payment for payment, _ in standing}
    return Judged(moves=moves, moved=moved, payments=payments, costs=costs, result=result)


def _entry(payment: Payment, kind: str | None) -> Entry:
    amount = payment.amount
    assert amount is not None
    state = State(
        status=payment.status,
        cents=amount.cents,
        expected_on=payment.expected_on,
        booked_on=payment.booked_on,
        reference=payment.reference_hash,
    )
    return Entry(
        person_id=payment.person_id,
        payment_id=payment.id,
        account=payment.iban_hash,
        before=state,
        after=state,
        unordered=kind in STATEMENTS,
    )


def late_lines(judged: Judged, now: datetime, settings: Settings) -> frozenset[int]:
    """The lines that announce money whose day will be over before the person can hear of it."""
    moment = steps.Moment.of(now, settings)
    return frozenset(
        line.line
        for line, move, entry in judged.moves
        if move in (Move.NEW, Move.CHANGED)
        and entry is not None
        and entry.after.status == "announced"
        and moment.too_late(entry.after.expected_on)
    )


def _clash(line: Line) -> Problem:
    what = "Deze betaling staat al vast met een ander bedrag."
    return Problem(line=line.line, field="bedrag", what=what, mend="Kijk in Huishoudboekje welk bedrag klopt.")


async def _costs(session: AsyncSession, lines: Sequence[CostLine]) -> list[tuple[CostLine, bool]]:
    """Of each person, cost and month what it becomes, where that is news; an order doesn't undo a payment."""
    query = select(FixedCost).where(desk.among(FixedCost.person_id, {line.person_id for line in lines}))
    known = {(row.person_id, row.cost, row.month): row.paid for row in await session.scalars(query)}
    wanted: dict[tuple[UUID, str, date], tuple[CostLine, bool]] = {}
    for line in lines:
        key = (line.person_id, line.cost, line.month)
        so_far = wanted[key][1] if key in wanted else known.get(key, False)
        wanted[key] = line, line.event is Event.BOOKED or (line.event is Event.ANNOUNCED and so_far)
    return [(line, paid) for key, (line, paid) in wanted.items() if known.get(key) is not paid]


async def write(session: AsyncSession, now: datetime, settings: Settings, judged: Judged, source: SourceFile) -> None:
    """Write the payments and fixed costs of an approved file, and plan what people hear of it."""
    written = [(entry, _write(now, entry, judged.payments, source)) for entry in judged.moved]
    await session.flush()
    await _add(session, [payment for entry, payment in written if entry.payment_id not in judged.payments])
    await _write_costs(session, judged.costs, source)
    told = [(entry, payment) for entry, payment in written if _is_news(entry)]
    await _withdraw(session, now, told)
    moment = steps.Moment.of(now, settings)
    plans = [plan for _, payment in told if (plan := _plan(payment, moment)) is not None]
    for start in range(0, len(plans), BATCH):
        await notices.plan(session, now, plans[start : start + BATCH])
    for _, payment in told:
        if payment.status == "returned":
            await _call(session, now, settings, payment)


def _is_news(entry: Entry) -> bool:
    """Whether more changed than the bank's reference."""
    before, after = entry.before, entry.after
    return before is None or (before.status, before.cents, before.expected_on) != (
        after.status,
        after.cents,
        after.expected_on,
    )


def _write(now: datetime, entry: Entry, payments: dict[UUID, Payment], source: SourceFile) -> Payment:
    """The payment as the file leaves it; a new one isn't the session's, `_add` writes those together."""
    after = entry.after
    payment = payments.get(entry.payment_id) if entry.payment_id else None
    if payment is None:
        payment = Payment(
            person_id=entry.person_id, iban_hash=entry.account, source_file_id=source.id, version=0, created_at=now
        )
    elif after.status == "announced":
        payment.source_file_id = source.id
    payment.amount = Money(after.cents)
    payment.expected_on, payment.booked_on, payment.status = after.expected_on, after.booked_on, after.status
    payment.reference_hash = after.reference
    payment.differs = entry.differs
    payment.version += 1
    return payment


async def _add(session: AsyncSession, payments: Sequence[Payment]) -> None:
    """New payments: a file may have ten thousand, which one by one take longer than all the rest of it."""
    for start in range(0, len(payments), BATCH):
        some = payments[start : start + BATCH]
        columns = {name: [getattr(payment, name) for payment in some] for name in _NEW}
        await session.execute(_ADD, batches.given("payment", **columns))


_payments = cast(Table, Payment.__table__)
_NEW = (
    *("id", "person_id", "amount_sealed", "expected_on", "booked_on", "status", "reference_hash", "iban_hash"),
    *("differs", "source_file_id", "version", "created_at"),
)
_given = batches.rows("payment", **{name: _payments.c[name].type for name in _NEW})
_ADD = insert(_payments).from_select(_NEW, select(_given))


async def _write_costs(session: AsyncSession, costs: Sequence[tuple[CostLine, bool]], source: SourceFile) -> None:
    rows = [
        {
            "id": new_id(),
            "person_id": line.person_id,
            "cost": line.cost,
            "month": line.month,
            "paid": paid,
            "source_file_id": source.id,
        }
        for line, paid in costs
    ]
    if rows:
        statement = insert(FixedCost)
        changed = {"paid": statement.excluded.paid, "source_file_id": statement.excluded.source_file_id}
        await session.execute(
            statement.on_conflict_do_update(index_elements=["person_id", "cost", "month"], set_=changed), rows
        )


def _plan(payment: Payment, moment: Moment) -> Plan | None:
    if payment.status == "announced":
        return steps.announced(payment, moment)
    return steps.paid(payment, moment) if payment.status == "paid" else steps.returned(payment, moment)


async def _withdraw(session: AsyncSession, now: datetime, told: Sequence[tuple[Entry, Payment]]) -> None:
    """What waited about these payments is no longer true; a signal that they were late is over."""
    changed = [payment.id for entry, payment in told if entry.before is not None]
    await notices.withdraw_all(session, changed, "changed")
    query = select(Task.source_id).where(
        desk.among(Task.source_id, changed),
        Task.kind == Kind.PAYMENT_LATE.value,
        Task.closed_at.is_(None),
    )
    for source_id in (await session.scalars(query)).all():
        if source_id is not None:
            await tasks.close_of(session, now, source_id, (Kind.PAYMENT_LATE,), "on_statement")


async def _call(session: AsyncSession, now: datetime, settings: Settings, payment: Payment) -> None:
    await tasks.open_task(
        session,
        now,
        settings,
        kind=Kind.PAYMENT_RETURNED,
        person_id=payment.person_id,
        reason="returned",
        source_kind=steps.SOURCE,
        source_id=payment.id,
        call=True,
    )
