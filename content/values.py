"""How a value is written in a language: days, times, money and numbers, always in Latin digits."""

from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency

from content.foreign import clean, revealed
from content.parts import Quoted, Value, Word
from content.plurals import locale
from core.values import Masked, Money

#: Weekday, day, month; never Babel's `full`, which turns the order around or adds a year.
DAY = "EEEE d MMMM"

#: A Persian month is bound to the year behind it; where none follows, it stands alone.
_DAY_IN = {"fa": "EEEE d LLLL"}

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200e": None, "\u200f": None})
_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def written(value: Value, language: str, *, lines: bool = False) -> str:
    """A value as it stands in a sentence, on one line unless `lines`; a Word is looked up as a message instead."""
    match value:
        case str():
            return clean(value, one_line=not lines)
        case date():
            return day(value, language)
        case time():
            return f"{value.hour:02d}:{value.minute:02d}"
        case int():
            return str(value)
        case Money():
            return money(value.cents, language)
        case Masked():
            return revealed(value, one_line=not lines)
        case Quoted():
            return value.text
        case Word():
            raise TypeError("a Word is a message of its own")


@lru_cache(maxsize=8192)
def day(value: date, language: str) -> str:
    """`dinsdag 12 januari`, with normal spaces."""
    return format_date(value, _DAY_IN.get(language, DAY), locale(language)).translate(_SPACES).translate(_LATIN)


@lru_cache(maxsize=8192)
def brief_day(value: date, language: str) -> str:
    """`di 12 jan.`, short enough for a button."""
    return format_date(value, "EEE d MMM", locale(language)).translate(_SPACES).translate(_LATIN)


@lru_cache(maxsize=8192)
def money(cents: int, language: str) -> str:
    """`€ 75,00`: by Babel, with normal spaces and the sign that stands on letters."""
    text = format_currency(Decimal(cents) / 100, "EUR", locale=locale(language), numbering_system="latn")
    return text.translate(_SPACES).replace("EUR", "€").strip()
