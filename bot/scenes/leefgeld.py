"""Leefgeld: expected, paid, late, came back; the amount only after a tap, and it closes again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from bot.scene import Say, Scene, Turn, button, call_me, klantmanager, own, part
from bot.scenes import menu, understanding
from content.parts import Choice, Part
from core import clock
from core.tables.leefgeld import Payment
from core.tables.notices import Notice
from scheduler import holidays, leefgeld
from scheduler.queue import notices

_CLOSES_AFTER = timedelta(minutes=10)

_SMS = part("leefgeld", "sms_talk")

_Then = Callable[[Turn, Payment], Awaitable[Say]]


def _about(then: _Then) -> Callable[[Turn, str], Awaitable[list[Say]]]:
    """An action on one of the person's own payments."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        payment = await own(turn, Payment, argument)
        if payment is None or not menu.has_leefgeld(turn):
            return [menu.gone(turn)]
        if payment.status == "withdrawn":
            return [_say(("old",), call_me("payment", payment.id))]
        if then is _status:
            return await understanding.asked(turn, await _status(turn, payment), "payment", payment.id)
        return [await then(turn, payment)]

    return act


def _say(names: tuple[str, ...], *choices: Choice) -> Say:
    return _said([part("leefgeld", name) for name in names], *choices)


def _said(parts: list[Part], *choices: Choice) -> Say:
    """SMS never says anything of money: it offers a call."""
    return Say(parts=tuple(parts), choices=choices, sms=_SMS, sms_choices=(call_me(),))


async def _overview(turn: Turn, argument: str) -> list[Say]:
    """My money: the latest payment."""
    if turn.person is None or not menu.has_leefgeld(turn):
        return [menu.gone(turn)]
    payments = await leefgeld.of_person(turn.session, turn.person.id)
    if not payments:
        return [_say(("none",), menu.HOME)]
    return [await _status(turn, payments[0])]


async def _status(turn: Turn, payment: Payment) -> Say:
    call = call_me("payment", payment.id)
    amount = button("how_much", "leefgeld.amount", payment.id)
    name = await klantmanager(turn)
    if payment.status == "returned":
        return _said([part("leefgeld", "returned", name=name)], call, button("no_food", "leefgeld.no_food", payment.id))
    if payment.status == "paid":
        said = [part("leefgeld", "paid", day=payment.booked_on or payment.expected_on)]
        return _differing(payment, said, *_received(payment), amount=amount)
    if await _told_late(turn, payment):
        return _said([part("leefgeld", "late", name=name)], call, button("no_food", "leefgeld.no_food", payment.id))
    said = [part("leefgeld", "announced", day=payment.expected_on)]
    explain = button("explain", "leefgeld.explain", payment.id)
    return _differing(payment, said, call, *(() if payment.differs else (explain,)), amount=amount)


def _received(payment: Payment) -> tuple[Choice, ...]:
    return (
        button("received", "leefgeld.received", payment.id, digit=1),
        button("not_received", "leefgeld.not_received", payment.id, digit=2),
    )


def _differing(payment: Payment, parts: list[Part], *choices: Choice, amount: Choice) -> Say:
    """An unusual amount is said beside the rest, with a way to ask why."""
    if not payment.differs:
        return _said(parts, *choices, amount)
    why = button("why", "leefgeld.why", payment.id)
    return _said([*parts, part("leefgeld", "differs")], *choices, why, amount)


async def _told_late(turn: Turn, payment: Payment) -> bool:
    """Whether staff let the person hear that it isn't there yet."""
    query = select(Notice.id).where(
        Notice.source_id == payment.id, Notice.step == "late", Notice.state.in_(notices.TOLD)
    )
    return (await turn.session.scalars(query.limit(1))).first() is not None


async def _amount(turn: Turn, payment: Payment) -> Say:
    """Closes by itself where the channel can; where it can't, it doesn't promise to."""
    assert payment.amount is not None
    parts = [part("leefgeld", "amount", amount=payment.amount)]
    below = [button("explain", "leefgeld.explain", payment.id)]
    reopen = button("open", "leefgeld.open", payment.id).action
    if not turn.edits:
        return _said(parts, *below)
    return Say(
        parts=(*parts, part("leefgeld", "closes")),
        choices=(*below, button("close_now", "leefgeld.close", payment.id)),
        sms=_SMS,
        closes_after=_CLOSES_AFTER,
        reopen=reopen,
    )


async def _close(turn: Turn, payment: Payment) -> Say:
    return Say(
        parts=(part("unlock", "closed"),), choices=(button("open", "leefgeld.open", payment.id),), sms=_SMS, echo=False
    )


async def _explain(turn: Turn, payment: Payment) -> Say:
    return _say(("explain",), call_me("payment", payment.id), button("open", "leefgeld.open", payment.id))


async def _why(turn: Turn, payment: Payment) -> Say:
    return _said([part("leefgeld", "why", name=await klantmanager(turn))], call_me("payment", payment.id))


async def _got_it(turn: Turn, payment: Payment) -> Say:
    await leefgeld.answer(turn.session, turn.now, turn.settings, payment, "received")
    return _say(("received",), menu.HOME)


async def _not_received(turn: Turn, payment: Payment) -> Say:
    task = await leefgeld.answer(turn.session, turn.now, turn.settings, payment, "not_received")
    day = turn.day(task.due) if task else turn.today
    said = part("leefgeld", "not_received", name=await klantmanager(turn), day=day)
    return _said([said], button("no_food", "leefgeld.no_food", payment.id), menu.HOME)


async def _no_food(turn: Turn, payment: Payment) -> Say:
    """Today, while staff work; after hours the emergency number comes first."""
    await leefgeld.no_food(turn.session, turn.now, turn.settings, payment)
    local = clock.wall(turn.now, turn.settings.timezone)
    if holidays.is_working_day(local.date()) and local.time() < holidays.CLOSES:
        return _say(("no_food",), menu.HOME)
    day = holidays.next_working_day(local.date())
    return _said([part("leefgeld", "no_food_closed", day=day)], menu.HOME)


_ACTIONS = {
    "overview": _overview,
    "open": _about(_status),
    "amount": _about(_amount),
    "close": _about(_close),
    "explain": _about(_explain),
    "why": _about(_why),
    "received": _about(_got_it),
    "not_received": _about(_not_received),
    "no_food": _about(_no_food),
}

SCENE = Scene(name="leefgeld", actions=_ACTIONS, personal=frozenset(_ACTIONS))
