from time import perf_counter

import pytest
from stdnum import iban

from core import people
from scheduler.imports import fields
from scheduler.imports.reading import FieldError

GOOD = "NL13TEST0123456789"

ACCOUNTS = [
    GOOD,
    "NL13TEST0123456798",  # two digits swapped
    "NL31TEST0123456789",
    "NL13TEST012345678",
    "NL13TEST01234567890",
    "NL13TE1T0123456789",
    "NL1２TEST0123456789",  # a digit, but none of ours
    "BE68539007547034",
    "BE68539007547035",
    "DE89370400440532013000",
    "",
    "NL",
]


@pytest.mark.parametrize("text", ACCOUNTS)
def test_a_dutch_account_is_judged_as_any_other(text: str) -> None:
    expected = people.iban_hash(text) if iban.is_valid(text, check_country=False) else None
    assert fields.account(text) == expected


def test_an_account_as_people_write_it() -> None:
    assert fields.account("nl13 test 0123 4567 89") == people.iban_hash(GOOD)


def test_a_cell_of_accents_is_refused_at_once() -> None:
    start = perf_counter()
    with pytest.raises(FieldError):
        fields.line_of_text("a" + "\u0301\u0327" * 200_000)
    assert perf_counter() - start < 0.5
