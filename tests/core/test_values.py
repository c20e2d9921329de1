import copy
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.values import Handle, Masked, Money, PersonName, Phone, Private

SECRET = "+31612345678"
HIDDEN = [Masked(SECRET), Phone(SECRET), Handle(SECRET), PersonName(SECRET), Private(SECRET)]


@dataclass(frozen=True, kw_only=True)
class Card:
    """Something that holds a value, and prints itself as data classes do."""

    name: Any


#: Every way in which a value ends up in a text.
PRINTED: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda value: format(value, ""),
    "f-string": lambda value: f"{value}",
    "f-string with repr": lambda value: f"{value!r}",
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031
    "str.format": lambda value: "{} {!r}".format(value, value),  # noqa: UP032
    "in a list": lambda value: str([value, (value,), {value: value}]),
    "in a data class": lambda value: repr(Card(name=value)),
    "in an error": lambda value: str(ValueError(value)),
    "copied": lambda value: repr(copy.deepcopy(value)),
}


@pytest.mark.parametrize("way", PRINTED)
@pytest.mark.parametrize("value", HIDDEN, ids=lambda value: type(value).__name__)
def test_a_value_hides_itself_however_it_is_printed(value: Masked, way: str) -> None:
    printed = PRINTED[way](value)
    assert "12345" not in printed
    assert "***" in printed


@pytest.mark.parametrize("way", PRINTED)
def test_an_amount_hides_itself_however_it_is_printed(way: str) -> None:
    printed = PRINTED[way](Money(123456))
    assert "1234" not in printed
    assert "***" in printed


@pytest.mark.parametrize("value", [*HIDDEN, Money(123456)], ids=lambda value: type(value).__name__)
def test_json_refuses_a_value_without_showing_it(value: object) -> None:
    with pytest.raises(TypeError) as refused:
        json.dumps({"value": value})
    assert "1234" not in str(refused.value)


def test_a_log_line_shows_stars(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("somewhere").info("sent to %s for %s", Phone(SECRET), Money(123456))
    assert caplog.messages == ["sent to ***78 for Money(***)"]


def test_a_width_is_that_of_the_stars() -> None:
    assert f"{Private(SECRET):>5}" == "  ***"


def test_what_it_holds_is_given_to_who_asks() -> None:
    assert [value.reveal() for value in HIDDEN] == [SECRET] * 5
    assert Phone(SECRET).masked() == "***78"


def test_values_are_equal_by_kind_and_content() -> None:
    assert Phone(SECRET) == Phone(SECRET)
    assert Phone(SECRET) != Handle(SECRET)
    assert len({Phone(SECRET), Phone(SECRET), Handle(SECRET)}) == 2
    assert Money(5) == Money(2) + Money(3)
    assert Money(5) != 5


@pytest.mark.parametrize("wrong", [None, 31612345678, b"x"])
def test_no_value_is_born_of_something_else_and_the_refusal_hides_it(wrong: Any) -> None:
    with pytest.raises(TypeError, match="Phone holds a text") as refused:
        Phone(wrong)
    assert "31612" not in str(refused.value)


@pytest.mark.parametrize("wrong", [75.5, True, "75"])
def test_money_is_whole_cents(wrong: Any) -> None:
    with pytest.raises(TypeError, match="whole cents"):
        Money(wrong)
