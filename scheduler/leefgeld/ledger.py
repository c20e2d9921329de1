"""A person's payments while a file is laid beside them: pure, nothing is written here.

An entry is announced, paid, returned or withdrawn; each line of a file moves one entry or none. Two adults on
one account have an entry each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from scheduler import bankdays
from scheduler.imports.transactions import Event

#: How far the bank's day may lie from ours where only account and amount agree.
NEAR = 4
#: A return may come some weeks after the payment.
RETURN_DAYS = timedelta(days=42)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a file for one person, as it waits for approval."""

    line: int
    person_id: UUID
    event: Event
    cents: int
    day: date
    reference: bytes | None
    account: bytes | None


@dataclass(frozen=True, kw_only=True)
class State:
    """What is true of a payment at one moment."""

    status: str  #: announced | paid | returned | withdrawn
    cents: int
    expected_on: date
    booked_on: date | None = None
    reference: bytes | None = None


@dataclass(kw_only=True)
class Entry:
    """A payment, standing (payment_id) or new, before and after the file."""

    person_id: UUID
    payment_id: UUID | None
    account: bytes | None
    before: State | None
    after: State
    unordered: bool = False  #: first seen on a statement
    named: bool = False  #: a line of this file is about it
    differs: bool = False


class Move(StrEnum):
    """What a line does to the payments."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DROPPED = "dropped"  #: money that came in and is no return of ours
    CLASH = "clash"  #: another amount for a payment that is settled, or twice in this file


class Ledger:
    """The entries of the people a file is about; `lay` takes its lines in order."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._of: dict[UUID, list[Entry]] = {}
        for entry in entries:
            self._of.setdefault(entry.person_id, []).append(entry)

    def moved(self) -> list[Entry]:
        """The entries that are new or changed; those with an unusual amount are marked."""
        moved = [entry for entries in self._of.values() for entry in entries if entry.before != entry.after]
        for entry in moved:
            if entry.before is None or entry.before.cents != entry.after.cents:
                entry.differs = self._differs(entry)
        return moved

    def lay(self, line: Line) -> tuple[Move, Entry | None]:
        """Lay a line beside the person's payments; the entry that it is about, if there is one."""
        if line.event is Event.ANNOUNCED:
            move, entry = self._announced(line)
        elif line.event is Event.BOOKED:
            move, entry = self._booked(line)
        else:
            move, entry = self._returned(line)
        if entry is not None:
            entry.named = True
        return move, entry

    def _announced(self, line: Line) -> tuple[Move, Entry | None]:
        entry = self._by_reference(line)
        if entry is None:
            early = self._nearest(line, "paid", lambda entry: entry.unordered and not entry.named)
            if early is not None:
                early.after = replace(early.after, reference=line.reference)
                return Move.SAME, early
            return Move.NEW, self._add(line, "announced")
        after = entry.after
        if after.status in ("paid", "returned"):
            return (Move.SAME if after.cents == line.cents else Move.CLASH), entry
        if entry.named and after.cents != line.cents:
            return Move.CLASH, entry
        revived = after.status == "withdrawn"
        entry.after = replace(after, status="announced", cents=line.cents, expected_on=line.day)
        if entry.after == after:
            return Move.SAME, entry
        return (Move.NEW if revived else Move.CHANGED), entry

    def _booked(self, line: Line) -> tuple[Move, Entry | None]:
        entry = self._by_reference(line)
        if entry is None:
            entry = self._settled(line) or self._nearest(line, "announced", lambda it: not it.named)
        if entry is None:
            return Move.NEW, self._add(line, "paid")
        if entry.after.status in ("paid", "returned"):
            return Move.SAME, entry
        entry.after = replace(entry.after, status="paid", cents=line.cents, booked_on=line.day)
        return Move.CHANGED, entry

    def _returned(self, line: Line) -> tuple[Move, Entry | None]:
        entry = self._by_reference(line)
        if entry is None and line.event is Event.RETURNED:
            entry = self._last_paid(line)
        if entry is None or entry.after.status == "withdrawn":
            return Move.DROPPED, None
        if entry.after.status == "returned":
            return Move.SAME, entry
        entry.after = replace(entry.after, status="returned")
        return Move.CHANGED, entry

    def _settled(self, line: Line) -> Entry | None:
        """The payment of that very day that an earlier statement showed."""
        for status in ("paid", "returned"):
            entry = self._nearest(line, status, lambda it: it.after.booked_on == line.day and not it.named)
            if entry is not None:
                return entry
        return None

    def _by_reference(self, line: Line) -> Entry | None:
        if line.reference is None:
            return None
        entries = self._of.get(line.person_id, ())
        return next((entry for entry in entries if entry.after.reference == line.reference), None)

    def _nearest(self, line: Line, status: str, fits: Callable[[Entry], bool]) -> Entry | None:
        """The entry of the same amount whose day lies nearest, within a few bank days."""
        near = [
            entry
            for entry in self._of.get(line.person_id, ())
            if entry.after.status == status
            and entry.after.cents == line.cents
            and bankdays.apart(_day(entry.after), line.day, NEAR)
            and fits(entry)
        ]
        return min(near, key=lambda entry: abs(_day(entry.after) - line.day), default=None)

    def _last_paid(self, line: Line) -> Entry | None:
        """The payment that came back: paid before, the same amount; the latest."""
        paid = [
            entry
            for entry in self._of.get(line.person_id, ())
            if entry.after.status in ("paid", "returned")
            and entry.after.cents == line.cents
            and entry.after.booked_on is not None
            and timedelta() <= line.day - entry.after.booked_on <= RETURN_DAYS
        ]
        return max(paid, key=lambda entry: entry.after.booked_on or date.min, default=None)

    def _add(self, line: Line, status: str) -> Entry:
        booked = line.day if status == "paid" else None
        after = State(status=status, cents=line.cents, expected_on=line.day, booked_on=booked, reference=line.reference)
        entry = Entry(
            person_id=line.person_id,
            payment_id=None,
            account=line.account,
            before=None,
            after=after,
            unordered=status == "paid",
        )
        self._of.setdefault(line.person_id, []).append(entry)
        return entry

    def _differs(self, entry: Entry) -> bool:
        """Whether the amount is more than a quarter away from that of the payment before it."""
        others = [
            other.before
            for other in self._of[entry.person_id]
            if other is not entry and other.before is not None and other.before.status != "withdrawn"
        ]
        last = max(others, key=lambda state: state.expected_on, default=entry.before)
        return last is not None and abs(entry.after.cents - last.cents) * 4 > last.cents


def _day(state: State) -> date:
    return state.booked_on or state.expected_on
