"""Reads the plain list of payments for municipalities without payment files."""

from core import crypto, people
from scheduler import bankdays
from scheduler.imports import fields, tabular
from scheduler.imports.reading import Dropped, FieldError, Problem, Reading
from scheduler.imports.tabular import Columns, Row
from scheduler.imports.transactions import Event, Transaction

COLUMNS = Columns(
    known=("hhbnummer", "bedrag", "verwachte_datum", "soort", "opmerking"),
    needed=frozenset(("hhbnummer", "bedrag", "verwachte_datum", "soort")),
    numbers=frozenset(("bedrag", "verwachte_datum", "opmerking")),
)
KIND = "leefgeld"


def read(content: bytes) -> Reading[Transaction]:
    """Every line of kind leefgeld; other kinds are listed and dropped, remarks are not kept."""
    rows: list[Transaction] = []
    problems: list[Problem] = []
    dropped: list[Dropped] = []
    for row in tabular.read(content, COLUMNS).rows:
        if row.cells["soort"].lower() != KIND:
            dropped.append(Dropped(line=row.line, why="Geen leefgeld."))
            continue
        field = "hhbnummer"
        try:
            if not row.cells["hhbnummer"]:
                raise FieldError("Het hhbnummer ontbreekt.", "Vul het nummer in, of haal de rij weg.")
            field = "bedrag"
            cents = fields.cents(row.cells["bedrag"])
            field = "verwachte_datum"
            rows.append(_transaction(row, cents))
        except FieldError as error:
            problems.append(Problem(line=row.line, field=field, what=error.what, mend=error.mend))
    return Reading(rows=tuple(rows), problems=tuple(problems), dropped=tuple(dropped))


def _transaction(row: Row, cents: int) -> Transaction:
    """The reference is person, day and kind: the same line again is the same payment."""
    ordered = fields.day(row.cells["verwachte_datum"])
    number = people.hhbnummer_hash(row.cells["hhbnummer"])
    return Transaction(
        line=row.line,
        event=Event.ANNOUNCED,
        cents=cents,
        day=bankdays.on_or_after(ordered),
        hhbnummer=number,
        reference=crypto.index("payment", f"csv {number.hex()} {ordered.isoformat()} {KIND}"),
    )
