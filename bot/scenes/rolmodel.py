"""What a rolmodel does in her chat, with one thumb: she writes news, looks at that of others, and sees her work."""

from collections.abc import Mapping
from typing import Any

from bot import words
from bot.scene import Say, Scene, Turn
from bot.scenes import finishing, menu, newsqueue, returning, roles, unclearnews, work, writing


async def _hear(turn: Turn, text: str) -> list[Say]:
    account = roles.rolmodel(turn)
    heard = await writing.hear(turn, account, text) if account is not None else None
    if heard is not None:
        return heard
    if words.perhaps_stop(text):
        turn.then = "stop.sure"
        return []
    return [returning.asked_for_a_voice() if returning.hears_voice(turn.state) else menu.unknown()]


def _hears_voice(state: Mapping[str, Any]) -> bool:
    return finishing.hears_voice(state) or returning.hears_voice(state)


async def _take(turn: Turn, kind: str) -> list[Say]:
    """Why news goes back, or what belongs to her own."""
    return await returning.take(turn) if returning.hears_voice(turn.state) else await finishing.take(turn, kind)


_ACTIONS = {
    **writing.ACTIONS,
    **newsqueue.ACTIONS,
    **returning.ACTIONS,
    **unclearnews.ACTIONS,
    **work.ACTIONS,
}

SCENE = Scene(
    name="rolmodel",
    actions=_ACTIONS,
    hear=_hear,
    personal=frozenset(_ACTIONS),
    hears_voice=_hears_voice,
    takes_picture=finishing.takes_picture,
    take=_take,
)
