"""Reads the list of appointments: who, which kind, when, where, with whom, which interpreter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from content.kinds import APPOINTMENTS
from core import people
from core.languages import LANGUAGES
from core.values import Private
from scheduler.imports import fields, tabular
from scheduler.imports.reading import FieldError, Problem, Reading
from scheduler.imports.tabular import Columns, Row

T = TypeVar("T")

COLUMNS = Columns(
    known=("klantnummer", "soort", "datum", "tijd", "duur", "plaats", "met", "tolk"),
    needed=frozenset(("klantnummer", "soort", "datum", "tijd", "duur")),
    numbers=frozenset(("datum", "tijd", "duur")),
)


@dataclass(frozen=True, kw_only=True)
class AppointmentRow:
    """One appointment as the file tells."""

    line: int
    klantnummer: Private
    kind: str
    wall_time: datetime
    minutes: int
    place: Private | None
    with_whom: Private | None
    tolk: str | None


def read(content: bytes) -> Reading[AppointmentRow]:
    """Every appointment; the same klantnummer, kind and day twice is a problem."""
    rows: list[AppointmentRow] = []
    problems: list[Problem] = []
    lines: dict[tuple[bytes, str, date], int] = {}
    for row in tabular.read(content, COLUMNS).rows:
        found = _appointment(row, problems)
        if found is None:
            continue
        key = (people.klantnummer_hash(found.klantnummer.reveal()), found.kind, found.wall_time.date())
        if (first := lines.setdefault(key, row.line)) != row.line:
            what = f"Deze afspraak staat ook op rij {first}."
            problems.append(Problem(line=row.line, field="", what=what, mend="Haal een van de twee weg."))
        rows.append(found)
    return Reading(rows=tuple(rows), problems=tuple(problems))


def _appointment(row: Row, problems: list[Problem]) -> AppointmentRow | None:
    wrong: list[Problem] = []

    def cell(column: str, reader: Callable[[str], T], *, needed: bool = False) -> Any:
        text = row.cells.get(column, "")
        try:
            if needed and not text:
                raise FieldError(f"De {column} ontbreekt.", "Vul de cel in, of haal de rij weg.")
            return reader(text) if text else None
        except FieldError as error:
            wrong.append(Problem(line=row.line, field=column, what=error.what, mend=error.mend))
            return None

    klantnummer = cell("klantnummer", Private, needed=True)
    kind = cell("soort", lambda text: fields.code(text, APPOINTMENTS), needed=True)
    day, time = cell("datum", fields.day, needed=True), cell("tijd", fields.clock, needed=True)
    minutes = cell("duur", fields.minutes, needed=True)
    place, with_whom = cell("plaats", _text), cell("met", _text)
    tolk = cell("tolk", lambda text: fields.code(text, tuple(LANGUAGES)))
    problems.extend(wrong)
    if wrong:
        return None
    return AppointmentRow(
        line=row.line,
        klantnummer=klantnummer,
        kind=kind,
        wall_time=datetime.combine(day, time),
        minutes=minutes,
        place=place,
        with_whom=with_whom,
        tolk=tolk,
    )


def _text(text: str) -> Private:
    return Private(fields.line_of_text(text))
