"""Call me: staff get it on the call list at once; the person may say which part of the day is good."""

from uuid import UUID

from bot.scene import Say, Scene, Turn, button, klantmanager, part
from bot.scenes import menu
from content.parts import Choice
from core.ids import from_short
from core.languages import SOURCE
from core.tables.people import Person
from core.tables.work import Task
from scheduler import tasks

_MOMENTS = ("morning", "afternoon")


async def _ask(turn: Turn, argument: str) -> list[Say]:
    person = _caller(turn)
    if person is None:
        return [Say(parts=(part("call", "unknown"),), sms=part("link", "sms_unknown"), sms_choices=())]
    kind, source_id = _about(argument)
    task = await plan(turn, person, tasks.Kind.CALL_ME, "asked", kind, source_id)
    return [await when(turn, task, "call", "when")]


def _caller(turn: Turn) -> Person | None:
    return turn.speaker or next(iter(turn.invited), None)


def _about(argument: str) -> tuple[str | None, UUID | None]:
    """What the call is about: `appointment/<short id>`; nothing where it isn't readable."""
    kind, _, short_id = argument.partition("/")
    source_id = from_short(short_id)
    return (kind, source_id) if source_id else (None, None)


async def plan(
    turn: Turn,
    person: Person,
    kind: tasks.Kind,
    reason: str,
    source_kind: str | None = None,
    source_id: UUID | None = None,
) -> Task:
    """Put the person on the call list; a tap is never lost, also without an answer to `when`."""
    return await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=kind,
        person_id=person.id,
        reason=reason,
        source_kind=source_kind,
        source_id=source_id,
        call=True,
    )


async def when(turn: Turn, task: Task, unit: str, name: str) -> Say:
    """Ask which part of the day is good for a call that is planned already."""
    return Say(
        parts=(part(unit, name),),
        choices=(*(button(moment, f"call.{moment}", task.id) for moment in _MOMENTS), _not(task)),
        sms=part("call", "sms_planned", name=await klantmanager(turn), day=turn.day(task.due)),
        sms_choices=(),
    )


def _not(task: Task) -> Choice:
    return button("after_all_not", "call.not", task.id)


async def _morning(turn: Turn, argument: str) -> list[Say]:
    return await _planned(turn, argument, "morning")


async def _afternoon(turn: Turn, argument: str) -> list[Say]:
    return await _planned(turn, argument, "afternoon")


async def _planned(turn: Turn, argument: str, moment: str) -> list[Say]:
    task = await _own_task(turn, argument)
    if task is None:
        return [menu.gone(turn)]
    task.moment = moment
    task.due = tasks.due_of(tasks.Kind(task.kind), turn.now, turn.settings, moment)
    parts = [part("call", moment, name=await klantmanager(turn), day=turn.day(task.due))]
    if task.tolk and task.language != SOURCE:
        parts.append(part("call", "tolk"))
    parts.append(part("call", "screen"))
    return [Say(parts=tuple(parts), choices=(menu.HOME,))]


async def _never_mind(turn: Turn, argument: str) -> list[Say]:
    task = await _own_task(turn, argument)
    if task is None:
        return [menu.gone(turn)]
    await tasks.close(turn.session, turn.now, task.id, None, "not_wanted")
    return [Say(parts=(part("call", "not"),), choices=(menu.HOME,))]


async def _own_task(turn: Turn, argument: str) -> Task | None:
    """An open call of who uses this phone; a guessed id finds nothing."""
    row_id = from_short(argument)
    task = await turn.session.get(Task, row_id) if row_id else None
    here = {person.id for person in turn.persons}
    if task is None or task.person_id not in here or task.closed_at is not None or not task.call:
        return None
    return task


SCENE = Scene(name="call", actions={"ask": _ask, "morning": _morning, "afternoon": _afternoon, "not": _never_mind})
