"""The clock that people in Ethiopia and Eritrea grew up with: hours counted from dawn, with a word for the part of day.

It stands in brackets beside the clock of phones and letters, for who asked for it: a second time of day is also a
second thing to misread, and many Eritreans count as we do.
"""

from collections.abc import Iterable
from datetime import time

from content.inforce import InForce

#: Languages of people who may count so.
LANGUAGES = frozenset({"ti", "am"})

#: Its words, which a speaker approves like all others.
UNIT = "clock"

#: The first hour of each part of the day.
_PARTS = ((18, "evening"), (12, "afternoon"), (6, "morning"), (0, "night"))


def known(texts: InForce, languages: Iterable[str]) -> bool:
    """Whether a time can be said so in any of these languages."""
    return any(language in LANGUAGES and texts.has(language, UNIT) for language in languages)


def beside(texts: InForce, language: str, value: time) -> str:
    """` (ጥዋት 4:00)` for 10:00; nothing in other languages, or where its words aren't in force."""
    if not known(texts, (language,)):
        return ""
    part = next(name for first, name in _PARTS if value.hour >= first)
    counted = f"{(value.hour - 6) % 12 or 12}:{value.minute:02d}"
    return f" ({texts.forms(language, UNIT, part)[0].replace('{time}', counted)})"
