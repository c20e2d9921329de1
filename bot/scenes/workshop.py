"""Workshops: what it is, join, wait, not now, come later; the title only ever after a tap."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot import speech
from bot.scene import Answer, Say, Scene, Turn, button, call_me, part
from bot.scenes import days, facts, menu, missed, pushed, understanding
from content.parts import Choice
from core.ids import from_short, short
from core.tables.agenda import Enrolment, Place, Session, Workshop
from scheduler import tasks
from scheduler.meetings import workshops
from scheduler.meetings.workshops import Seat, Status

_Then = Callable[[Turn, Session], Awaitable[Say]]


async def _list(turn: Turn, argument: str) -> list[Say]:
    offered = [
        day for day in await workshops.open_sessions(turn.session, turn.now) if not _hidden(turn, day.women_only)
    ]
    if not offered:
        return [Say(parts=(part("workshop", "none"),), choices=(menu.HOME,), sms=part("menu", "sms_hello"))]
    start = days.start_of(argument, len(offered))
    lines = [days.line(turn, day.wall_time, day.title) for day in offered[start : start + days.LINES]]
    entries = [(day.wall_time, f"workshop.open:{short(day.id)}") for day in offered]
    return [
        Say(
            parts=(part("workshop", "list"), *lines),
            choices=days.buttons(entries, start, "workshop.list"),
        )
    ]


def _hidden(turn: Turn, women_only: bool) -> bool:
    """Women-only groups are never named on a phone that somebody else may hold."""
    return women_only and turn.shared


async def _about(turn: Turn, argument: str, then: _Then) -> list[Say]:
    """Answer about a workshop's day as it stands now, not as an older bubble told it."""
    row = await _row(turn, argument)
    if row is None:
        return [menu.gone(turn)]
    if row.status == "cancelled" or row.starts_at + timedelta(minutes=row.minutes) <= turn.now:
        return [_off(row)]
    if then in (_joins, _waits, _later) and await pushed.is_older(turn, row.id, row.version):
        return [await _details(turn, row)]
    if then is _details:
        return await understanding.asked(turn, await _details(turn, row), "workshop_session", row.id)
    return [await then(turn, row)]


async def _row(turn: Turn, argument: str) -> Session | None:
    """A day that is offered to everybody, or on which this person stands."""
    row_id = from_short(argument)
    row = await turn.session.get(Session, row_id) if row_id else None
    return None if row is None or _hidden(turn, row.women_only) else row


def _off(row: Session) -> Say:
    day, at = row.wall_time.date(), row.wall_time.time()
    said = (
        part("workshop", "cancelled", day=day, time=at)
        if row.status == "cancelled"
        else part("workshop", "past", day=day)
    )
    below = (button("workshops", "workshop.list"), menu.HOME)
    return Say(parts=(said,), choices=below, sms=part("workshop", "sms_gone"), sms_choices=(call_me(),))


async def _details(turn: Turn, row: Session) -> Say:
    workshop = await turn.session.get_one(Workshop, row.workshop_id)
    place = await turn.session.get_one(Place, row.place_id)
    about = part("workshop", "about", title=workshop.title, summary=workshop.summary)
    aloud = facts.session_aloud(row, workshop, place)
    # A title that nobody read yet doesn't keep the day and the place from being heard.
    spoken = aloud if speech.has_voice(turn, aloud) else aloud[1:]
    lines = (about, *facts.of_session(row, workshop, place))
    return Say(parts=lines, choices=await _below(turn, row), spoken=spoken)


async def _below(turn: Turn, row: Session) -> tuple[Choice, ...]:
    seat = await _seat(turn, row)
    if seat is not None and seat.status in ("enrolled", "attended"):
        return (button("after_all_not", "workshop.no", row.id, digit=2), call_me("workshop_session", row.id))
    return (button("join", "workshop.yes", row.id, digit=1), button("not_now", "workshop.no", row.id, digit=2))


async def _seat(turn: Turn, row: Session) -> Enrolment | None:
    assert turn.person is not None
    return await workshops.seat_of(turn.session, row.id, turn.person.id)


