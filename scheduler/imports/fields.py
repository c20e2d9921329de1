"""Single values as files write them: days, times, amounts, yes or no, codes, bank accounts."""

import re
import string
import unicodedata
from collections.abc import Collection
from datetime import date, time

from stdnum import iban as iban_number

from core import people
from scheduler.imports.reading import FieldError

LONGEST_TEXT = 200
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)

_DAY_MEND = "Schrijf de dag als dd-mm-jjjj, bijvoorbeeld 30-11-2026."
_AMOUNT_MEND = "Schrijf het bedrag als 75,00 of 75.00."


def day(text: str) -> date:
    """A day written dd-mm-jjjj."""
    match = re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text)
    if not match:
        raise FieldError(f'"{_shown(text)}" is geen dag.', _DAY_MEND)
    return _existing(text, int(match[3]), int(match[2]), int(match[1]))


def iso_day(text: str) -> date:
    """A day (or the day of a moment) as XML writes it."""
    match = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:$|[T+Z-])", text)
    if not match:
        raise FieldError(f'"{_shown(text)}" is geen dag.', "Maak het bestand opnieuw in Huishoudboekje of bij de bank.")
    return _existing(text, int(match[1]), int(match[2]), int(match[3]))


def _existing(text: str, year: int, month: int, day_of_month: int) -> date:
    try:
        found = date(year, month, day_of_month)
    except ValueError:
        raise FieldError(f'"{_shown(text)}" bestaat niet.', _DAY_MEND) from None
    if not EARLIEST <= found <= LATEST:
        raise FieldError(f'"{_shown(text)}" is een vreemd jaar.', _DAY_MEND)
    return found


def clock(text: str) -> time:
    """A wall time written uu:mm."""
    match = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})(?::00)?", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise FieldError(f'"{_shown(text)}" is geen tijd.', "Schrijf de tijd als uu:mm, bijvoorbeeld 09:30.")
    return time(int(match[1]), int(match[2]))


def cents(text: str) -> int:
    """A positive amount as whole cents: `75`, `75.5`, `75.00` or `75,00`. Never shown in the error."""
    match = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]{1,2})0*)?", text)
    if not match:
        raise FieldError("Het bedrag is niet te lezen.", _AMOUNT_MEND)
    amount = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if amount == 0:
        raise FieldError("Het bedrag is nul.", _AMOUNT_MEND)
    return amount


def minutes(text: str) -> int:
    """A length in whole minutes."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1440:
        raise FieldError(f'"{_shown(text)}" is geen duur.', "Schrijf hele minuten, van 1 tot en met 1440.")
    return int(text)


def yes(text: str) -> bool:
    """ja or nee."""
    if text.lower() not in ("ja", "nee"):
        raise FieldError(f'"{_shown(text)}" is geen ja of nee.', "Schrijf ja of nee.")
    return text.lower() == "ja"


def code(text: str, known: Collection[str]) -> str:
    """One of a list of codes."""
    if text.lower() not in known:
        raise FieldError(f'"{_shown(text)}" kennen wij niet.', f"Kies uit: {', '.join(known)}.")
    return text.lower()


def line_of_text(text: str) -> str:
    """A text of one line, without signs that can't be seen and not a spreadsheet's formula."""
    # Putting a long run of accents in order takes time that grows with its square: a long text isn't even tried.
    plain = unicodedata.normalize("NFC", text) if len(text) <= LONGEST_TEXT * 4 else text
    if len(plain) > LONGEST_TEXT:
        raise FieldError(f"De tekst is langer dan {LONGEST_TEXT} tekens.", "Maak de tekst korter.")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") or letter in _DIRECTIONS for letter in plain):
        raise FieldError("De tekst heeft tekens die niet te zien zijn.", "Typ de tekst opnieuw.")
    if plain.startswith(("=", "+", "-", "@")):
        raise FieldError("De tekst begint met =, +, - of @. Dat is in Excel een formule.", "Haal dat teken weg.")
    return plain


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def account(text: str) -> bytes | None:
    """The look-up value of an IBAN, or None where it is none; the number itself goes no further."""
    compact = re.sub(r"\s", "", text).upper()
    return people.iban_hash(compact) if _is_iban(compact) else None


_DUTCH = re.compile(r"NL[0-9]{2}[A-Z]{4}[0-9]{10}")
_DIGITS = {ord(letter): str(value) for value, letter in enumerate(string.ascii_uppercase, start=10)}


def _is_iban(compact: str) -> bool:
    """By the shape of a Dutch account, as nearly all are: to ask the list of all countries costs ten times as much."""
    if _DUTCH.fullmatch(compact):
        return int((compact[4:] + compact[:4]).translate(_DIGITS)) % 97 == 1
    return bool(iban_number.is_valid(compact, check_country=False))


def linked_account(text: str) -> tuple[bytes, str]:
    """What is kept of an IBAN that staff link: its look-up value and last 4 digits."""
    found = account(text)
    if found is None:
        raise FieldError("De IBAN klopt niet.", "Kijk het nummer na; het begint met twee letters en twee cijfers.")
    return found, re.sub(r"\s", "", text)[-4:]


def _shown(text: str) -> str:
    """At most a few letters of what stands there, without signs that could upset a screen."""
    return "".join(letter for letter in text[:30] if letter.isprintable())
