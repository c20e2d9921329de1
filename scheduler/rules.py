"""When a person hears of something: steps, quiet hours, use-by. Pure: no database, no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from core import clock
from core.municipality import Before, Gaps, Municipality, Subject
from core.settings import Settings

#: What must remain before the start for a push at the end of quiet hours.
ENOUGH = timedelta(minutes=60)

#: How long the next `announced` of a person waits after one went.
PAUSE = timedelta(hours=1)

#: What holds where a municipality has no file of its own.
AS_PLANNED = Municipality()

#: So many calendar days before, "in a week" is true.
_A_WEEK = range(6, 9)

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class House:
    """What the rules need of the settings."""

    zone: str
    quiet: tuple[time, time] | None  #: start and end, wall time; None: never quiet
    undo: timedelta
    local: Municipality = AS_PLANNED  #: ladders, gaps and moments

    @classmethod
    def of(cls, settings: Settings) -> "House":
        """The rules of this installation."""
        return cls(
            zone=settings.timezone,
            quiet=settings.quiet,
            undo=timedelta(seconds=settings.undo_seconds),
            local=settings.local,
        )

    @property
    def by_day(self) -> "House":
        """The same rules for somebody who chose to hear of things only by day."""
        starts, ends = self.local.moments.daytime
        return replace(self, quiet=(ends, starts))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One push about one thing."""

    name: str
    due: datetime
    use_by: datetime  #: from here on it isn't sent: the start
    says: str  #: what is true at `due`: week, day (tomorrow), hours (today), or "ahead"; "soon" where nothing remains

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
    subject: Subject = "appointment",
) -> tuple[Step, ...]:
    """The reminders still to come of an appointment's or a workshop's ladder, in order.

    `previous` is when the step before them went, or is planned to go.
    """
    steps = []
    for step in _moments(wall_time, house, now, subject):
        if step.due < now or (step.name == "week" and answered):
            continue
        if previous is not None and too_close(step.name, step.due, previous, house.local.gaps):
            continue
        steps.append(step)
        previous = step.due
    return tuple(steps)


def too_close(name: str, due: datetime, previous: datetime, gaps: Gaps) -> bool:
    """Whether a reminder at `due` follows the previous step too soon to be of use."""
    return due < previous + gaps.before(name)


def _moments(wall_time: datetime, house: House, now: datetime, subject: Subject) -> list[Step]:
    """The reminders of a start before their gaps are looked at; one that goes the evening before replaces `day`."""
    start = clock.instant(wall_time, house.zone)
    steps: dict[str, Step] = {}
    for name, before in house.local.ladder(subject).rungs:
        due = at_once(_wished(wall_time, before, house), start, house)
        if quiet_end(due, house) is not None:
            due = _evening_before(wall_time, house)
            if due < now:
                continue
            steps.pop("day", None)
        says = name if name == "week" else "day"
        step = Step(name=name, due=due, use_by=start, says=says)
        steps[name] = replace(step, says=true_at(due, says, wall_time, house.zone))
    return sorted(steps.values(), key=lambda step: step.due)


def _wished(wall_time: datetime, before: Before, house: House) -> datetime:
    """Calendar days keep the wall time; hours are real hours."""
    if before.days:
        return clock.instant(wall_time - before.days * _DAY, house.zone)
    return clock.instant(wall_time, house.zone) - timedelta(hours=before.hours)


def _evening_before(wall_time: datetime, house: House) -> datetime:
    """20:00 on the day before; where that is quiet too, an hour before that evening's quiet hours."""
    day = wall_time.date() - _DAY
    moment = clock.instant(datetime.combine(day, house.local.moments.evening), house.zone)
    if house.quiet is None or quiet_end(moment, house) is None:
        return moment
    return clock.instant(datetime.combine(day, house.quiet[0]) - ENOUGH, house.zone)


def true_at(moment: datetime, says: str, wall_time: datetime, zone: str) -> str:
    """The sentence of a reminder that is true on the day it goes: today, tomorrow, in a week, or only the day."""
    days = (wall_time.date() - clock.wall(moment, zone).date()).days
    if days <= 1:
        return "hours" if days <= 0 else "day"
    return "week" if says == "week" and days in _A_WEEK else "ahead"


@dataclass(frozen=True, kw_only=True)
class Late:
    """A notice that goes at another moment than it was planned for."""

    start: datetime | None  #: the first moment at which somebody would come in vain, or miss it; None: none
    house: House  #: with the quiet hours of its person


def may_go_now(now: datetime, waiting: Sequence[Late]) -> list[datetime | None]:
    """For each what waited (a hold, a retry, a long queue): None where it may go now, else the end of its quiet hours.

    What can't wait until an hour after that end, goes: nobody travels in vain because we let her sleep.
    """
    return [None if (end := _later(now, late)) == now else end for late in waiting]


def _later(now: datetime, late: Late) -> datetime:
    if late.start is None:
        return quiet_end(now, late.house) or now
    return at_once(now, late.start, late.house)


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
    """The Sunday evening of the overview (wall time) at or before a moment: from then on its week has been told."""
    local = clock.wall(moment, house.zone)
    sunday = local.date() - timedelta(days=local.isoweekday() % 7)
    told = clock.instant(datetime.combine(sunday, house.local.moments.week_overview), house.zone)
    if told <= moment:
        return told
    return clock.instant(datetime.combine(sunday - 7 * _DAY, house.local.moments.week_overview), house.zone)


def next_week_moment(moment: datetime, house: House) -> datetime:
    """The first such Sunday evening after a moment."""
    told = clock.wall(week_moment(moment, house), house.zone)
    return clock.instant(told + 7 * _DAY, house.zone)
