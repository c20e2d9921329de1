"""A rolmodel's duty: until when she answers questions, and what waits for her."""

from datetime import datetime

from bot.scene import Say, Scene, Turn, button, part
from bot.scenes import menu, roles, work
from content.parts import Value
from core import clock
from scheduler.volunteers import duty, relay, rota, volunteer

_BACK = button("my_work", "rolmodel.work")


async def _open(turn: Turn, argument: str) -> list[Say]:
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    until = await duty.until(turn.session, turn.now, account)
    if until is None:
        return [_ask(turn)]
    local = clock.wall(until, turn.settings.timezone)
    ends: dict[str, Value] = {"day": local.date(), "time": local.time()}
    count = len(await rota.waiting(turn.session, turn.now, turn.settings, account))
    count += await relay.held(turn.session, account) is not None
    off = button("off_duty", "duty.off")
    if not count:
        return [Say(parts=(part("duty", "quiet", **ends),), choices=(off, _BACK))]
    below = (button("look", "relay.open"), off, button("pass_on", "relay.pass"))
    return [Say(parts=(part("duty", "now", **ends, count=count),), choices=below)]


def _ask(turn: Turn) -> Say:
    today = duty.ends_today(turn.now, turn.settings.timezone)
    below = (button("today", "duty.today"),) if today else ()
    return Say(parts=(part("duty", "ask"),), choices=(*below, button("this_week", "duty.week"), _BACK))


async def _today(turn: Turn, argument: str) -> list[Say]:
    ends = duty.ends_today(turn.now, turn.settings.timezone)
    return [_ask(turn)] if ends is None else await _begin(turn, ends)


async def _week(turn: Turn, argument: str) -> list[Say]:
    return await _begin(turn, duty.ends_this_week(turn.now, turn.settings.timezone))


async def _begin(turn: Turn, ends: datetime) -> list[Say]:
    """Who starts a duty is back from a leave."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    await volunteer.end_leave(turn.session, turn.now, account, turn.settings.timezone)
    await duty.start(turn.session, turn.now, account, ends)
    return await _open(turn, "")


async def _off(turn: Turn, argument: str) -> list[Say]:
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    served = await duty.until(turn.session, turn.now, account)
    await duty.stop(turn.session, turn.now, account)
    await relay.stop(turn.session, turn.now, turn.settings, account)
    undo = () if served is None else (button("undo", work.serving("duty.on", served)),)
    return [Say(parts=(part("duty", "off"),), choices=(*undo, button("duty", "duty.open"), menu.HOME))]


async def _on(turn: Turn, argument: str) -> list[Say]:
    """She ended it by mistake: it runs on until the same moment."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    if await duty.until(turn.session, turn.now, account) is None:
        await work.serve_on(turn, account, argument)
    return await _open(turn, "")


_ACTIONS = {"open": _open, "today": _today, "week": _week, "off": _off, "on": _on}

SCENE = Scene(name="duty", actions=_ACTIONS, personal=frozenset(_ACTIONS))
