"""Which days staff work in the Netherlands, and until when."""

from datetime import date, datetime, time, timedelta

from core import clock

OPENS, NOON, CLOSES = time(9), time(12), time(17)  #: office hours, wall time

#: Nothing is pushed to a rolmodel outside these hours (wall time), or on a free day.
ROLMODEL = time(9), time(21)

_DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (the anonymous algorithm of 1876)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    weekday = (32 + 2 * century_rest + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> frozenset[date]:
    """The days of a year on which the town hall is closed, apart from weekends."""
    sunday, king = easter(year), date(year, 4, 27)
    days = {
        date(year, 1, 1),
        sunday + _DAY,
        king - _DAY if king.weekday() == 6 else king,
        sunday + 39 * _DAY,
        sunday + 50 * _DAY,
        date(year, 12, 25),
        date(year, 12, 26),
    }
    if year % 5 == 0:
        days.add(date(year, 5, 5))
    return frozenset(days)


def is_working_day(day: date) -> bool:
    """Whether staff work on this day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working_day(day: date) -> date:
    """The first working day after this day."""
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day


def closing_after(now: datetime, zone: str, at: time = CLOSES) -> datetime:
    """A wall time (default the end of office hours) on the next working day, as a moment in UTC."""
    day = next_working_day(clock.wall(now, zone).date())
    return clock.instant(datetime.combine(day, at), zone)


def rolmodel_hour(moment: datetime, zone: str) -> datetime:
    """This moment, or the first after it at which a rolmodel may be pushed."""
    local = clock.wall(moment, zone)
    starts, ends = ROLMODEL
    works = is_working_day(local.date())
    if works and starts <= local.time() < ends:
        return moment
    day = local.date() if works and local.time() < starts else next_working_day(local.date())
    return clock.instant(datetime.combine(day, starts), zone)
