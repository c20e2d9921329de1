"""Files that staff bring in: read first, whole, to rows or problems; written only if there is no problem."""

from collections.abc import Callable, Mapping
from typing import Any

from scheduler.imports import agenda_rows, camt053, leefgeld_csv, mt940, pain001, people_rows
from scheduler.imports.agenda_import import agenda
from scheduler.imports.people_import import people
from scheduler.imports.reading import (
    MOST_PROBLEMS,
    Dropped,
    FileError,
    Problem,
    Reading,
    Refused,
    Repair,
    Result,
    refuse_large,
)

__all__ = [
    "KINDS",
    "Dropped",
    "Problem",
    "Reading",
    "Refused",
    "Repair",
    "Result",
    "agenda",
    "detect",
    "people",
    "read",
]

#: kind -> its reader. A reader raises FileError where the file as a whole can't be read.
KINDS: Mapping[str, Callable[[bytes], Reading[Any]]] = {
    "pain001": pain001.read,
    "camt053": camt053.read,
    "mt940": mt940.read,
    "csv": leefgeld_csv.read,
    "people": people_rows.read,
    "agenda": agenda_rows.read,
}

_DETECT = 4096  #: bytes at the start of a file in which its kind shows


def detect(content: bytes) -> str | None:
    """The kind of a payment file by what stands in it, never by its name; None where it is none."""
    start = content[:_DETECT]
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    text = text.removeprefix("\xef\xbb\xbf").lstrip()
    if text.startswith("<"):
        found = {kind for kind, mark in (("pain001", "pain.001"), ("camt053", "camt.053")) if mark in text}
        return found.pop() if len(found) == 1 else None
    if ":20:" in text and (":25:" in text or ":60F:" in text or ":61:" in text):
        return "mt940"
    return "csv" if start.startswith(b"PK\x03\x04") or "hhbnummer" in text.replace("\0", "").lower() else None


def read(kind: str, content: bytes) -> Reading[Any]:
    """The rows of a file of this kind, or its problems; never raises for what stands in the file."""
    try:
        refuse_large(content)
        reading = KINDS[kind](content)
    except FileError as error:
        return Reading(problems=(error.problem,))
    return reading if len(reading.problems) <= MOST_PROBLEMS else Reading(problems=reading.problems[:MOST_PROBLEMS])
