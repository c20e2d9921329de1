"""Text messages arrive as they were sent, letter for letter, and never longer than was counted on."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import smsutil
from hypothesis import given, settings

from content import gsm
from content.kinds import NOTICES, VARIANTS
from content.parts import Part, Value
from content.render import sms
from core.languages import LANGUAGES
from messaging import segments
from tests.content.hostile import EXAMPLES, TEXTS, VALUE

PUSHED = sorted({kind.unit for kind in NOTICES.values()} | {unit for found in VARIANTS.values() for unit in found})
ALL = [(unit, name) for (code, unit), body in TEXTS.bodies.items() for name in body if code == "nl"]
SHORT = [(unit, name) for unit, name in ALL if name == "sms" or name.startswith("sms_")]


def over_the_air(text: str) -> str:
    """What a phone shows of it: 7 bits a letter where the alphabet has them all, else UTF-16."""
    if segments.count(text).encoding == "gsm7":
        return str(smsutil.decode(smsutil.encode(text)))
    return text.encode("utf-16-be").decode("utf-16-be")


def said(language: str, unit: str, short: str, /, **instead: Value) -> str:
    return sms(TEXTS, [language], Part(unit=unit, name=short, values={**EXAMPLES, **instead})).text


def check(language: str, text: str) -> None:
    counted = segments.count(text)
    assert over_the_air(text) == text
    assert counted.segments == len(smsutil.split(text).parts), text
    if language in gsm.LANGUAGES:
        assert (counted.encoding, counted.segments) == ("gsm7", 1), text
    assert counted.segments <= 2, (language, counted.units, text)


def days() -> Iterator[date]:
    """Each weekday in each month, with a day of two digits."""
    first = date(2027, 1, 1)
    found = {(day.month, day.weekday()): day for day in (first + timedelta(days=n) for n in range(365)) if day.day > 9}
    return iter(found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_short_form_fits(language: str) -> None:
    for unit, name in SHORT:
        check(language, said(language, unit, name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_push_fits_on_each_weekday_of_each_month(language: str) -> None:
    for unit in PUSHED:
        for day in days():
            check(language, said(language, unit, "sms", day=day, old_day=day, until_day=day))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=25, deadline=None)
@given(name=VALUE)
def test_no_name_makes_it_longer_or_unreadable(language: str, name: Value) -> None:
    for unit, short in SHORT:
        text = said(language, unit, short, name=name)
        check(language, text)
        assert text.count("\n") == said(language, unit, short).count("\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Şükran", "Sükran"),
        ("Zoë", "Zoe"),
        ("Łukasz", "Lukasz"),
        ("Đặng", "Dang"),
        ("O’Brien", "O'Brien"),
        ("René", "René"),
    ],
)
def test_a_name_is_spelled_in_the_alphabet_of_the_message(name: str, shown: str) -> None:
    assert f" {shown} belt u" in said("nl", "call", "sms_planned", name=name)


def test_a_name_in_another_script_is_left_to_languages_that_have_it() -> None:
    assert "سلمى" in said("ar", "call", "sms_planned", name="سلمى")
    assert segments.count(said("nl", "call", "sms_planned", name="سلمى")).encoding == "gsm7"
