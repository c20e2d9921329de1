"""A rolmodel's work: all she can do in one bubble, her free weeks, and the hours she worked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu, roles
from content.parts import Part
from core.tables.people import Account
from scheduler.volunteers import duty, relay, volunteer

_WORK = button("my_work", "rolmodel.work")


async def _work(turn: Turn, argument: str) -> list[Say]:
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    free = await volunteer.free_until(turn.session, account, turn.today)
    leave = (button("week_off", "rolmodel.week_off"), button("month_off", "rolmodel.month_off"))
    return [
        Say(
            parts=(part("rolmodel", "work"), *([part("rolmodel", "free", day=free)] if free else [])),
            choices=(
                button("review", "rolmodel.begin"),
                button("write_news", "rolmodel.write"),
                button("read_aloud", "recording.begin"),
                button("duty", "duty.open"),
                button("overview", "rolmodel.hours"),
                *((button("undo", "rolmodel.back_again"),) if free else leave),
                menu.HOME,
            ),
        )
    ]


def _off(last: Callable[[date], date]) -> Answer:
    """A leave until `last` of today. What she has goes to the others, what was about to be asked waits."""

    async def off(turn: Turn, argument: str) -> list[Say]:
        account = roles.rolmodel(turn)
        if account is None:
            return [menu.gone(turn)]
        until, served = last(turn.today), await duty.until(turn.session, turn.now, account)
        await volunteer.take_leave(turn.session, turn.now, account, until, turn.settings.timezone)
        await duty.stop(turn.session, turn.now, account)
        await relay.stop(turn.session, turn.now, turn.settings, account)
        below = (button("undo", serving("rolmodel.back_again", served)), _WORK)
        return [Say(parts=(part("rolmodel", "free", day=until),), choices=below)]

    return off


async def _back_again(turn: Turn, argument: str) -> list[Say]:
    """Her leave is over, and the duty that it ended goes on."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    await volunteer.end_leave(turn.session, turn.now, account, turn.settings.timezone)
    await serve_on(turn, account, argument)
    return await _work(turn, "")


def serving(action: str, until: datetime | None) -> str:
    """An action that remembers until when she was on duty."""
    return action if until is None else f"{action}:{int(until.timestamp())}"


async def serve_on(turn: Turn, account: Account, argument: str) -> None:
    """Go on with the duty that an action remembers; never longer than a duty can be."""
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 12):
        return
    ends = datetime.fromtimestamp(int(argument), UTC)
    if turn.now < ends <= duty.ends_this_week(turn.now, turn.settings.timezone):
        await duty.start(turn.session, turn.now, account, ends)


async def _hours(turn: Turn, argument: str) -> list[Say]:
    """This month in all, then day by day."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    lines = await _days(turn, account)
    worked = await volunteer.month(turn.session, account, turn.today, turn.settings.timezone)
    total = part("rolmodel", "hours", hours=worked.hours, minutes=worked.minutes)
    return [Say(parts=(total, *lines), choices=(_WORK, menu.HOME), echo=False)]


async def _days(turn: Turn, account: Account) -> list[Part]:
    days = await volunteer.days(turn.session, account, turn.today, turn.settings.timezone)
    return [part("rolmodel", "hours_line", day=day, minutes=minutes) for day, minutes in days]


ACTIONS = {
    "work": _work,
    "not_this_week": _off(volunteer.this_week_until),
    "week_off": _off(partial(volunteer.leave_until, month=False)),
    "month_off": _off(partial(volunteer.leave_until, month=True)),
    "back_again": _back_again,
    "hours": _hours,
}
