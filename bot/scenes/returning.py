"""News goes back to its writer: a reason that is tapped, or spoken; two minutes to take that back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from bot.scene import Say, Turn, button, part
from bot.scenes import menu, newsqueue, roles
from content.approvals import SPOKEN, Refused
from content.updates import News
from content.voice import media
from core.ids import from_short
from core.tables.people import Account
from scheduler.news import asking, broadcasts
from scheduler.volunteers import reviewing

#: Why a text goes back, as its button says.
REASONS = ("wrong_word", "too_difficult", "not_polite", "something_missing")

#: The step in which a voice is waited for.
_SAYING = "say"


async def _back(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    below = tuple(button(reason, f"rolmodel.{reason}", news.text.id) for reason in REASONS)
    say = button("say_yourself", "rolmodel.say", news.text.id)
    return [Say(parts=(part("rolmodel", "reason"),), choices=(*below, say, button("back", "rolmodel.begin")))]


def _because(reason: str) -> newsqueue.Act:
    async def returned(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
        return await _returned(turn, account, news, seen, reason)

    return returned


async def _say(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    """The reason in her own voice: for the writer."""
    turn.stay("rolmodel", **{**turn.state, "step": _SAYING})
    return [asked_for_a_voice()]


def asked_for_a_voice() -> Say:
    """The question for a voice, also where something else came."""
    return Say(parts=(part("review", "say"),), choices=(button("back", "rolmodel.begin"),))


def hears_voice(state: Mapping[str, Any]) -> bool:
    """Whether a voice is wanted now."""
    return state.get("step") == _SAYING


async def take(turn: Turn) -> list[Say]:
    """The voice that was asked for, or why it can't be used: then another may be sent."""
    return await newsqueue.judging(_returned_aloud)(turn, str(turn.state.get("text", "")))


async def _returned_aloud(turn: Turn, account: Account, news: News, seen: str) -> list[Say]:
    voice = turn.voice()
    if voice is None:
        again = asked_for_a_voice()
        return [Say(parts=(turn.unheard(), *again.parts), choices=again.choices)]
    kept_as = await media.keep(turn.session, turn.now, voice)
    return await _returned(turn, account, news, seen, SPOKEN, kept_as)


async def _returned(
    turn: Turn, account: Account, news: News, seen: str, reason: str, voice_id: UUID | None = None
) -> list[Say]:
    text_id = news.text.id
    await broadcasts.give_back(turn.session, turn.now, text_id, account, reason, seen=seen, voice_id=voice_id)
    await reviewing.judged(turn.session, turn.now, turn.settings, turn.texts.source, news.text)
    await asking.tell_writer(turn.session, turn.now, turn.settings, news)
    turn.stay("rolmodel", **{**turn.state, "step": newsqueue.STEP})
    await newsqueue.counted(turn, account)
    below = (button("undo", "rolmodel.not_back", text_id), *newsqueue.onward())
    return [Say(parts=(part("rolmodel", "returned"),), choices=below)]


async def _not_back(turn: Turn, argument: str) -> list[Say]:
    """Sent back by mistake: it waits for her again."""
    account, text_id = roles.rolmodel(turn), from_short(argument)
    if account is None or text_id is None:
        return [menu.gone(turn)]
    within = timedelta(seconds=turn.settings.undo_seconds)
    try:
        undone = await broadcasts.keep_here(turn.session, turn.now, text_id, account, within)
    except Refused:
        return [menu.gone(turn)]
    return (
        await newsqueue.begin(turn, "")
        if undone
        else [Say(parts=(part("rolmodel", "returned"),), choices=newsqueue.onward())]
    )


ACTIONS = {
    "back": newsqueue.judging(_back),
    "say": newsqueue.judging(_say),
    "not_back": _not_back,
    **{reason: newsqueue.judging(_because(reason)) for reason in REASONS},
}
