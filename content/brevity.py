"""Whether a text fits: a button's label, and an SMS with the longest values it can get."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from content import gsm
from content.render import BUTTONS, LABEL_UNITS, SMS_NAME, parsed, units
from content.values import day

ONE_GSM, ONE_WIDE, TWO_WIDE, TWO_GSM = 160, 70, 134, 306

#: Longest value of a name, where it isn't a day.
_LONGEST = {
    "time": "23:59",
    "times": "09:02, 13:45",
    "municipality": "Meierijstad",
    "contact_phone": "0413 381 381",
    "emergency_phone": "0413 381 381",
    "caller": "0413 381 381",
    "name": "x" * SMS_NAME,
    "count": "12",
    "number": "12",
    "minutes": "45",
}


def too_long(language: str, unit: str, name: str, form: str) -> Iterator[str]:
    """Why a text doesn't fit where it is shown, in words."""
    if unit == BUTTONS:
        if (length := units("".join(parsed(form)[::2]))) > LABEL_UNITS:
            yield f"a button holds {LABEL_UNITS} UTF-16 units, this is {length}"
    elif name == "sms" or name.startswith("sms_"):
        yield from _sms(language, form)


def _sms(language: str, form: str) -> Iterator[str]:
    text = filled(language, form)
    outside = sorted(set(text) - gsm.ALPHABET)
    if language in gsm.LANGUAGES and outside:
        yield f"not in the SMS alphabet: {''.join(outside)}"
    elif language in gsm.LANGUAGES:
        if gsm.septets(text) > ONE_GSM:
            yield f"an SMS holds {ONE_GSM} characters, this is {gsm.septets(text)} with the longest values"
    elif outside and units(text) > TWO_WIDE:
        yield f"two SMS hold {TWO_WIDE} UTF-16 units, this is {units(text)} with the longest values"
    elif not outside and gsm.septets(text) > TWO_GSM:
        yield f"two SMS hold {TWO_GSM} characters, this is {gsm.septets(text)} with the longest values"


def filled(language: str, form: str) -> str:
    """The text with the longest values it can get in this language."""
    pieces = list(parsed(form))
    for at in range(1, len(pieces), 2):
        pieces[at] = _value(language, pieces[at])
    return "".join(pieces)


def _value(language: str, name: str) -> str:
    if name == "day" or name.endswith("_day"):
        return longest_day(language)
    kind = "time" if name.endswith("_time") else name
    return _LONGEST.get(kind, "xxxxxxxxxxxx")


@cache
def longest_day(language: str) -> str:
    """The longest weekday with the longest month of this language."""
    first = date(2027, 1, 1)
    return max((day(first + timedelta(days=n), language) for n in range(7 * 366)), key=units)
