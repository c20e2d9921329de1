"""A rolmodel says a sentence better: which one, how, and then another speaker looks at it."""

from datetime import timedelta
from functools import partial

from bot.scene import Say, Turn, button, part
from bot.scenes import menu
from bot.scenes.textlook import Look, beside, judge, judged, left, on_shown, onward, page, taken_back
from content.approvals import Refused, Unfit, other_speakers
from content.parts import Quoted
from content.review import takeback, textqueue
from core.ids import from_short
from core.tables.texts import Text
from scheduler.volunteers import reviewing

#: Sentences to choose from at once: with the way on and the way back, as many as a list holds.
_AT_ONCE = 8


async def change(look: Look, more: str) -> list[Say]:
    """Which sentence: a few at a time, round and round."""
    _hear_no_more(look)
    lines = look.lines
    first = _number(more) * _AT_ONCE
    if first >= len(lines):
        first = 0
    below = [
        look.go("sentence", "sentence", f"/{at}", number=at + 1, text=lines[at].raw)
        for at in range(first, min(first + _AT_ONCE, len(lines)))
    ]
    if len(lines) > _AT_ONCE:
        below.append(look.go("more", "change", f"/{first // _AT_ONCE + 1}"))
    return [Say(parts=(part("review", "which"),), choices=(*below, look.go("back", "again")), echo=False)]


def _number(more: str) -> int:
    """The number behind an action's row; 0 where there is none."""
    return int(more) if more.isascii() and more.isdecimal() and len(more) < 4 else 0


async def again(look: Look, more: str) -> list[Say]:
    """Back to the text and its checklist."""
    _hear_no_more(look)
    return [page(look)]


def _hear_no_more(look: Look) -> None:
    look.remember(step="judge", verbatim=False)


async def sentence(look: Look, more: str) -> list[Say]:
    """One sentence with its placeholders as they are written down; the next free text is how it should be."""
    lines, at = look.lines, _number(more)
    if at >= len(lines):
        return await change(look, "")
    line = lines[at]
    look.remember(step="write", at=at, verbatim=True)
    names = textqueue.names_in(line.raw)
    ask = part("review", "write", names=Quoted(text=names)) if names else part("review", "write_plain")
    shown = beside(look.dutch[line.name][-1], line.raw)
    return [Say(parts=(ask, *shown), choices=(look.go("back", "change"),), echo=False, fresh=True)]


async def hear(turn: Turn, text: str) -> list[Say]:
    """The sentence as it should be; what can't be said is refused in words, and can be typed again."""
    if turn.state.get("step") != "write":
        return [menu.unknown()]
    return await on_shown(turn, partial(_written, typed=text))


async def _written(look: Look, *, typed: str) -> list[Say]:
    turn, line = look.turn, look.lines[look.turn.state["at"]]
    try:
        fresh = await textqueue.improve(turn.session, turn.now, turn.texts.source, look.row, line, typed, look.account)
    except Unfit as unfit:
        return [Say(parts=(part("review", "unfit", why=str(unfit)),), choices=(look.go("back", "change"),))]
    return [await _asked(look, fresh)]


async def _asked(look: Look, fresh: Text) -> Say:
    """Another speaker looks at it; where there is none, the municipality looks for one."""
    turn = look.turn
    await judged(look)
    others = await other_speakers(turn.session, fresh.language, look.account)
    await reviewing.written(turn.session, turn.now, turn.settings, turn.texts.source, fresh, others)
    said = part("review", "changed") if others else part("review", "changed_alone")
    below = (button("undo", "review.take_back", fresh.id), *onward(look.left))
    return Say(parts=(said, left(look.left)), choices=below, fresh=True)


async def take_back(turn: Turn, argument: str) -> list[Say]:
    """Throw away what she wrote, as long as nobody looked at it."""
    account, text_id = judge(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    within = timedelta(seconds=turn.settings.undo_seconds)
    try:
        undone = await takeback.withdraw(turn.session, turn.now, text_id, account, within)
    except Refused:
        return [menu.gone(turn)]
    if undone:
        await reviewing.forget(turn.session, turn.now, text_id)
    return [await taken_back(turn, account, text_id, undone)]
