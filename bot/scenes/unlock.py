"""A phone used by more people: two pictures open what is personal, for ten minutes."""

from datetime import datetime, time, timedelta

from bot.scene import Say, Scene, Turn, call_me, part
from bot.scenes import menu, pictures
from core import accounts, clock
from core.tables.people import Person
from scheduler import tasks

OPEN_FOR = timedelta(minutes=10)
_TRIES = 3


def ask(turn: Turn, action: str) -> Say:
    """What somebody sees who asks for something personal on a closed shared phone."""
    if not turn.edits:
        return Say(parts=(part("unlock", "paper"),), choices=(call_me(),), private=True)
    if turn.chat.closed_until is not None and turn.chat.closed_until > turn.now:
        return _closed_today()
    turn.stay("unlock", action=action)
    return _first(turn)


def _closed_today() -> Say:
    return Say(parts=(part("unlock", "today"),), choices=(call_me(),))


def _first(turn: Turn, *before: tuple[str, str]) -> Say:
    """One person: any of ten pictures. Several: the first picture of each, and no names."""
    firsts = sorted({person.pictures[0] for person in turn.persons if person.pictures})
    several = len(firsts) > 1
    parts = (*(part(*said) for said in before), part("unlock", "whose" if several else "first"))
    return pictures.first("unlock", *parts, numbers=firsts) if several else pictures.first("unlock", *parts)


async def _one(turn: Turn, argument: str) -> list[Say]:
    chosen = pictures.number(argument)
    if not _asked(turn) or chosen is None:
        return [menu.gone(turn)]
    turn.stay("unlock", **{**turn.state, "first": chosen})
    return [pictures.second("unlock", part("unlock", "second"))]


async def _two(turn: Turn, argument: str) -> list[Say]:
    state = turn.state
    first, second = state.pop("first", None), pictures.number(argument)
    if not _asked(turn) or first is None or second is None:
        return [menu.gone(turn)]
    fitting = [person for person in turn.persons if person.pictures == [first, second]]
    if len(fitting) != 1:
        return [await _wrong(turn, str(state["action"]))]
    turn.chat.person_id, turn.chat.open_until = fitting[0].id, turn.now + OPEN_FOR
    turn.person = fitting[0]
    turn.accounts = tuple(await accounts.of_person(turn.session, fitting[0].id))
    turn.chat.state = None
    turn.leave()
    turn.then = str(state["action"])
    return []


async def _wrong(turn: Turn, action: str) -> Say:
    """Wrong tries are counted over a day, also where something else was asked in between."""
    today = turn.today.isoformat()
    day, times = turn.state.get("wrong", (today, 0))
    times = times + 1 if day == today else 1
    if times < _TRIES:
        turn.stay("unlock", action=action, wrong=(today, times))
        return _first(turn, ("link", "wrong"))
    turn.chat.state = None
    turn.leave()
    turn.chat.closed_until = _tomorrow(turn)
    for person in turn.persons:
        await _tell_staff(turn, person)
    return _closed_today()


async def _tell_staff(turn: Turn, person: Person) -> None:
    await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=tasks.Kind.WRONG_CARD,
        person_id=person.id,
        reason="shared_phone",
        source_kind="address",
        source_id=turn.address.id,
        call=True,
    )


def _tomorrow(turn: Turn) -> datetime:
    midnight = datetime.combine(turn.today + timedelta(days=1), time())
    return clock.instant(midnight, turn.settings.timezone)


def _asked(turn: Turn) -> bool:
    closed = turn.chat.closed_until is not None and turn.chat.closed_until > turn.now
    return turn.chat.scene == "unlock" and bool(turn.state.get("action")) and not closed


SCENE = Scene(name="unlock", actions={"first": _one, "second": _two})
