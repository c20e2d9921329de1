"""A rolmodel looks at the texts of her languages: a checklist, then good, better, back or later; with one thumb."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.scene import Say, Scene, Turn, button, part
from bot.scenes import menu, textchange
from bot.scenes.textlook import (
    NAME,
    Act,
    Look,
    begin,
    judge,
    judged,
    kept,
    left,
    on_shown,
    on_text,
    onward,
    page,
    taken_back,
)
from content import texts
from content.approvals import SPOKEN, Refused
from content.parts import Choice
from content.review import fallback, takeback
from content.review.points import Point
from content.updates.audience import SMALLEST_SHOWN
from content.voice import media
from core.ids import from_short, short

REASONS = ("wrong_word", "too_difficult", "not_polite", "something_missing")


def _tick(point: Point) -> Act:
    async def ticked(look: Look, more: str) -> list[Say]:
        look.remember(ticked=sorted({*look.turn.state["ticked"]} ^ {point.value}))
        return [page(look, again=not look.turn.edits)]

    return ticked


async def _turn_over(look: Look, more: str) -> list[Say]:
    look.remember(page=look.turn.state["page"] + 1)
    return [page(look, fresh=True)]


async def _good(look: Look, more: str) -> list[Say]:
    turn, row = look.turn, look.row
    if not look.is_checked:
        return [page(look)]
    await texts.approve(turn.session, turn.now, row.id, look.account)
    count = await fallback.goes_to(turn.session, turn.texts, row.unit, row.language)
    few = count < SMALLEST_SHOWN
    goes = part("review", "goes_few") if few else part("review", "goes_to", count=count)
    await judged(look)
    below = (button("undo", "review.undo", row.id), *onward(look.left))
    return [Say(parts=(part("review", "approved"), goes, left(look.left)), choices=below)]


async def _back(look: Look, more: str) -> list[Say]:
    below = (*(look.go(reason, reason) for reason in REASONS), look.go("say_yourself", "say"))
    # Who knows the right words writes them: that helps more than a reason.
    return [
        Say(
            parts=(part("rolmodel", "reason"),),
            choices=(*below, look.go("improve", "change"), look.go("back", "again")),
        )
    ]


def _because(reason: str) -> Act:
    async def returned(look: Look, more: str) -> list[Say]:
        await texts.return_(look.turn.session, look.turn.now, look.row.id, look.account, reason)
        return await _went_back(look)

    return returned


async def _say(look: Look, more: str) -> list[Say]:
    """The reason in her own voice: for whoever writes it anew."""
    look.remember(step="say")
    return [_asks_for_a_voice(look)]


def _asks_for_a_voice(look: Look) -> Say:
    return Say(parts=(part("review", "say"),), choices=(look.go("back", "again"),))


def _waits_for_a_voice(state: Mapping[str, Any]) -> bool:
    return state.get("step") == "say"


async def _spoken(turn: Turn, argument: str) -> list[Say]:
    return await on_shown(turn, _returned_aloud)


async def _returned_aloud(look: Look) -> list[Say]:
    turn = look.turn
    voice = turn.voice()
    if voice is None:
        return [Say(parts=(part("recording", "broken"), part("review", "say")), choices=(look.go("back", "again"),))]
    kept_as = await media.keep(turn.session, turn.now, voice)
    await texts.return_(turn.session, turn.now, look.row.id, look.account, SPOKEN, voice_id=kept_as)
    return await _went_back(look)


async def _went_back(look: Look) -> list[Say]:
    await judged(look)
    below = (button("undo", "review.undo", look.row.id), *onward(look.left))
    return [Say(parts=(part("review", "returned"), left(look.left)), choices=below)]


async def _later(look: Look, more: str) -> list[Say]:
    turn, remembered = look.turn, kept(look.turn)
    put_off = [*remembered["later"], short(look.row.id)]
    turn.stay(NAME, **{**remembered, "later": put_off})
    if {short(row.id) for row in look.waiting}.issubset(put_off):
        turn.leave()
        return [Say(parts=(part("rolmodel", "later"),), choices=(menu.HOME,))]
    return await begin(turn, "")


async def _undo(turn: Turn, argument: str) -> list[Say]:
    """Take back what she said of a text."""
    account, text_id = judge(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    within = timedelta(seconds=turn.settings.undo_seconds)
    try:
        undone = await takeback.undo(turn.session, turn.now, text_id, account, within)
    except Refused:
        return [menu.gone(turn)]
    return [await taken_back(turn, account, text_id, undone)]


async def _stop(turn: Turn, argument: str) -> list[Say]:
    turn.leave()
    return [Say(parts=(part("review", "stopped"),), choices=(menu.HOME,))]


async def _stop_text(turn: Turn, argument: str) -> list[Say]:
    """A text that is said already isn't good: why, and then it is said no more."""
    account, (short_id, _, reason) = judge(turn), argument.partition("/")
    text_id = from_short(short_id)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    if reason not in REASONS:
        below = tuple(Choice(button=one, action=f"review.stop_text:{short_id}/{one}") for one in REASONS)
        return [Say(parts=(part("rolmodel", "reason"),), choices=(*below, menu.HOME))]
    try:
        await texts.return_(turn.session, turn.now, text_id, account, reason)
    except Refused:
        return [menu.gone(turn)]
    below = (button("undo", "review.undo", text_id), button("next", "review.begin"), menu.HOME)
    return [Say(parts=(part("review", "returned"),), choices=below)]


async def _hear(turn: Turn, text: str) -> list[Say]:
    """What is typed: a better sentence, or words where a voice was waited for."""
    if not _waits_for_a_voice(turn.state):
        return await textchange.hear(turn, text)
    return await on_shown(turn, _asks_again)


async def _asks_again(look: Look) -> list[Say]:
    return [_asks_for_a_voice(look)]


_ACTIONS = {
    "begin": begin,
    "onward": on_text(_turn_over),
    "again": on_text(textchange.again),
    "good": on_text(_good),
    "change": on_text(textchange.change),
    "sentence": on_text(textchange.sentence),
    "back": on_text(_back),
    "later": on_text(_later),
    "say": on_text(_say),
    "undo": _undo,
    "take_back": textchange.take_back,
    "stop_text": _stop_text,
    "stop": _stop,
    **{point.value: on_text(_tick(point)) for point in Point},
    **{reason: on_text(_because(reason)) for reason in REASONS},
}

SCENE = Scene(
    name=NAME,
    actions=_ACTIONS,
    hear=_hear,
    personal=frozenset(_ACTIONS),
    hears_voice=_waits_for_a_voice,
    take=_spoken,
)
