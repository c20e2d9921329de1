"""What reading a file gives: its rows, or one problem per line in words for staff."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from core.problems import Problem as Problem  # what a reading gives is imported from here
from core.values import Phone, Private

LARGEST_FILE = 50_000_000  #: bytes
MOST_ROWS = 100_000
MOST_PROBLEMS = 1_000  #: more are not listed: the file is of another kind

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Repair:
    """A telephone number that was written in another way, as staff must see it."""

    line: int
    was: Private
    becomes: Phone


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A line that is not ours to keep, and why."""

    line: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[R_co]):
    """Rows and problems of one file; rows are only to be used when there are no problems."""

    rows: Sequence[R_co] = ()
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    message: bytes | None = None  #: index("message", the file's own message id)
    digest: str = ""  #: keyed hash of every reference and amount in the file, also of dropped lines
    dropped: tuple[Dropped, ...] = ()  #: lines that the reader itself left out


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an import did, or (dry run, or waiting for approval) would do."""

    import_id: UUID | None
    new: int = 0
    changed: int = 0
    same: int = 0
    problems: tuple[Problem, ...] = ()
    dropped: int = 0  #: lines of nobody who is linked, or of another kind; not stored
    dropped_lines: tuple[Dropped, ...] = ()  #: those that staff may want to see
    flagged: int = 0  #: amounts more than 25% different from last time
    late: int = 0  #: payments too late to announce
    costs: int = 0  #: fixed costs that are new or changed
    repairs: tuple[Repair, ...] = ()
    first_sms: tuple[UUID, ...] = ()  #: persons who chose SMS and must get the first one now


def counted(outcomes: Iterable[str]) -> Result:
    """A result that only counts: how many of `new`, `changed` and `same`."""
    count = Counter(outcomes)
    return Result(import_id=None, new=count["new"], changed=count["changed"], same=count["same"])


class FieldError(Exception):
    """A value can't be read; carries what is wrong and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class FileError(Exception):
    """A file can't be read at all, from this line on; carries its problem."""

    def __init__(self, what: str, mend: str, *, line: int = 0, field: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(line=line, field=field, what=what, mend=mend)


class Refused(Exception):
    """Somebody may not do this, or not now; the text is a Dutch sentence for staff."""


def refuse_large(content: bytes) -> None:
    """FileError where a file is empty or larger than any real one."""
    if not content.strip():
        raise FileError("Het bestand is leeg.", "Maak het bestand opnieuw.")
    if len(content) > LARGEST_FILE:
        raise FileError("Het bestand is groter dan 50 MB.", "Splits het in kleinere bestanden.")


def refuse_many(count: int, line: int) -> None:
    """FileError where a file holds more rows than one import may."""
    if count > MOST_ROWS:
        raise FileError("Het bestand heeft meer dan 100.000 rijen.", "Splits het in kleinere bestanden.", line=line)
