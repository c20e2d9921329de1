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

#: Weekday, then this; never Babel's `full`, which turns the order around or adds a year.
_OF_MONTH = "d MMMM"

#: A Persian month is bound to the year behind it; where none follows, it stands alone.
_OF_MONTH_IN = {"fa": "d LLLL"}

#: A leap year that begins on a Monday: every day of any year has its name here.
_YEAR, _MONDAY = 2024, 1

#: Whose way of writing an amount is everybody's. Babel's own for fa, prs and ar say 75.00, for en and am €75.00, for
#: fr 75,00 €, and for pl, uk, fr and bg a thousand breaks over two lines at its space. The letter, the bank and the
#: shop in the next street write € 75,00 and € 1.234,50: who can't read compares shapes.
_AMOUNTS_OF = "nl"

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
            return money(value.cents)
        case Masked():
            return revealed(value, one_line=not lines)
        case Quoted():
            return value.text
        case Word():
            raise TypeError("a Word is a message of its own")


def day(value: date, language: str) -> str:
    """`dinsdag 12 januari`, with normal spaces."""
    return f"{_weekday(value.weekday(), language)} {_of_month(value.month, value.day, language)}"


@lru_cache(maxsize=256)
def _weekday(number: int, language: str) -> str:
    return _by_babel(date(_YEAR, 1, _MONDAY + number), "EEEE", language)


@lru_cache(maxsize=8192)
def _of_month(month: int, number: int, language: str) -> str:
    return _by_babel(date(_YEAR, month, number), _OF_MONTH_IN.get(language, _OF_MONTH), language)


@lru_cache(maxsize=8192)
def brief_day(value: date, language: str) -> str:
    """`di 12 jan.`, short enough for a button."""
    return _by_babel(value, "EEE d MMM", language)


@lru_cache(maxsize=8192)
def money(cents: int) -> str:
    """`€ 75,00`, in every language as it stands on the municipality's letters, with a normal space."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=locale(_AMOUNTS_OF)).translate(_SPACES)


def _by_babel(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale(language)).translate(_SPACES).translate(_LATIN)
