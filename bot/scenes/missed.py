"""A workshop that somebody missed: a new day, no blame, and a way to say "I was there"."""

from sqlalchemy import select

from bot.scene import Say, Turn, button, call_me, part
from bot.scenes import menu, understanding
from core.ids import from_short
from core.tables.agenda import Attendance, Enrolment, Session
from scheduler import tasks


async def missed(turn: Turn, argument: str) -> list[Say]:
    """What the neutral push was about, with the next day of the same workshop."""
    seat = await _seat(turn, argument)
    if seat is None:
        return [menu.gone(turn)]
    row = await turn.session.get_one(Session, seat.session_id)
    again = await _next_day(turn, row)
    parts = [part("workshop", "missed", day=row.wall_time.date())]
    below = [button("was_there", "workshop.was_there", row.id), call_me("workshop_session", row.id)]
    if again is not None:
        parts.append(part("workshop", "new_day", day=again.wall_time.date(), time=again.wall_time.time()))
        below.insert(0, button("join", "workshop.yes", again.id, digit=1))
    return await understanding.asked(turn, Say(parts=tuple(parts), choices=tuple(below)), "workshop_session", row.id)


async def _seat(turn: Turn, argument: str) -> Enrolment | None:
    row_id = from_short(argument)
    if row_id is None or turn.person is None:
        return None
    query = select(Enrolment).where(Enrolment.session_id == row_id, Enrolment.person_id == turn.person.id)
    return (await turn.session.scalars(query)).one_or_none()


async def _next_day(turn: Turn, row: Session) -> Session | None:
    query = (
        select(Session)
        .where(Session.workshop_id == row.workshop_id, Session.status == "planned", Session.starts_at > turn.now)
        .order_by(Session.starts_at)
        .limit(1)
    )
    return (await turn.session.scalars(query)).first()


async def was_there(turn: Turn, argument: str) -> list[Say]:
    """An open dispute counts as unknown until staff asked after it."""
    seat = await _seat(turn, argument)
    if seat is None:
        return [menu.gone(turn)]
    query = select(Attendance).where(Attendance.enrolment_id == seat.id)
    attendance = (await turn.session.scalars(query)).one_or_none()
    if attendance is not None:
        attendance.disputed = True
    task = await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=tasks.Kind.DISPUTE,
        person_id=seat.person_id,
        reason="was_there",
        source_kind="workshop_session",
        source_id=seat.session_id,
    )
    return [Say(parts=(part("workshop", "was_there", day=turn.day(task.due)),), choices=(menu.HOME,))]
