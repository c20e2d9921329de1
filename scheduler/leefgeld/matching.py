"""Whose money a line is: by linked account, by hhbnummer in the plain CSV, never by name; the rest is dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.leefgeld import Payment
from core.tables.people import Person
from scheduler.imports import desk
from scheduler.imports.reading import Dropped
from scheduler.imports.transactions import Event, Transaction
from scheduler.leefgeld.ledger import Line

_INCOMING = (Event.RETURNED, Event.CREDITED)


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """A fixed cost of a person: which, of which month, paid or waiting; no amount, no creditor."""

    person_id: UUID
    cost: str
    month: date
    event: Event


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What of a file is about people we know."""

    lines: Sequence[Line] = ()
    costs: Sequence[CostLine] = ()
    dropped: int = 0
    dropped_lines: tuple[Dropped, ...] = ()
    late: frozenset[int] = frozenset()  #: lines that were too late to announce when the file was read


@dataclass(frozen=True, kw_only=True)
class _People:
    by_account: dict[bytes, list[UUID]]
    by_number: dict[bytes, UUID]
    by_reference: dict[bytes, list[UUID]]

    def of(self, row: Transaction) -> list[UUID]:
        """Whose payment a line is: both adults of a shared account."""
        if row.hhbnummer is not None:
            return [self.by_number[row.hhbnummer]] if row.hhbnummer in self.by_number else []
        found = self.by_account.get(row.account, []) if row.account else []
        if row.event in _INCOMING and row.reference is not None:
            found = [*found, *self.by_reference.get(row.reference, [])]
        return list(dict.fromkeys(found))

    def cost_of(self, row: Transaction) -> UUID | None:
        """Whose fixed cost a line is: its text names one person, and it isn't money to herself."""
        if row.cost is None or row.event is Event.CREDITED:
            return None
        owners = {self.by_number[number] for number in row.cost.persons if number in self.by_number}
        own = self.by_account.get(row.account, []) if row.account else []
        return owners.pop() if len(owners) == 1 and not owners & set(own) else None


async def match(session: AsyncSession, rows: Sequence[Transaction]) -> Matched:
    """Find the person of every line, in three queries."""
    people = await _people(session, rows)
    lines: list[Line] = []
    costs: list[CostLine] = []
    unknown: list[Transaction] = []
    for row in rows:
        if (owner := people.cost_of(row)) is not None and row.cost is not None:
            costs.append(CostLine(person_id=owner, cost=row.cost.cost, month=row.cost.month, event=row.event))
        elif persons := people.of(row):
            lines.extend(_line(row, person_id) for person_id in persons)
        else:
            unknown.append(row)
    why = "Dit hhbnummer is van niemand die wij kennen."
    listed = tuple(Dropped(line=row.line, why=why) for row in unknown if row.hhbnummer is not None)
    return Matched(lines=lines, costs=costs, dropped=len(unknown), dropped_lines=listed)


def _line(row: Transaction, person_id: UUID) -> Line:
    return Line(
        line=row.line,
        person_id=person_id,
        event=row.event,
        cents=row.cents,
        day=row.day,
        reference=row.reference,
        account=row.account,
    )


async def _people(session: AsyncSession, rows: Sequence[Transaction]) -> _People:
    accounts = {row.account for row in rows if row.account}
    numbers = {row.hhbnummer for row in rows if row.hhbnummer}
    numbers |= {number for row in rows if row.cost for number in row.cost.persons}
    references = {row.reference for row in rows if row.reference and row.event in _INCOMING}
    numbered = _grouped(
        await session.execute(
            select(Person.hhbnummer_hash, Person.id).where(
                desk.among(Person.hhbnummer_hash, numbers), Person.left_at.is_(None)
            )
        )
    )
    return _People(
        by_account=_grouped(
            await session.execute(
                select(Person.iban_hash, Person.id).where(
                    desk.among(Person.iban_hash, accounts), Person.left_at.is_(None)
                )
            )
        ),
        by_number={number: found[0] for number, found in numbered.items()},
        by_reference=_grouped(
            await session.execute(
                select(Payment.reference_hash, Payment.person_id).where(desk.among(Payment.reference_hash, references))
            )
        ),
    )


def _grouped(pairs: Iterable[Any]) -> dict[bytes, list[UUID]]:
    found: dict[bytes, list[UUID]] = {}
    for key, person_id in pairs:
        found.setdefault(key, []).append(person_id)
    return found


def as_json(matched: Matched) -> dict[str, Any]:
    """What approval will need, as plain values for a sealed column; `from_json` reads it back."""
    return {
        "lines": [
            [
                line.line,
                line.person_id.hex,
                line.event.value,
                line.cents,
                line.day.isoformat(),
                line.reference.hex() if line.reference else None,
                line.account.hex() if line.account else None,
            ]
            for line in matched.lines
        ],
        "costs": [[row.person_id.hex, row.cost, row.month.isoformat(), row.event.value] for row in matched.costs],
        "dropped": matched.dropped,
        "late": sorted(matched.late),
    }


def from_json(plain: Any) -> Matched:
    """What `as_json` wrote."""
    return Matched(
        lines=[
            Line(
                line=line,
                person_id=UUID(person),
                event=Event(event),
                cents=cents,
                day=date.fromisoformat(day),
                reference=bytes.fromhex(reference) if reference else None,
                account=bytes.fromhex(account) if account else None,
            )
            for line, person, event, cents, day, reference, account in plain["lines"]
        ],
        costs=[
            CostLine(person_id=UUID(person), cost=cost, month=date.fromisoformat(month), event=Event(event))
            for person, cost, month, event in plain["costs"]
        ],
        dropped=plain["dropped"],
        late=frozenset(plain["late"]),
    )
