"""The ten pictures of which a person chose two: how they are shown, and which one was tapped."""

from collections.abc import Iterable

from bot.scene import Say, picture
from content.parts import Part
from core import links

_COLUMNS = 5

#: The second time they stand elsewhere: who looks over a shoulder learns no place.
_SECOND = (6, 3, 9, 0, 4, 8, 1, 7, 2, 5)


def first(scene: str, *parts: Part, numbers: Iterable[int] = range(len(links.PICTURES))) -> Say:
    """The question for the first picture; an answer leads to the scene's `first`."""
    return _shown(f"{scene}.first", parts, numbers)


def second(scene: str, *parts: Part) -> Say:
    """The question for the second picture; an answer leads to the scene's `second`."""
    return _shown(f"{scene}.second", parts, _SECOND)


def number(argument: str) -> int | None:
    """The picture that an action's argument names; None where it names none."""
    return int(argument) if len(argument) == 1 and argument in "0123456789" else None


def _shown(action: str, parts: tuple[Part, ...], numbers: Iterable[int]) -> Say:
    choices = tuple(picture(links.PICTURES[number], f"{action}:{number}") for number in numbers)
    return Say(parts=parts, choices=choices, columns=_COLUMNS)