async def _joins(turn: Turn, row: Session) -> Say:
    assert turn.person is not None
    before = await _seat(turn, row)
    lost = before is not None and before.offer_until is not None and before.offer_until <= turn.now
    seat = await workshops.sign_up(turn.session, turn.now, turn.settings, row.id, turn.person.id, wait=False)
    if seat.status is Status.WAITING and lost:
        return _too_late(row)
    return _after(row, seat)


async def _waits(turn: Turn, row: Session) -> Say:
    assert turn.person is not None
    return _after(row, await workshops.sign_up(turn.session, turn.now, turn.settings, row.id, turn.person.id))


def _after(row: Session, seat: Seat) -> Say:
    """What came of a wish to join."""
    day, at = row.wall_time.date(), row.wall_time.time()
    if seat.status is Status.ENROLLED:
        return Say(
            parts=(part("workshop", "joined", day=day, time=at),),
            choices=(
                button("after_all_not", "workshop.no", row.id, digit=2),
                button("where", "workshop.where", row.id),
            ),
            sms=part("workshop", "sms_joined", day=day, time=at),
        )
    if seat.status is Status.FULL:
        return Say(
            parts=(part("workshop", "full", number=seat.number or 1),),
            choices=(
                button("put_me_on", "workshop.wait", row.id, digit=1),
                button("not_now", "workshop.no", row.id, digit=2),
                button("other_day", "workshop.list"),
            ),
            sms=part("workshop", "sms_full", day=day, time=at),
        )
    if seat.status is Status.WAITING:
        return Say(
            parts=(part("workshop", "waiting", number=seat.number or 1),),
            choices=(button("after_all_not", "workshop.no", row.id, digit=2), button("other_day", "workshop.list")),
            sms=part("workshop", "sms_waiting", day=day, time=at),
        )
    return _off(row)


def _too_late(row: Session) -> Say:
    return Say(
        parts=(part("workshop", "too_late"),),
        choices=(button("other_day", "workshop.list"), menu.HOME),
        sms=part("workshop", "sms_too_late"),
        sms_choices=(call_me("workshop_session", row.id),),
    )


async def _not_now(turn: Turn, row: Session) -> Say:
    assert turn.person is not None
    before = await _seat(turn, row)
    had_seat = before is not None and before.status == "enrolled"
    await workshops.step_back(turn.session, turn.now, turn.settings, row.id, turn.person.id)
    return Say(
        parts=(part("workshop", "stepped_back" if had_seat else "not_now"),),
        choices=(button("workshops", "workshop.list"), menu.HOME),
        sms=part("workshop", "sms_not", day=row.wall_time.date(), time=row.wall_time.time()),
        sms_choices=(button("join", "workshop.yes", row.id, digit=1), call_me("workshop_session", row.id)),
    )


async def _later(turn: Turn, row: Session) -> Say:
    assert turn.person is not None
    await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=tasks.Kind.LATE,
        person_id=turn.person.id,
        reason="workshop",
        source_kind="workshop_session",
        source_id=row.id,
    )
    below = (call_me("workshop_session", row.id), button("where", "workshop.where", row.id))
    return Say(parts=(part("workshop", "late"),), choices=below)


async def _why(turn: Turn, argument: str) -> list[Say]:
    row = await _row(turn, argument)
    if row is None:
        return [menu.gone(turn)]
    why = Say(parts=(part("workshop", "why"),), choices=(button("workshops", "workshop.list"), menu.HOME))
    return await understanding.asked(turn, why, "workshop_session", row.id)


_ACTIONS: dict[str, Answer] = {
    "list": _list,
    "open": partial(_about, then=_details),
    "where": partial(_about, then=_details),
    "yes": partial(_about, then=_joins),
    "wait": partial(_about, then=_waits),
    "no": partial(_about, then=_not_now),
    "late": partial(_about, then=_later),
    "why": _why,
    "missed": missed.missed,
    "was_there": missed.was_there,
}

SCENE = Scene(name="workshop", actions=_ACTIONS, personal=frozenset(_ACTIONS))
