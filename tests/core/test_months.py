from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import months

COUNTED = [
    ("2026-08-31", 6, "2027-02-28"),
    ("2027-08-31", 6, "2028-02-29"),
    ("2027-08-29", 6, "2028-02-29"),
    ("2028-02-29", 12, "2029-02-28"),
    ("2028-02-29", 48, "2032-02-29"),
    ("2026-12-15", 1, "2027-01-15"),
    ("2027-03-31", -1, "2027-02-28"),
    ("2027-01-31", 0, "2027-01-31"),
]


@pytest.mark.parametrize(("anchor", "count", "day"), COUNTED)
def test_months_end_where_the_month_does(anchor: str, count: int, day: str) -> None:
    assert months.after(date.fromisoformat(anchor), count) == date.fromisoformat(day)


def test_monthly_on_the_31st_comes_once_a_month_and_stays_the_31st() -> None:
    days = [months.after(date(2027, 1, 31), count) for count in range(14)]
    assert [day.month for day in days] == [*range(1, 13), 1, 2]
    assert [day.day for day in days if day.month in (1, 3, 5, 7, 8, 10, 12)] == [31] * 8
    assert [day for day in days if day.month == 2] == [date(2027, 2, 28), date(2028, 2, 29)]


@given(anchor=st.dates(date(2000, 1, 1), date(2090, 1, 1)), count=st.integers(0, 100))
def test_more_months_are_never_sooner(anchor: date, count: int) -> None:
    assert anchor <= months.after(anchor, count) < months.after(anchor, count + 1)
