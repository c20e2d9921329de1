"""The days on which European banks book: TARGET2's calendar, pure arithmetic."""

from datetime import date, timedelta

from scheduler import holidays

ONE_DAY = timedelta(days=1)


def is_bank_day(day: date) -> bool:
    """Whether TARGET2 is open: not on Saturday, Sunday and its six holidays."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def on_or_after(day: date) -> date:
    """The day itself if banks are open, else the next day that they are."""
    while not is_bank_day(day):
        day += ONE_DAY
    return day


def after(day: date, count: int) -> date:
    """The bank day that lies `count` (1 or more) bank days after a day."""
    for _ in range(count):
        day = on_or_after(day + ONE_DAY)
    return day


def apart(first: date, second: date, most: int) -> bool:
    """Whether two days lie at most `most` bank days from each other, in either order."""
    early, late = sorted((on_or_after(first), on_or_after(second)))
    return late <= after(early, most)


def before(day: date) -> date:
    """The last bank day before a day."""
    day -= ONE_DAY
    while not is_bank_day(day):
        day -= ONE_DAY
    return day


def _holidays(year: int) -> frozenset[date]:
    sunday = holidays.easter(year)
    return frozenset(
        (
            date(year, 1, 1),
            sunday - 2 * ONE_DAY,
            sunday + ONE_DAY,
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        )
    )
