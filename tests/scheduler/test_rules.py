from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from scheduler import rules
from scheduler.rules import House, Step

ZONE = "Europe/Amsterdam"
HOUSE = House(zone=ZONE, quiet=(time(21), time(8)), undo=timedelta(seconds=120))
NEVER_QUIET = House(zone=ZONE, quiet=None, undo=timedelta(seconds=120))


def at(text: str) -> datetime:
    """A wall time in Amsterdam as a moment: `at("2027-01-12 10:00")`."""
    return clock.instant(datetime.fromisoformat(text), ZONE)


def shown(steps: tuple[Step, ...]) -> list[str]:
    """Steps as a person's clock shows them; what is said where it isn't the step's own."""
    return [
        f"{step.name} {clock.wall(step.due, ZONE):%m-%d %H:%M}" + (f" says {step.says}" if step.differs else "")
        for step in steps
    ]


def made(start: str, now: str, house: House = HOUSE, joins: str | None = None) -> list[str]:
    """What follows from making an appointment."""
    return shown(rules.made(datetime.fromisoformat(start), house, at(now), joins=at(joins) if joins else None))


MADE = [
    pytest.param(
        *("2027-01-12 10:00", "2026-12-20 11:00", HOUSE),
        ["announced 12-20 11:02", "week 01-05 10:00", "day 01-11 10:00", "hours 01-12 08:00"],
        id="long before",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-08 11:00", HOUSE),
        ["announced 01-08 11:02", "day 01-11 10:00", "hours 01-12 08:00"],
        id="less than a week before",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-04 23:00", HOUSE),
        ["announced 01-05 08:00", "day 01-11 10:00", "hours 01-12 08:00"],
        id="at night: at the end of quiet hours, too close to the week step",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-10 23:00", HOUSE),
        ["announced 01-11 08:00", "hours 01-12 08:00"],
        id="the day step comes 2 hours after the announcement: not planned",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-10 22:00", HOUSE),
        ["announced 01-11 08:00", "hours 01-12 08:00"],
        id="12 hours are counted from the planned moment",
    ),
    pytest.param(
        *("2027-01-12 20:00", "2027-01-11 07:57", HOUSE),
        ["announced 01-11 08:00", "day 01-11 20:00", "hours 01-12 18:00"],
        id="exactly 12 hours is enough",
    ),
    pytest.param(
        *("2027-01-12 15:00", "2027-01-12 09:58", HOUSE),
        ["announced 01-12 10:00", "hours 01-12 13:00"],
        id="exactly 3 hours is enough",
    ),
    pytest.param(
        *("2027-01-12 14:59", "2027-01-12 09:58", HOUSE), ["announced 01-12 09:58 says soon"], id="a minute less isn't"
    ),
    pytest.param(
        *("2027-01-12 12:00", "2027-01-12 09:00", HOUSE), ["announced 01-12 09:00 says soon"], id="said at once"
    ),
    pytest.param(
        *("2027-01-12 08:30", "2027-01-11 22:00", HOUSE),
        ["announced 01-11 22:00 says soon"],
        id="made at night, begins before 09:00: at once",
    ),
    pytest.param(
        *("2027-01-12 09:00", "2027-01-11 22:00", HOUSE),
        ["announced 01-12 08:00 says soon"],
        id="made at night, begins at 09:00: at 08:00",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-05 20:59", HOUSE),
        ["announced 01-06 08:00", "day 01-11 10:00", "hours 01-12 08:00"],
        id="made just before quiet hours: the two minutes end inside them",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-06 07:59", HOUSE),
        ["announced 01-06 08:01", "day 01-11 10:00", "hours 01-12 08:00"],
        id="made just before their end: the two minutes stay",
    ),
    pytest.param(
        *("2027-01-12 08:00", "2027-01-02 11:00", HOUSE),
        ["announced 01-02 11:02", "week 01-05 08:00", "hours 01-11 20:00 says day"],
        id="an 08:00 start: 20:00 the evening before instead of the day step",
    ),
    pytest.param(
        *("2027-01-12 08:30", "2027-01-02 11:00", HOUSE),
        ["announced 01-02 11:02", "week 01-05 08:30", "hours 01-11 20:00 says day"],
        id="an 08:30 start: 30 minutes is too little",
    ),
    pytest.param(
        *("2027-01-12 09:00", "2027-01-02 11:00", HOUSE),
        ["announced 01-02 11:02", "week 01-05 09:00", "day 01-11 09:00", "hours 01-12 08:00"],
        id="a 09:00 start: exactly 60 minutes is enough",
    ),
    pytest.param(
        *("2027-01-12 08:30", "2027-01-11 16:00", HOUSE),
        ["announced 01-11 16:02", "hours 01-11 20:00 says day"],
        id="the evening before, 3 hours after the announcement",
    ),
    pytest.param(
        *("2027-01-12 08:30", "2027-01-11 18:00", HOUSE),
        ["announced 01-11 18:00 says soon"],
        id="the evening before, too close",
    ),
    pytest.param(
        *("2027-01-12 08:30", "2027-01-11 20:30", HOUSE),
        ["announced 01-11 20:30 says soon"],
        id="the evening before has passed: dropped",
    ),
    pytest.param(
        *("2027-01-12 21:30", "2027-01-02 11:00", HOUSE),
        ["announced 01-02 11:02", "week 01-06 08:00", "day 01-12 08:00 says hours", "hours 01-12 19:30"],
        id="an evening start: its own steps lie in quiet hours",
    ),
    pytest.param(
        *("2027-01-12 07:00", "2027-01-02 11:00", NEVER_QUIET),
        ["announced 01-02 11:02", "week 01-05 07:00", "day 01-11 07:00", "hours 01-12 05:00"],
        id="no quiet hours",
    ),
    pytest.param(*("2027-01-12 10:00", "2027-01-12 10:00", HOUSE), [], id="it begins now: nothing"),
    pytest.param(*("2027-01-12 10:00", "2027-01-13 10:00", HOUSE), [], id="it has been: nothing"),
    pytest.param(
        *("2027-03-28 14:00", "2027-03-10 11:00", HOUSE),
        ["announced 03-10 11:02", "week 03-21 14:00", "day 03-27 14:00", "hours 03-28 12:00"],
        id="spring switch: the day step keeps wall time (23 hours)",
    ),
    pytest.param(
        *("2027-03-28 08:00", "2027-03-10 11:00", HOUSE),
        ["announced 03-10 11:02", "week 03-21 08:00", "hours 03-27 20:00 says day"],
        id="spring switch, 08:00 start",
    ),
    pytest.param(
        *("2027-03-28 03:30", "2027-03-10 11:00", NEVER_QUIET),
        ["announced 03-10 11:02", "week 03-21 03:30", "day 03-27 03:30", "hours 03-28 00:30"],
        id="spring switch: hours are real hours",
    ),
    pytest.param(
        *("2027-03-28 02:30", "2027-03-10 11:00", NEVER_QUIET),
        ["announced 03-10 11:02", "week 03-21 02:30", "day 03-27 02:30", "hours 03-28 00:30"],
        id="spring switch: a start that the clock skips",
    ),
    pytest.param(
        *("2027-10-31 14:00", "2027-10-10 11:00", HOUSE),
        ["announced 10-10 11:02", "week 10-24 14:00", "day 10-30 14:00", "hours 10-31 12:00"],
        id="autumn switch: the day step keeps wall time (25 hours)",
    ),
    pytest.param(
        *("2027-10-31 08:30", "2027-10-10 11:00", HOUSE),
        ["announced 10-10 11:02", "week 10-24 08:30", "hours 10-30 20:00 says day"],
        id="autumn switch, 08:30 start",
    ),
    pytest.param(
        *("2027-10-31 04:00", "2027-10-10 11:00", NEVER_QUIET),
        ["announced 10-10 11:02", "week 10-24 04:00", "day 10-30 04:00", "hours 10-31 02:00"],
        id="autumn switch: two real hours before 04:00 is the second 02:00",
    ),
]


