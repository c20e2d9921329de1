"""My agenda: everything to come in one list, by day; a tap on a day tells more."""

from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import days, menu, understanding
from content.kinds import NEVER_SHARED
from content.parts import Part, Value, Word
from core.ids import short
from scheduler.meetings import agenda
from scheduler.meetings.agenda import Item


async def _open(turn: Turn, argument: str) -> list[Say]:
    items = await _items(turn)
    if not items:
        return [_empty()]
    start = days.start_of(argument, len(items))
    lines = [days.line(turn, item.wall_time, _what(item)) for item in items[start : start + days.LINES]]
    entries = [(item.wall_time, f"{item.kind}.where:{short(item.id)}") for item in items]
    said = Say(
        parts=(part("agenda", "title"), *lines),
        choices=days.buttons(entries, start, "agenda.open"),
        sms=_short(items),
        sms_choices=(call_me(),),
    )
    return await understanding.asked_of_week(turn, said)


async def _items(turn: Turn) -> list[Item]:
    assert turn.person is not None
    items = await agenda.upcoming(turn.session, turn.now, turn.person.id)
    return [item for item in items if not (turn.shared and item.code in NEVER_SHARED)]


def _empty() -> Say:
    return Say(
        parts=(part("agenda", "empty"),),
        choices=(button("ask", "question.ask"), menu.HOME),
        sms=part("agenda", "sms_empty"),
        sms_choices=(call_me(),),
    )


def _what(item: Item) -> Word:
    return Word(unit="kinds", name=item.code if item.kind == "appointment" else "workshop")


def _short(items: list[Item]) -> Part:
    """The first two, as SMS says them: a day and a time, no more."""
    first, *others = items
    values: dict[str, Value] = {"day": first.wall_time.date(), "time": first.wall_time.time()}
    if not others:
        return part("agenda", "sms_one", **values)
    second = others[0].wall_time
    return part("agenda", "sms_two", **values, second_day=second.date(), second_time=second.time())


SCENE = Scene(name="agenda", actions={"open": _open}, personal=frozenset({"open"}))
