"""A rolmodel's work: all she can do in one bubble, her free weeks, and the hours she worked."""

from bot.scene import Say, Turn, button, part
from bot.scenes import menu, review
from content.parts import Part
from core.tables.people import Account
from scheduler.volunteers import duty, relay, volunteer

_WORK = button("my_work", "rolmodel.work")


async def _work(turn: Turn, argument: str) -> list[Say]:
    account = review.rolmodel(turn)
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


async def _week_off(turn: Turn, argument: str) -> list[Say]:
    return await _off(turn, month=False)


async def _month_off(turn: Turn, argument: str) -> list[Say]:
    return await _off(turn, month=True)


async def _off(turn: Turn, *, month: bool) -> list[Say]:
    """Nothing is asked of her: what she has goes to the others, what was about to be asked waits."""
    account = review.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    until = volunteer.leave_until(turn.today, month=month)
    await volunteer.take_leave(turn.session, turn.now, account, until, turn.settings.timezone)
    await duty.stop(turn.session, turn.now, account)
    await relay.stop(turn.session, turn.now, turn.settings, account)
    below = (button("undo", "rolmodel.back_again"), _WORK)
    return [Say(parts=(part("rolmodel", "free", day=until),), choices=below)]


async def _back_again(turn: Turn, argument: str) -> list[Say]:
    account = review.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    await volunteer.end_leave(turn.session, account, turn.today)
    return await _work(turn, argument)


async def _hours(turn: Turn, argument: str) -> list[Say]:
    """This month in all, then day by day."""
    account = review.rolmodel(turn)
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
    "week_off": _week_off,
    "month_off": _month_off,
    "back_again": _back_again,
    "hours": _hours,
}
