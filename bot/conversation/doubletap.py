"""The same button of the same bubble, so soon that it is one tap: thumbs bounce, and who is in a hurry taps twice."""

from collections.abc import Sequence
from datetime import timedelta

from bot.scene import Say, Turn
from core import crypto
from messaging.channel import Incoming

BOUNCE = timedelta(seconds=3)


def is_second(turn: Turn) -> bool:
    """A thumb that bounced: the answer stands there already, perhaps with what takes it back."""
    lately = turn.heard_before is not None and timedelta() <= turn.now - turn.heard_before <= BOUNCE
    return lately and turn.chat.answered is not None and turn.chat.answered == _tapped(turn.incoming)


def mark(turn: Turn, says: Sequence[Say]) -> bytes | None:
    """What was tapped, unless it can be tapped again: to turn a page, to tick and untick."""
    again = any(choice.action == turn.incoming.choice for say in says for choice in say.choices)
    return None if again else _tapped(turn.incoming)


def _tapped(incoming: Incoming) -> bytes | None:
    """A look-up value: a button may be one of the pictures that open a phone."""
    if incoming.choice is None or incoming.bubble is None:
        return None
    return crypto.index("tap", f"{incoming.bubble} {incoming.choice}")
