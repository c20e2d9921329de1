"""How moments are said and asked for: ISO 8601, with the offset of the municipality's zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock

_DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.ASCII
)


def later(now: datetime, text: str, zone: str) -> datetime:
    """`now` plus a duration (P1DT2H): weeks and days of the calendar in the zone, then hours that elapse.

    ValueError where the text is no such duration; years and months have no fixed length and aren't known.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("advance is an ISO 8601 duration such as P1DT2H")
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    elapsed = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    calendar = timedelta(weeks=weeks, days=days)
    try:
        start = clock.instant(clock.wall(now, zone) + calendar, zone) if calendar else now
        return start + elapsed
    except OverflowError:
        raise ValueError("advance reaches beyond the calendar") from None


def moment(text: str) -> datetime:
    """An ISO 8601 moment with its offset, in UTC; ValueError where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("to is an ISO 8601 moment with an offset, such as 2027-03-27T08:00:00+01:00")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("to lies beyond the calendar") from None


def written(at: datetime, zone: str) -> str:
    """A moment in ISO 8601, as a clock in the zone shows it, with its offset."""
    return at.astimezone(ZoneInfo(zone)).isoformat()
