"""What a rolmodel does in her chat, with one thumb: she writes news, looks at that of others, and sees her work."""

from bot import words
from bot.scene import Say, Scene, Turn
from bot.scenes import finishing, menu, review, unclearnews, work, writing


async def _hear(turn: Turn, text: str) -> list[Say]:
    account = review.rolmodel(turn)
    heard = await writing.hear(turn, account, text) if account is not None else None
    if heard is not None:
        return heard
    if words.perhaps_stop(text):
        turn.then = "stop.sure"
        return []
    return [menu.unknown()]


_ACTIONS = {
    **writing.ACTIONS,
    **review.ACTIONS,
    **unclearnews.ACTIONS,
    **work.ACTIONS,
}

SCENE = Scene(
    name="rolmodel",
    actions=_ACTIONS,
    hear=_hear,
    personal=frozenset(_ACTIONS),
    hears_voice=finishing.hears_voice,
    takes_picture=finishing.takes_picture,
    take=finishing.take,
)
