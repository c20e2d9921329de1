from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.clock import Clock
from tests.fakes.clock import FakeClock

ZONE = "Europe/Amsterdam"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2027-01-12 10:00", "2027-01-12 09:00"),
        ("2027-07-12 10:00", "2027-07-12 08:00"),
        ("2027-03-28 01:59", "2027-03-28 00:59"),
        ("2027-03-28 02:30", "2027-03-28 01:30"),  # skipped: as far after the gap
        ("2027-03-28 03:00", "2027-03-28 01:00"),
        ("2027-10-31 01:59", "2027-10-30 23:59"),
        ("2027-10-31 02:30", "2027-10-31 00:30"),  # shown twice: the first
        ("2027-10-31 03:00", "2027-10-31 02:00"),
    ],
)
def test_a_wall_time_is_one_moment_also_where_the_clock_jumps(wall: str, moment: str) -> None:
    assert clock.instant(datetime.fromisoformat(wall), ZONE) == utc(moment)


def test_the_gap_shows_as_the_hour_after_it() -> None:
    moment = clock.instant(datetime(2027, 3, 28, 2, 30), ZONE)
    assert clock.wall(moment, ZONE) == datetime(2027, 3, 28, 3, 30)


def test_the_second_half_past_two_shows_the_same_wall_time() -> None:
    first = clock.instant(datetime(2027, 10, 31, 2, 30), ZONE)
    assert clock.wall(first, ZONE) == clock.wall(first + timedelta(hours=1), ZONE) == datetime(2027, 10, 31, 2, 30)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (datetime(2027, 3, 28, 1, 59), False),
        (datetime(2027, 3, 28, 2, 0), True),
        (datetime(2027, 3, 28, 2, 30), True),
        (datetime(2027, 3, 28, 3, 0), False),
        (datetime(2027, 10, 31, 2, 30), False),
    ],
)
def test_a_wall_time_that_no_clock_shows(shown: datetime, expected: bool) -> None:
    assert clock.skipped(shown, ZONE) is expected


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))
def test_a_moment_shown_and_read_again_is_itself_or_an_hour_off_in_the_overlap(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    shown = clock.wall(moment, ZONE)
    again = clock.instant(shown, ZONE)
    assert again == moment or (again == moment - timedelta(hours=1) and shown.month == 10 and shown.hour == 2)


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        clock.instant(utc("2027-01-12 10:00"), ZONE)


def test_the_service_runs_ahead_of_the_machine_by_the_offset() -> None:
    machine = FakeClock(utc("2027-01-12 10:00"))
    machine.offset = timedelta(days=3)
    assert machine.now() == utc("2027-01-15 10:00")
    assert machine.real() == utc("2027-01-12 10:00")


def test_the_machines_time_knows_its_zone_and_runs() -> None:
    machine = Clock()
    first = machine.real()
    assert first.utcoffset() == timedelta()
    assert machine.now() >= first