@pytest.mark.parametrize(("start", "now", "house", "expected"), MADE)
def test_the_steps_of_an_appointment(start: str, now: str, house: House, expected: list[str]) -> None:
    assert made(start, now, house) == expected


def test_two_real_hours_over_the_autumn_switch() -> None:
    # given a start at 04:00 after a night in which 02:00 came twice
    *_, hours = rules.made(datetime(2027, 10, 31, 4), NEVER_QUIET, at("2027-10-10 11:00"))
    # then the reminder is 120 real minutes earlier
    assert at("2027-10-31 04:00") - hours.due == timedelta(hours=2)


JOINED = [
    pytest.param("2027-01-12 10:00", "2027-01-04 11:00", "2027-01-04 11:01", "announced 01-04 11:01", id="the other's"),
    pytest.param(
        "2027-01-12 10:00", "2027-01-04 20:30", "2027-01-04 21:20", "announced 01-05 08:00", id="not at night"
    ),
    pytest.param(
        *("2027-01-12 15:00", "2027-01-12 09:00", "2027-01-12 10:30", "announced 01-12 09:02"),
        id="not where it would cost the last reminder",
    ),
    pytest.param(
        *("2027-01-12 12:00", "2027-01-12 09:00", "2027-01-12 10:00", "announced 01-12 09:00 says soon"),
        id="what is near waits for nothing",
    ),
    pytest.param(
        *("2027-01-12 10:00", "2027-01-11 19:00", "2027-01-12 10:30", "announced 01-11 19:02"), id="not after its start"
    ),
]


