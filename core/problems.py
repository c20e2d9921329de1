"""What is wrong with a line of a file that somebody brings in, in words for staff."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a line can't be taken; in Dutch, without names, numbers or amounts of people."""

    line: int  #: of the file, from 1; 0: the file as a whole
    field: str  #: column or element; empty: the whole line
    what: str
    mend: str
