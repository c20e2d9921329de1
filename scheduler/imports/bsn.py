"""Finds a column of burgerservicenummers: those are never stored, so such a file is refused."""

import re
from collections.abc import Sequence

from stdnum.nl import bsn

_HEADS = re.compile(r"bsn|burgerservice|sofi", re.IGNORECASE)


def named(head: str) -> bool:
    """Whether a column says by its head that it holds BSNs."""
    return _HEADS.search(head) is not None


def mostly(values: Sequence[str]) -> bool:
    """Whether most values of a column pass the 11-test."""
    filled = [value for value in values if value]
    return bool(filled) and sum(map(_passes, filled)) * 2 > len(filled)


def _passes(value: str) -> bool:
    digits = re.sub(r"[\s.\-]", "", value)
    return re.fullmatch(r"\d{8,9}", digits) is not None and bsn.is_valid(digits)