@pytest.mark.parametrize(("start", "now", "joins", "announced"), JOINED)
def test_a_new_appointment_joins_the_announcement_that_waits(start: str, now: str, joins: str, announced: str) -> None:
    assert made(start, now, joins=joins)[0] == announced


CHANGES = [
    ("2027-01-10 11:00", "2027-01-12 10:00", "01-10 11:00"),
    ("2027-01-10 21:00", "2027-01-12 10:00", "01-11 08:00"),
    ("2027-01-11 07:59", "2027-01-12 10:00", "01-11 08:00"),
    ("2027-01-11 08:00", "2027-01-12 10:00", "01-11 08:00"),
    ("2027-01-11 23:00", "2027-01-12 09:00", "01-12 08:00"),
    ("2027-01-11 23:00", "2027-01-12 08:59", "01-11 23:00"),
    ("2027-03-27 23:00", "2027-03-28 09:00", "03-28 08:00"),
    ("2027-10-30 23:00", "2027-10-31 08:59", "10-30 23:00"),
]


@pytest.mark.parametrize(("now", "start", "goes"), CHANGES)
def test_a_change_goes_at_once_but_not_at_night(now: str, start: str, goes: str) -> None:
    assert f"{clock.wall(rules.at_once(at(now), at(start), HOUSE), ZONE):%m-%d %H:%M}" == goes


def test_an_answered_appointment_has_no_week_step() -> None:
    steps = rules.remaining(
        datetime(2027, 1, 12, 10), HOUSE, at("2026-12-20 12:00"), previous=at("2026-12-20 11:02"), answered=True
    )
    assert shown(steps) == ["day 01-11 10:00", "hours 01-12 08:00"]


def test_a_workshop_has_only_the_steps_after_signing_up() -> None:
    steps = rules.remaining(
        datetime(2027, 2, 3, 13),
        HOUSE,
        at("2027-01-12 10:00"),
        previous=at("2027-01-12 10:00"),
        answered=False,
        subject="workshop",
    )
    assert shown(steps) == ["day 02-02 13:00", "hours 02-03 11:00"]


def test_quiet_hours_within_a_day() -> None:
    siesta = House(zone=ZONE, quiet=(time(12), time(14)), undo=timedelta())
    assert rules.quiet_end(at("2027-01-12 13:00"), siesta) == at("2027-01-12 14:00")
    assert rules.quiet_end(at("2027-01-12 14:00"), siesta) is None
    assert rules.quiet_end(at("2027-01-12 11:59"), siesta) is None


def test_an_early_evening_that_is_quiet_too() -> None:
    early = House(zone=ZONE, quiet=(time(19), time(9)), undo=timedelta(seconds=120))
    assert made("2027-01-12 09:00", "2027-01-02 11:00", early)[-1] == "hours 01-11 18:00 says day"


