"""When a person hears of something: steps, quiet hours, use-by. Pure: no database, no clock of its own."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from core import clock
from core.settings import Settings

#: A step that quiet hours push away goes at this wall time on the evening before.
EVENING = time(20)

#: What must remain before the start for a push at the end of quiet hours.
ENOUGH = timedelta(minutes=60)

#: How long the next `announced` of a person waits after one went.
PAUSE = timedelta(hours=1)

_DAY = timedelta(days=1)
_GAPS = {"week": timedelta(hours=12), "day": timedelta(hours=12), "hours": timedelta(hours=3)}


@dataclass(frozen=True, kw_only=True)
class House:
    """What the rules need of the settings."""

    zone: str
    quiet: tuple[time, time] | None  #: start and end, wall time; None: never quiet
    undo: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "House":
        """The rules of this installation."""
        return cls(zone=settings.timezone, quiet=settings.quiet, undo=timedelta(seconds=settings.undo_seconds))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One push about one thing."""

    name: str
    due: datetime
    use_by: datetime  #: from here on it isn't sent: the start
    says: str  #: the step whose sentence is true at `due`, or "soon"

    @property
    def differs(self) -> bool:
        """Whether it says something else than its name promises."""
        return self.says != self.name


def quiet_end(moment: datetime, house: House) -> datetime | None:
    """The end of the quiet hours that this moment is in; None outside them. Their end itself isn't quiet."""
    if house.quiet is None:
        return None
    starts, ends = house.quiet
    local = clock.wall(moment, house.zone)
    over_midnight = starts > ends
    late, early = local.time() >= starts, local.time() < ends
    if not (late or early if over_midnight else late and early):
        return None
    day = local.date() + _DAY if over_midnight and late else local.date()
    end = clock.instant(datetime.combine(day, ends), house.zone)
    return end if end > moment else None


def at_once(moment: datetime, start: datetime, house: House) -> datetime:
    """This moment, or the end of its quiet hours where at least an hour then remains before the start.

    For a change, `start` is the first moment at which somebody could come in vain: the old or the new one.
    """
    end = quiet_end(moment, house)
    return moment if end is None or start < end + ENOUGH else end


def announcement(now: datetime, start: datetime, house: House) -> datetime:
    """When something made now is announced, seen by itself: after the time to take it back."""
    due = at_once(now + house.undo, start, house)
    made_in_quiet = quiet_end(now, house)
    if made_in_quiet is not None and start >= made_in_quiet + ENOUGH:
        return max(due, made_in_quiet)
    return due


def made(wall_time: datetime, house: House, now: datetime, *, joins: datetime | None = None) -> tuple[Step, ...]:
    """All steps of an appointment made now: `announced` first; nothing for one that has begun.

    `joins` is the moment of another announcement of the same person with which this one should fall together.
    Where no reminder remains, it is said at once ("soon") and joins nothing.
    """
    start = clock.instant(wall_time, house.zone)
    if start <= now:
        return ()
    together = None if joins is None else at_once(joins, start, house)
    for due in (together, announcement(now, start, house)):
        if due is not None and due < start:
            reminders = remaining(wall_time, house, now, previous=due, answered=False)
            if reminders:
                return (Step(name="announced", due=due, use_by=start, says="announced"), *reminders)
    due = at_once(now, start, house)
    return (Step(name="announced", due=due, use_by=start, says="soon"),)


def remaining(
    wall_time: datetime,
    house: House,
    now: datetime,
    *,
    previous: datetime | None,
    answered: bool,
    names: tuple[str, ...] = ("week", "day", "hours"),
) -> tuple[Step, ...]:
    """The reminders still to come, in order.

    `previous` is when the step before them went, or is planned to go.
    """
    wanted = [step for step in _moments(wall_time, house, now) if step.name in names]
    steps = []
    for step in wanted:
        if step.due < now or (step.name == "week" and answered):
            continue
        if previous is not None and too_close(step.name, step.due, previous):
            continue
        steps.append(step)
        previous = step.due
    return tuple(steps)


def too_close(name: str, due: datetime, previous: datetime) -> bool:
    """Whether a reminder at `due` follows the previous step too soon to be of use; also for the worker."""
    return due < previous + _GAPS[name]


def _moments(wall_time: datetime, house: House, now: datetime) -> list[Step]:
    """The reminders of a start before their gaps are looked at; one that goes the evening before replaces `day`."""
    start = clock.instant(wall_time, house.zone)
    wished = {
        "week": clock.instant(wall_time - 7 * _DAY, house.zone),
        "day": clock.instant(wall_time - _DAY, house.zone),
        "hours": start - timedelta(hours=2),
    }
    steps: dict[str, Step] = {}
    for name, moment in wished.items():
        due = at_once(moment, start, house)
        if quiet_end(due, house) is not None:
            due = _evening_before(wall_time, house)
            if due < now:
                continue
            steps.pop("day", None)
        steps[name] = _true(Step(name=name, due=due, use_by=start, says=name), wall_time, house)
    return sorted(steps.values(), key=lambda step: step.due)


def _evening_before(wall_time: datetime, house: House) -> datetime:
    """20:00 on the day before; where that is quiet too, an hour before that evening's quiet hours."""
    day = wall_time.date() - _DAY
    moment = clock.instant(datetime.combine(day, EVENING), house.zone)
    if house.quiet is None or quiet_end(moment, house) is None:
        return moment
    return clock.instant(datetime.combine(day, house.quiet[0]) - ENOUGH, house.zone)


def _true(step: Step, wall_time: datetime, house: House) -> Step:
    """The same step, with the sentence that is true on its day: "tomorrow" or "today"."""
    days = (wall_time.date() - clock.wall(step.due, house.zone).date()).days
    if step.name == "week":
        return step
    return replace(step, says="hours" if days == 0 else "day")


def is_soon(steps: tuple[Step, ...]) -> bool:
    """Whether it was made so late that nothing but the announcement remains: staff must see it."""
    return any(step.says == "soon" for step in steps)


def offer_until(now: datetime, due: datetime, wall_time: datetime, house: House) -> datetime | None:
    """Until when a freed seat is kept for who is first in the queue: noon the day before, a day at most.

    Where noon has (almost) passed: until an hour before the start. None where that leaves no time to answer.
    """
    start = clock.instant(wall_time, house.zone)
    noon = clock.instant(datetime.combine(wall_time.date() - _DAY, time(12)), house.zone)
    until = min(noon if noon >= due + ENOUGH else start - ENOUGH, now + _DAY)
    return until if until >= due + ENOUGH / 2 else None


def week_moment(moment: datetime, house: House) -> datetime:
    """The Sunday 18:00 (wall time) at or before a moment: from then on its week has been told."""
    local = clock.wall(moment, house.zone)
    sunday = local.date() - timedelta(days=local.isoweekday() % 7)
    told = clock.instant(datetime.combine(sunday, time(18)), house.zone)
    if told <= moment:
        return told
    return clock.instant(datetime.combine(sunday - 7 * _DAY, time(18)), house.zone)


def next_week_moment(moment: datetime, house: House) -> datetime:
    """The first Sunday 18:00 (wall time) after a moment."""
    told = clock.wall(week_moment(moment, house), house.zone)
    return clock.instant(told + 7 * _DAY, house.zone)
