from datetime import date, time

import pytest

from bot.console.forms import Filled, Form


@pytest.mark.parametrize("typed", ["2027-01-12", "12-01-2027", " 12-1-2027 "])
def test_day_as_browsers_and_people_write_it(typed: str) -> None:
    assert Form({"day": typed}).day("day") == date(2027, 1, 12)


@pytest.mark.parametrize("typed", ["31-02-2027", "morgen", "12/01/2027", "0000-00-00"])
def test_no_day(typed: str) -> None:
    form = Form({"day": typed})
    assert form.day("day") is None
    assert typed in form.problems["day"]


@pytest.mark.parametrize(("typed", "read"), [("9:05", time(9, 5)), ("09.05", time(9, 5)), ("23:59", time(23, 59))])
def test_time(typed: str, read: time) -> None:
    assert Form({"time": typed}).time("time") == read


@pytest.mark.parametrize("typed", ["24:00", "10:60", "tien", "1000"])
def test_no_time(typed: str) -> None:
    form = Form({"time": typed})
    assert form.time("time") is None
    assert form.problems


def test_choice_and_number_refuse_what_is_not_offered() -> None:
    form = Form({"kind": "feest", "minutes": "-5"})
    assert form.choice("kind", ("taalles",)) is None
    assert form.number("minutes", least=5, most=60) is None
    assert set(form.problems) == {"kind", "minutes"}


def test_first_problem_of_a_field_stays_and_control_characters_go() -> None:
    form = Form({"name": "a\x00b\x1b"})
    form.refuse("name", "één")
    form.refuse("name", "twee")
    assert form.problems == {"name": "één"}
    assert form.raw("name") == "ab"


def test_filled_shows_what_stands_now() -> None:
    assert Filled(day=date(2027, 1, 12), place=None).raw("day") == "2027-01-12"
    assert Filled(place=None).raw("place") == ""
