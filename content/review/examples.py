"""A text as people get it, with made-up values: for who judges it, in a chat, on a page or on paper."""

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache

from content.parts import Value
from content.plurals import index
from content.saying import filled
from core.languages import LANGUAGES
from core.values import Money

#: One for each placeholder; all made up. `language` is the language's own name.
VALUES: Mapping[str, Value] = {
    "amount": Money(7500),
    "app": "Telegram",
    "box": "☐",
    "caller": "0413 11 11 11",
    "contact_phone": "14 0413",
    "count": 3,
    "day": date(2027, 1, 12),
    "emergency_phone": "0413 00 00 00",
    "end": time(12),
    "hours": 2,
    "minutes": 4,
    "municipality": "Meierijstad",
    "name": "Karin",
    "names": "(day)",
    "number": 2,
    "old_day": date(2027, 1, 14),
    "old_time": time(9, 30),
    "place": "Voorbeeldplein 1, Veghel",
    "second_day": date(2027, 1, 19),
    "second_time": time(13),
    "seconds": 22,
    "summary": "Hoe vindt u werk?",
    "text": "…",
    "time": time(10),
    "times": "09:02, 13:45",
    "title": "Werken in Nederland",
    "until_day": date(2027, 1, 11),
    "until_time": time(12),
    "weekday": "dinsdag",
    "what": "👤 gesprek",
    "why": "Dit ontbreekt: (day).",
}

_COUNTS = range(201)


def shown(language: str, form: str, *, count: int | None = None) -> str:
    """One form with its example values, as it stands in a bubble of its language."""
    values = {**VALUES, "language": LANGUAGES[language].own_name}
    return filled(language, form, values if count is None else {**values, "count": count})


@lru_cache(maxsize=256)
def count_of(language: str, form: int, forms: int) -> int:
    """The smallest number that takes this plural form, not 0 where another does; 3 where there is one form only."""
    if forms == 1:
        return 3
    taken = [n for n in _COUNTS if index(language, n) == form]
    return next((n for n in taken if n), taken[0] if taken else 0)