OFFERS = [
    ("2027-01-20 10:00", "2027-02-03 13:00", "01-21 10:00"),
    ("2027-02-01 15:00", "2027-02-03 13:00", "02-02 12:00"),
    ("2027-02-02 11:30", "2027-02-03 13:00", "02-03 11:30"),
    ("2027-02-03 09:00", "2027-02-03 13:00", "02-03 12:00"),
    ("2027-02-03 11:45", "2027-02-03 13:00", None),
]


@pytest.mark.parametrize(("now", "start", "until"), OFFERS)
def test_until_when_a_seat_is_kept(now: str, start: str, until: str | None) -> None:
    limit = rules.offer_until(at(now), at(now), datetime.fromisoformat(start), HOUSE)
    assert (f"{clock.wall(limit, ZONE):%m-%d %H:%M}" if limit else None) == until


WEEKS = [
    ("2027-01-10 17:59", "2027-01-03 18:00", "2027-01-10 18:00"),
    ("2027-01-10 18:00", "2027-01-10 18:00", "2027-01-17 18:00"),
    ("2027-01-16 12:00", "2027-01-10 18:00", "2027-01-17 18:00"),
    ("2027-03-28 10:00", "2027-03-21 18:00", "2027-03-28 18:00"),
    ("2027-11-01 10:00", "2027-10-31 18:00", "2027-11-07 18:00"),
]


@pytest.mark.parametrize(("now", "told", "following"), WEEKS)
def test_the_week_is_told_on_sunday_evening(now: str, told: str, following: str) -> None:
    assert rules.week_moment(at(now), HOUSE) == at(told)
    assert rules.next_week_moment(at(now), HOUSE) == at(following)


WALL = st.datetimes(min_value=datetime(2026, 12, 1), max_value=datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
AHEAD = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=30))
HOURS = st.none() | st.tuples(st.times(), st.times()).map(lambda pair: (pair[0].replace(second=0), pair[1]))
HOUSES = st.builds(House, zone=st.just(ZONE), quiet=HOURS, undo=st.just(timedelta(seconds=120)))


@given(wall_time=WALL, ahead=AHEAD, house=HOUSES)
def test_everything_is_said_before_the_start_in_order_and_once(
    wall_time: datetime, ahead: timedelta, house: House
) -> None:
    start = clock.instant(wall_time, ZONE)
    now = start - ahead
    steps = rules.made(wall_time, house, now)
    assert steps[0].name == "announced"
    assert all(now <= step.due < step.use_by == start for step in steps)
    assert [step.due for step in steps] == sorted(step.due for step in steps)
    assert len({step.name for step in steps}) == len(steps)


@given(wall_time=WALL, ahead=AHEAD)
def test_reminders_never_wake_anybody(wall_time: datetime, ahead: timedelta) -> None:
    start = clock.instant(wall_time, ZONE)
    announced, *reminders = rules.made(wall_time, HOUSE, start - ahead)
    assert all(rules.quiet_end(step.due, HOUSE) is None for step in reminders)
    end = rules.quiet_end(announced.due, HOUSE)
    assert end is None or start < end + timedelta(minutes=60)


@given(wall_time=WALL, ahead=AHEAD, house=HOUSES)
def test_reminders_keep_their_distance(wall_time: datetime, ahead: timedelta, house: House) -> None:
    steps = rules.made(wall_time, house, clock.instant(wall_time, ZONE) - ahead)
    for before, step in pairwise(steps):
        assert step.due - before.due >= timedelta(hours=3 if step.name == "hours" else 12)


@given(wall_time=WALL, ahead=AHEAD, house=HOUSES)
def test_a_sentence_is_true_on_its_day(wall_time: datetime, ahead: timedelta, house: House) -> None:
    for step in rules.made(wall_time, house, clock.instant(wall_time, ZONE) - ahead):
        days = (wall_time.date() - clock.wall(step.due, ZONE).date()).days
        if step.says in ("day", "hours"):
            assert (step.says == "hours") is (days == 0)


@given(moment=st.datetimes(min_value=datetime(2027, 1, 1), max_value=datetime(2027, 12, 31)), house=HOUSES)
def test_quiet_hours_end_later_than_now_and_within_a_day(moment: datetime, house: House) -> None:
    now = moment.replace(tzinfo=UTC)
    end = rules.quiet_end(now, house)
    assert end is None or now < end <= now + timedelta(hours=25)
