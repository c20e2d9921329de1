"""An appointment: where it is, I come, I can't (never a cancellation: a task), I am later."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.scene import Answer, Say, Scene, Turn, button, call_me, klantmanager, own, part
from bot.scenes import facts, menu, pushed, understanding
from content.kinds import NEVER_SHARED, WITHOUT_STEPS
from content.parts import Choice
from core.tables.agenda import Appointment
from scheduler.meetings import appointments

_REASONS = {
    "lesson": "why_lesson",
    "children": "why_children",
    "transport": "why_transport",
    "other": "other_reason",
    "unsaid": "unsaid",
}

_A_DAY = timedelta(days=1)

_Then = Callable[[Turn, Appointment], Awaitable[Say]]


async def _about(turn: Turn, argument: str, then: _Then) -> list[Say]:
    """Answer about an own appointment as it stands now, not as an older bubble told it."""
    row = await own(turn, Appointment, argument)
    if row is None or (turn.shared and row.kind in NEVER_SHARED):
        return [menu.gone(turn)]
    if row.status == "cancelled":
        return [_cancelled(row)]
    if row.starts_at + timedelta(minutes=row.minutes) <= turn.now:
        return [_past(row)]
    if then is not _details and await pushed.is_older(turn, row.id, row.version):
        return [_new_day(row)]
    if then is _details:
        return await understanding.asked(turn, await _details(turn, row), "appointment", row.id)
    return [await then(turn, row)]


async def _details(turn: Turn, row: Appointment) -> Say:
    lines = facts.of_appointment(row)
    return Say(parts=lines, choices=_below(row), spoken=facts.aloud(lines))


def _below(row: Appointment) -> tuple[Choice, ...]:
    """What can still be said: who comes may change it, and the other way round."""
    come = () if row.answer == "yes" else (button("come", "appointment.yes", row.id, digit=1),)
    cannot = button("after_all_not" if row.answer == "yes" else "cannot", "appointment.no", row.id, digit=2)
    return (*come, cannot, call_me("appointment", row.id))


async def _comes(turn: Turn, row: Appointment) -> Say:
    await appointments.answer(turn.session, turn.now, turn.settings, row, "yes")
    day, at = row.wall_time.date(), row.wall_time.time()
    parts = [part("appointment", "yes", day=day, time=at)]
    if row.kind not in WITHOUT_STEPS and row.starts_at - turn.now > _A_DAY:
        parts.append(part("appointment", "reminder"))
    return Say(
        parts=tuple(parts),
        choices=(
            button("after_all_not", "appointment.no", row.id, digit=2),
            button("where", "appointment.where", row.id),
        ),
        sms=part("appointment", "sms_yes", day=day, time=at),
    )


async def _cannot(turn: Turn, row: Appointment) -> Say:
    """The task stands from this tap on, whether or not a reason follows."""
    await appointments.answer(turn.session, turn.now, turn.settings, row, "no")
    day, at = row.wall_time.date(), row.wall_time.time()
    return Say(
        parts=(part("appointment", "no", day=day),),
        choices=tuple(button(name, f"appointment.{reason}", row.id) for reason, name in _REASONS.items()),
        sms=part("appointment", "sms_no", day=day, time=at),
        sms_choices=(button("come", "appointment.yes", row.id, digit=1), call_me("appointment", row.id)),
    )


async def _declined(turn: Turn, row: Appointment, reason: str) -> Say:
    task = await appointments.answer(turn.session, turn.now, turn.settings, row, "no", reason)
    name = await klantmanager(turn)
    due = turn.day(task.due) if task else turn.today
    said = (
        part("appointment", "declined_today", name=name)
        if due == turn.today
        else part("appointment", "declined", name=name, day=due)
    )
    below = (button("come_after_all", "appointment.yes", row.id, digit=1), call_me("appointment", row.id))
    return Say(parts=(said,), choices=below)


async def _later(turn: Turn, row: Appointment) -> Say:
    await appointments.answer(turn.session, turn.now, turn.settings, row, "late")
    below = (call_me("appointment", row.id), button("where", "appointment.where", row.id))
    return Say(parts=(part("appointment", "late"),), choices=below)


async def _why(turn: Turn, argument: str) -> list[Say]:
    row = await own(turn, Appointment, argument)
    if row is None:
        return [menu.gone(turn)]
    why = Say(
        parts=(part("appointment", "why", name=await klantmanager(turn)),),
        choices=(call_me("appointment", row.id), button("agenda", "agenda.open")),
    )
    return await understanding.asked(turn, why, "appointment", row.id)


def _cancelled(row: Appointment) -> Say:
    day, at = row.wall_time.date(), row.wall_time.time()
    return Say(
        parts=(part("appointment", "cancelled", day=day, time=at),),
        choices=(call_me("appointment", row.id), button("why", "appointment.why", row.id)),
        sms=part("appointment", "sms_cancelled", day=day, time=at),
    )


def _past(row: Appointment) -> Say:
    return Say(
        parts=(part("appointment", "past", day=row.wall_time.date()),),
        choices=(call_me("appointment", row.id), button("agenda", "agenda.open")),
        sms=part("appointment", "sms_past"),
    )


def _new_day(row: Appointment) -> Say:
    """An older bubble was answered: nothing changes, the new day is asked."""
    return Say(
        parts=(part("appointment", "new_day", day=row.wall_time.date(), time=row.wall_time.time()),),
        choices=(
            button("come", "appointment.yes", row.id, digit=1),
            button("cannot", "appointment.no", row.id, digit=2),
            button("where", "appointment.where", row.id),
        ),
        fresh=True,
    )


def _declined_for(reason: str) -> _Then:
    async def declined(turn: Turn, row: Appointment) -> Say:
        return await _declined(turn, row, reason)

    return declined


_ACTIONS: dict[str, Answer] = {
    "where": partial(_about, then=_details),
    "yes": partial(_about, then=_comes),
    "no": partial(_about, then=_cannot),
    "late": partial(_about, then=_later),
    "why": _why,
    **{reason: partial(_about, then=_declined_for(reason)) for reason in _REASONS},
}

SCENE = Scene(name="appointment", actions=_ACTIONS, personal=frozenset(_ACTIONS))
