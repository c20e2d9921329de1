"""Two faces of time: `now()` is the service's time (the demo can move it), `real()` is the machine's.

Everything a person notices (due, use-by, deadlines, retention) asks `now()`; sessions, leases, rates and
waits for a provider ask `real()`. Nothing else in the house may call `datetime.now`.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The machine's time plus an offset; only the demo's time machine sets the offset."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def real(self) -> datetime:
        """The machine's time, in UTC."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The service's time, in UTC."""
        return self.real() + self.offset


def wall(moment: datetime, zone: str) -> datetime:
    """The wall time of a moment in an IANA zone, without zone: what a clock there shows."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant(wall_time: datetime, zone: str) -> datetime:
    """The moment (UTC) at which a clock in the zone shows this wall time.

    A wall time that the spring switch skips becomes the same distance after the gap; one that the autumn
    switch shows twice is the first of the two.
    """
    if wall_time.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    return wall_time.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def skipped(wall_time: datetime, zone: str) -> bool:
    """Whether no clock in the zone ever shows this wall time: the spring switch jumps over it."""
    return wall(instant(wall_time, zone), zone) != wall_time
