from datetime import date

import pytest

from scheduler import bankdays

CLOSED = [
    "2026-11-21",
    "2026-11-22",
    "2027-01-01",
    "2027-03-26",
    "2027-03-29",
    "2028-05-01",
    "2026-12-25",
    "2028-12-26",
]
OPEN = ["2026-11-23", "2026-12-24", "2026-12-31", "2027-03-25", "2027-03-30", "2027-04-27", "2027-05-05", "2027-05-06"]


@pytest.mark.parametrize("day", CLOSED)
def test_banks_are_closed_on_weekends_and_six_holidays(day: str) -> None:
    assert not bankdays.is_bank_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", OPEN)
def test_dutch_holidays_are_bank_days(day: str) -> None:
    assert bankdays.is_bank_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        ("2026-11-22", "2026-11-23"),
        ("2026-11-23", "2026-11-23"),
        ("2026-12-25", "2026-12-28"),
        ("2027-03-26", "2027-03-30"),
    ],
)
def test_a_day_moves_to_the_next_bank_day(day: str, moved: str) -> None:
    assert bankdays.on_or_after(date.fromisoformat(day)) == date.fromisoformat(moved)


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("2026-11-23", "2026-11-27", True),
        ("2026-11-23", "2026-11-30", False),
        ("2026-12-24", "2026-12-31", True),
        ("2026-12-31", "2026-12-24", True),
        ("2026-12-24", "2027-01-04", False),
    ],
)
def test_four_bank_days_apart(first: str, second: str, near: bool) -> None:
    assert bankdays.apart(date.fromisoformat(first), date.fromisoformat(second), 4) is near


def test_after_and_before_step_over_closed_days() -> None:
    assert bankdays.after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert bankdays.before(date(2027, 3, 30)) == date(2027, 3, 25)
