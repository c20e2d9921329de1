from datetime import date, datetime

import pytest

from core import clock
from scheduler import holidays

ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("year", "day"),
    [(2000, (4, 23)), (2019, (4, 21)), (2025, (4, 20)), (2027, (3, 28)), (2038, (4, 25)), (2285, (3, 22))],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert holidays.easter(year) == date(year, *day)


def test_the_holidays_of_a_year() -> None:
    assert sorted(holidays.holidays(2027)) == [
        date(2027, 1, 1),
        date(2027, 3, 29),
        date(2027, 4, 27),
        date(2027, 5, 6),
        date(2027, 5, 17),
        date(2027, 12, 25),
        date(2027, 12, 26),
    ]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 4, 26), False),  # King's day, because the 27th is a Sunday
        (date(2025, 5, 5), False),  # Liberation day counts once in five years
        (date(2026, 5, 5), True),
        (date(2027, 3, 26), True),  # Good Friday
        (date(2027, 3, 27), False),
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert holidays.is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 12, 24), date(2026, 12, 28)),
        (date(2027, 3, 26), date(2027, 3, 30)),
        (date(2026, 12, 31), date(2027, 1, 4)),
    ],
)
def test_the_next_working_day(day: date, next_one: date) -> None:
    assert holidays.next_working_day(day) == next_one


def test_closing_keeps_wall_time_over_the_spring_switch() -> None:
    friday = clock.instant(datetime(2027, 3, 26, 10), ZONE)
    assert clock.wall(holidays.closing_after(friday, ZONE), ZONE) == datetime(2027, 3, 30, 17)
