"""A list of days with a button each: three fit under a message, the rest stands on the next page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.scene import Turn, button, part
from content.parts import Choice, Part, Value, Word

#: Lines of one page, and buttons of it where another page follows.
LINES = 6
_BUTTONS = ("first_day", "second_day", "third_day")
_BESIDE_MORE = 2

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def line(turn: Turn, wall_time: datetime, what: Value) -> Part:
    """One day; "tomorrow" stands beside the date, never instead of it."""
    day = wall_time.date()
    name = {turn.today: "today", turn.today + timedelta(days=1): "tomorrow"}.get(day, "line")
    return part("agenda", name, day=day, time=wall_time.time(), what=what)


def buttons(days: Sequence[tuple[datetime, str]], start: int, more: str) -> tuple[Choice, ...]:
    """A button per day (its wall time and its action) from `start` on; `more` is the action of the next page."""
    rest = days[start:]
    several = len(rest) > len(_BUTTONS)
    shown = rest[:_BESIDE_MORE] if several else rest
    below = [_day(name, *entry) for name, entry in zip(_BUTTONS, shown, strict=False)]
    if several:
        below.append(button("more", f"{more}:{start + _BESIDE_MORE}"))
    return tuple(below)


def _day(name: str, wall_time: datetime, action: str) -> Choice:
    weekday: Value = Word(unit="weekdays", name=_WEEKDAYS[wall_time.weekday()])
    return button(name, action, weekday=weekday)


def start_of(argument: str, count: int) -> int:
    """Where a page begins; nonsense is the first page."""
    return int(argument) if argument.isascii() and argument.isdecimal() and int(argument) < count else 0
