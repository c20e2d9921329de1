"""Reads the list of people: columns, codes, telephone numbers; the IBAN becomes a look-up value here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from core import people
from core.languages import LANGUAGES
from core.values import PersonName, Phone, Private
from messaging import phone
from scheduler.imports import fields, tabular
from scheduler.imports.reading import FieldError, Problem, Reading, Repair
from scheduler.imports.tabular import Columns, Row

T = TypeVar("T")

CHANNELS = ("telegram", "whatsapp", "sms")
DOELGROEPEN = ("nieuwkomer", "gezinsmigrant", "overig", "arbeidsmigrant")
LEERROUTES = ("b1", "onderwijs", "z")
LONGEST_NUMBER = 40

COLUMNS = Columns(
    known=(
        "klantnummer",
        "voornaam",
        "telefoon",
        "kanaal",
        "taal",
        "luisteren",
        "gedeelde_telefoon",
        "doelgroep",
        "leerroute",
        "klantmanager",
        "begeleider",
        "hhbnummer",
        "bijstand_vanaf",
        "toestemming_sms",
        "iban",
    ),
    needed=frozenset(("klantnummer", "voornaam", "kanaal", "taal")),
    numbers=frozenset(("telefoon", "iban", "bijstand_vanaf", "toestemming_sms")),
)


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person as the file tells; None where a cell is empty or the column is missing."""

    line: int
    klantnummer: Private
    name: PersonName
    phone: Phone | None
    channel: str
    language: str
    hears: bool | None
    shared: bool | None
    doelgroep: str | None
    leerroute: str | None
    klantmanager: str | None  #: e-mail
    begeleider: str | None  #: e-mail
    hhbnummer: Private | None
    bijstand_start: date | None
    sms_since: date | None  #: the day she chose SMS
    iban: tuple[bytes, str] | None  #: look-up value and last 4


def read(content: bytes) -> Reading[PersonRow]:
    """Every person, telephone numbers repaired; a klantnummer that stands there twice is a problem."""
    rows: list[PersonRow] = []
    problems: list[Problem] = []
    repairs: list[Repair] = []
    lines: dict[bytes, int] = {}
    for row in tabular.read(content, COLUMNS).rows:
        line = _Line(row)
        person = line.person()
        problems.extend(line.problems)
        if person is None:
            continue
        if (first := lines.setdefault(people.klantnummer_hash(person.klantnummer.reveal()), row.line)) != row.line:
            what = f"Dit klantnummer staat ook op rij {first}."
            problems.append(Problem(line=row.line, field="klantnummer", what=what, mend="Haal een van de twee weg."))
        rows.append(person)
        if person.phone is not None and person.phone.reveal() != (was := row.cells["telefoon"]):
            repairs.append(Repair(line=row.line, was=Private(was), becomes=person.phone))
    return Reading(rows=tuple(rows), problems=tuple(problems), repairs=tuple(repairs))


class _Line:
    """One row while it is read: every wrong cell is a problem of its own."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def person(self) -> PersonRow | None:
        """The person, or None where a cell is wrong."""
        needed: dict[str, Any] = {
            "klantnummer": self._needed("klantnummer", _number),
            "name": self._needed("voornaam", lambda text: PersonName(fields.line_of_text(text))),
            "channel": self._needed("kanaal", lambda text: fields.code(text, CHANNELS)),
            "language": self._needed("taal", lambda text: fields.code(text, tuple(LANGUAGES))),
        }
        optional: dict[str, Any] = {
            "phone": self._cell("telefoon", _phone),
            "hears": self._cell("luisteren", fields.yes),
            "shared": self._cell("gedeelde_telefoon", fields.yes),
            "doelgroep": self._cell("doelgroep", lambda text: fields.code(text, DOELGROEPEN)),
            "leerroute": self._cell("leerroute", lambda text: fields.code(text, LEERROUTES)),
            "klantmanager": self._cell("klantmanager", str.lower),
            "begeleider": self._cell("begeleider", str.lower),
            "hhbnummer": self._cell("hhbnummer", _number),
            "bijstand_start": self._cell("bijstand_vanaf", fields.day),
            "sms_since": self._cell("toestemming_sms", fields.day),
            "iban": self._cell("iban", fields.linked_account),
        }
        if not self.problems and needed["channel"] == "sms":
            self._needs_mobile(optional["phone"])
        return None if self.problems else PersonRow(line=self.row.line, **needed, **optional)

    def _needs_mobile(self, number: Phone | None) -> None:
        if number is None:
            self._refuse("telefoon", "Voor sms is een telefoonnummer nodig.", "Vul het mobiele nummer in.")
        elif not phone.is_mobile(number):
            self._refuse(
                "telefoon", "Dit is geen mobiel nummer.", "Vul een mobiel nummer in, of kies een ander kanaal."
            )

    def _needed(self, column: str, reader: Callable[[str], T]) -> T | None:
        if not self.row.cells.get(column):
            self._refuse(column, f"De {column} ontbreekt.", "Vul de cel in, of haal de rij weg.")
        return self._cell(column, reader)

    def _cell(self, column: str, reader: Callable[[str], T]) -> T | None:
        text = self.row.cells.get(column, "")
        if not text:
            return None
        try:
            return reader(text)
        except FieldError as error:
            self._refuse(column, error.what, error.mend)
            return None

    def _refuse(self, column: str, what: str, mend: str) -> None:
        self.problems.append(Problem(line=self.row.line, field=column, what=what, mend=mend))


def _number(text: str) -> Private:
    if len(text) > LONGEST_NUMBER or not any(letter.isalnum() for letter in text):
        raise FieldError("Dit is geen nummer.", "Vul het nummer van de gemeente in.")
    return Private(fields.line_of_text(text))


def _phone(text: str) -> Phone:
    try:
        return phone.normalise(text)
    except phone.PhoneError as error:
        raise FieldError(error.what, error.mend) from None


def names(rows: Sequence[PersonRow]) -> frozenset[str]:
    """The e-mail addresses of accounts that a file mentions."""
    return frozenset(name for row in rows for name in (row.klantmanager, row.begeleider) if name)
