"""What a button does: a scene's action, and the one that it leads on to."""

from dataclasses import replace

from bot.conversation.register import SCENES
from bot.scene import Answer, Say, Turn
from bot.scenes import menu, unlock

#: Where a chat stands that had the answer to what we don't understand: it isn't said twice, for two machines
#: could talk to each other for ever.
SAID = "said"

#: An action may lead on to another (pictures -> what was asked), but not for ever.
_MOST_STEPS = 4


async def do(turn: Turn, action: str) -> list[Say]:
    """Run an action; what has no such action looks like what isn't there any more."""
    for _ in range(_MOST_STEPS):
        says = await _act(turn, action)
        if turn.then is None:
            return says
        action = turn.then
    return [menu.gone(turn)]


async def followed(turn: Turn, says: list[Say]) -> list[Say]:
    """What a scene said, or where it led on to."""
    return says if turn.then is None else await do(turn, turn.then)


async def _act(turn: Turn, action: str) -> list[Say]:
    turn.then = None
    name, _, rest = action.partition(".")
    verb, _, argument = rest.partition(":")
    scene = SCENES.get(name)
    act: Answer | None = scene.actions.get(verb) if scene is not None else None
    if scene is None or act is None:
        return [menu.gone(turn)]
    if turn.chat.scene == SAID:
        turn.leave()
    if verb not in scene.personal:
        return await act(turn, argument)
    if not turn.persons:
        turn.then = "welcome.begin"
        return []
    if turn.person is None:
        return [unlock.ask(turn, action)]
    return [_private(turn, say, action) for say in await act(turn, argument)]


def _private(turn: Turn, say: Say, action: str) -> Say:
    """Mark as personal; on a shared phone it closes again by itself."""
    if not turn.shared or say.closes_after is not None:
        return replace(say, private=True)
    return replace(say, private=True, fresh=False, closes_after=unlock.OPEN_FOR, reopen=action)
