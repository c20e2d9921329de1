"""What is heeded in any flood: STOP, and every way to help."""

import re
from collections.abc import Iterator

from bot import words
from bot.words import Universal
from content.inforce import InForce
from content.parts import Choice
from content.render import label
from core.languages import LANGUAGES
from messaging.channel import Incoming
from scheduler.sending import forms

#: The scenes whose buttons are heeded.
_SCENES = frozenset({"stop", "help", "call"})

_WORDS = frozenset({Universal.STOP, Universal.HELP, Universal.DANGER})

_PICTOGRAM = re.compile(r"^[^\w]+")

_HELP = Choice(button="help", action="help.danger")


def is_urgent(texts: InForce, incoming: Incoming) -> bool:
    """Whether this must be done however much its sender sends; a group is never heeded."""
    if incoming.group:
        return False
    if incoming.choice is not None:
        return incoming.choice.partition(".")[0] in _SCENES
    said = (incoming.text or "").strip()
    if words.universal(said) in _WORDS:
        return True
    if incoming.channel in forms.TEXT_ONLY and said == str(forms.CALL.digit):
        return True
    return bool(said) and _bare(said) in _help_labels(texts)


def _help_labels(texts: InForce) -> Iterator[str]:
    """The button for help, typed by hand, in every language that has it."""
    for code in LANGUAGES:
        if texts.has(code, "buttons"):
            yield _bare(label(texts, code, _HELP))


def _bare(text: str) -> str:
    """The words, without the pictogram before them."""
    return words.folded(_PICTOGRAM.sub("", text))
