"""Reading, listening or both: asked at the first contact and in the settings."""

from collections.abc import Callable

from bot.scene import Answer, Say, Turn, button
from content.parts import Choice

_SENSES = ("read", "hear", "both")

_Keep = Callable[[Turn, str], list[Say]]


def below(scene: str) -> tuple[Choice, ...]:
    """The three answers, as actions of a scene."""
    return tuple(button(sense, f"{scene}.{sense}") for sense in _SENSES)


def actions(keep: _Keep) -> dict[str, Answer]:
    """The three actions of a scene; `keep` writes the choice down and says what follows."""
    return {sense: _chosen(keep, sense) for sense in _SENSES}


def _chosen(keep: _Keep, sense: str) -> Answer:
    async def chosen(turn: Turn, argument: str) -> list[Say]:
        return keep(turn, sense)

    return chosen
