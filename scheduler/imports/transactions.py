"""What is kept of one line of a payment file while it is read: look-up values, an amount and a day."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from core import crypto, people

#: The four fixed costs that Huishoudboekje pays.
COSTS = ("huur", "energie", "water", "zorgverzekering")

_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_WORDS = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")


class Event(StrEnum):
    """What a line says of a payment."""

    ANNOUNCED = "announced"  #: ordered; expected on the day
    BOOKED = "booked"  #: left our account on the day
    RETURNED = "returned"  #: surely came back on the day
    CREDITED = "credited"  #: came in; a return only if it names a payment of ours


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A fixed cost that a line names, with whom its text may name."""

    cost: str
    month: date  #: its first day
    persons: frozenset[bytes]  #: look-up values of every word that could be a hhbnummer


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One payment; nothing in it can be read back without the index key but amount and day."""

    line: int
    event: Event
    cents: int
    day: date
    account: bytes | None = None  #: index("iban", ...) of the other side
    hhbnummer: bytes | None = None  #: index("hhbnummer", ...) of a plain CSV line
    reference: bytes | None = None  #: index("payment", EndToEndId or line key)
    cost: Cost | None = None


def reference(text: str) -> bytes | None:
    """The look-up value of an EndToEndId; None where the bank or the sender gave none."""
    return None if text.upper() in ("", "NOTPROVIDED", "NONREF") else crypto.index("payment", text)


def digest(lines: Iterable[tuple[str, int]]) -> str:
    """A keyed hash of every reference and amount (cents) of a file, in any order."""
    content = "\n".join(f"{key}\t{cents}" for key, cents in sorted(lines))
    return crypto.index("payments of a file", content).hex()


def cost(text: str, day: date) -> Cost | None:
    """The fixed cost that a description names, or None; the description itself is dropped here."""
    words = _WORDS.findall(text)
    lower = [word.lower() for word in words]
    named = [name for name in COSTS if name in lower]
    if len(named) != 1 or "leefgeld" in lower:
        return None
    pairs = [before + after for before, after in pairwise(words) if before.isalpha()]
    numbers = {word for word in (*words, *pairs) if any(letter.isdigit() for letter in word)}
    if not numbers:
        return None
    return Cost(cost=named[0], month=_month(lower, day), persons=frozenset(map(people.hhbnummer_hash, numbers)))


def _month(words: list[str], day: date) -> date:
    """The month a description names, in the year that lies nearest to the day; else the month of the day."""
    named = next((_MONTHS.index(word) + 1 for word in words if word in _MONTHS), None)
    if named is None:
        return day.replace(day=1)
    years = (day.year - 1, day.year, day.year + 1)
    return min((date(year, named, 1) for year in years), key=lambda month: abs(month - day))
