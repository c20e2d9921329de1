"""Answers by number, for a phone without buttons: which number stands for which button."""

import re
from collections.abc import Sequence

from messaging.channel import Button

_PICTOGRAM = re.compile(r"^[^\w]+", re.UNICODE)


def numbered(buttons: Sequence[Button]) -> tuple[tuple[int, Button], ...]:
    """Every button with its number, in the order of the buttons: its fixed digit, else the lowest one free."""
    taken = {button.digit for button in buttons if button.digit is not None}
    free = (number for number in range(1, len(buttons) + len(taken) + 1) if number not in taken)
    return tuple((button.digit if button.digit is not None else next(free), button) for button in buttons)


def below(text: str, buttons: Sequence[Button], *, pictograms: bool = True) -> str:
    """The text with one short line per answer under it (`1 Ja`); an answer without a label is named by the text."""
    lines = [f"{number} {_label(button, pictograms)}" for number, button in numbered(buttons) if button.label]
    return "\n".join([text, "", *lines]) if lines else text


def as_sms(text: str, buttons: Sequence[Button]) -> str:
    """The whole of a text message: its answers stand below it unless it names them itself."""
    return text if says_its_answers(text, buttons) else below(text, buttons, pictograms=False)


def says_its_answers(text: str, buttons: Sequence[Button]) -> bool:
    """Whether a text names a fixed digit itself (`Sms 1 = ja`), as the short forms of the notices do."""
    return any(
        button.digit is not None and re.search(rf"(?<!\d){button.digit}\s*=", text) is not None for button in buttons
    )


def _label(button: Button, pictograms: bool) -> str:
    if pictograms:
        return button.label
    return _PICTOGRAM.sub("", button.label) or button.label
