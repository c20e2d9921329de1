"""Burgerservicenummers that people type: masked before anything is stored."""

import re
from collections.abc import Mapping
from typing import Any

from stdnum.nl import bsn

MASK = "[nummer weggehaald]"

#: Where the words of a person stand in a raw update; other fields hold ids, which may look alike.
_WORDS = frozenset({"text", "caption", "Body", "ButtonText"})

_NUMBER = re.compile(r"(?<![\d+])\d(?:[ .\-]?\d){8}(?!\d)")


def masked(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The update with every nine-digit number that passes the 11-test taken out of a person's words."""
    return {key: _masked(key, value) for key, value in payload.items()}


def _masked(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return masked(value)
    if isinstance(value, list):
        return [_masked(key, item) for item in value]
    if isinstance(value, str) and key in _WORDS:
        return _NUMBER.sub(_judged, value)
    return value


def _judged(match: re.Match[str]) -> str:
    return MASK if bsn.is_valid(match[0]) else match[0]
