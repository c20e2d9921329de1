"""Whether a text fits: a button's label, an SMS and a bubble with the longest values they can get."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from content import gsm
from content.lint import flaws
from content.lint.flaws import Flaw
from content.placeholders import parsed
from content.render import BUTTONS, LABEL_UNITS
from content.saying import SMS_NAME
from content.values import day
from core.languages import SOURCE
from core.utf16 import units

#: UTF-16 units of a bubble with buttons on the strictest channel, WhatsApp: both languages together.
BUBBLE_UNITS = 1024

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


def is_sms(name: str) -> bool:
    """Whether a message of this name goes out as an SMS."""
    return name == "sms" or name.startswith("sms_")


def too_long(language: str, unit: str, name: str, form: str) -> Iterator[Flaw]:
    """Why a text doesn't fit where it is shown."""
    if unit == BUTTONS:
        if (length := units("".join(parsed(form)[::2]))) > LABEL_UNITS:
            yield Flaw(flaws.BUTTON_LONG, (str(LABEL_UNITS), str(length)))
    elif is_sms(name):
        yield from _sms(language, form)


def too_long_together(language: str, dutch: str, form: str) -> Iterator[Flaw]:
    """Why a text and the Dutch below it don't fit one bubble with buttons, with the longest values."""
    together = units(filled(language, form)) + 2 + units(filled(SOURCE, dutch))
    if together > BUBBLE_UNITS:
        yield Flaw(flaws.BUBBLE_LONG, (str(BUBBLE_UNITS), str(together)))


def _sms(language: str, form: str) -> Iterator[Flaw]:
    text = filled(language, form)
    outside = sorted(set(text) - gsm.ALPHABET)
    if language in gsm.LANGUAGES and outside:
        yield Flaw(flaws.SMS_LETTER, ("".join(outside),))
    elif language in gsm.LANGUAGES:
        if gsm.septets(text) > ONE_GSM:
            yield Flaw(flaws.SMS_LONG, (str(ONE_GSM), str(gsm.septets(text))))
    elif outside and units(text) > TWO_WIDE:
        yield Flaw(flaws.SMS_WIDE, (str(TWO_WIDE), str(units(text))))
    elif not outside and gsm.septets(text) > TWO_GSM:
        yield Flaw(flaws.SMS_TWO, (str(TWO_GSM), str(gsm.septets(text))))


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
