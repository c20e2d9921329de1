"""The form a message takes on a channel: buttons where there are any, numbers where a person types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from content import render
from content.bubble import Bubble
from content.inforce import InForce
from content.parts import Choice, Part, Value
from core.settings import Settings
from core.utf16 import units
from messaging import answers, segments
from messaging.channel import Button, Outgoing

#: Nothing but text: what can be answered is named in the text, with the fixed digits.
TEXT_ONLY = frozenset({"sms"})

#: No typed number means anything: every answer is a button.
TAPPED = frozenset({"telegram"})

#: A bubble can be changed after it was sent.
EDITED = frozenset({"telegram"})

#: `3 = bel mij` stands in every short text, so it can always be answered.
CALL = Choice(button="call", action="call.ask", digit=3)

#: A voice can be heard there.
HEARD = frozenset({"telegram", "whatsapp"})

#: A voice and its words are one bubble there; elsewhere it is a message of its own, after the words.
CAPTIONED = frozenset({"telegram"})

#: UTF-16 units of the words below a file.
LONGEST_CAPTION = 1024

#: Between the words and the voice that follows them, where it is a message of its own.
VOICE_AFTER = timedelta(seconds=6)

_PICTOGRAM = re.compile(r"^[^\w]+", re.UNICODE)
_ISOLATES = dict.fromkeys((0x2068, 0x2069))
_FREE = range(4, 40)  #: 1, 2 and 3 have one meaning everywhere


def outgoing(bubble: Bubble, choices: Sequence[Choice], channel: str, **flags: Any) -> Outgoing:
    """A rendered bubble as a message for this channel; the flags are fields of Outgoing.

    A bubble without labels is a short form that names its digits itself (content.render.sms).
    """
    labels = bubble.labels or tuple(choice.label or "" for choice in choices)
    made = [
        Button(id=choice.action, label=text, digit=choice.digit) for choice, text in zip(choices, labels, strict=True)
    ]
    return with_buttons(bubble, made, channel, **flags)


def with_buttons(bubble: Bubble, made: Sequence[Button], channel: str, **flags: Any) -> Outgoing:
    """The same, where the buttons are made already."""
    text, bold = bubble.text, bubble.strong
    if channel in TEXT_ONLY:
        text = _plain(text) if bubble.labels else text
        made = _listed(made) if bubble.labels else _named(made)
        bold = ()
    return Outgoing(
        text=text,
        language=bubble.language,
        direction=bubble.direction,
        buttons=tuple(made),
        opens=bubble.opens,
        bold=bold,
        **flags,
    )


def apart(message: Outgoing, channel: str) -> list[Outgoing]:
    """A message as the bubbles of this channel: its words, with at most one file, and the others after it.

    An edit changes words only; words that are too long for a caption go before their file.
    """
    if not message.voice and not message.picture:
        return [message]
    files = [replace(alone(message), voice=(), picture=message.picture)] if message.picture else []
    files += [alone(message)] if message.voice else []
    if not message.text.strip():
        return files
    with_words = message.edit is None and units(message.text) <= LONGEST_CAPTION
    if with_words and (message.picture or channel in CAPTIONED):
        kept = replace(message, voice=() if message.picture else message.voice)
        return [kept, *files[1:]]
    return [replace(message, voice=(), picture=None), *files]


def alone(message: Outgoing) -> Outgoing:
    """The voice of a message as one of its own, without words."""
    return Outgoing(
        text="",
        language=message.language,
        direction=message.direction,
        voice=message.voice,
        silent=message.silent,
        says=message.says,
    )


def numbered(channel: str, choices: Sequence[Choice]) -> dict[str, str]:
    """Typed number -> action, for a message whose text names its digits; empty where people tap."""
    made = [Button(id=choice.action, label=choice.label or "", digit=choice.digit) for choice in choices]
    return typed(channel, _named(made) if channel in TEXT_ONLY else made)


def typed(channel: str, buttons: Sequence[Button]) -> dict[str, str]:
    """Typed number -> action, for the buttons of an Outgoing as it goes to this channel."""
    if channel in TAPPED:
        return {}
    return {str(number): button.id for number, button in answers.numbered(buttons)}


def short(texts: InForce, languages: Sequence[str], said: Part, *, dawn: bool = False) -> Bubble:
    """A short form; the clock counted from dawn stands in it only where that makes no further segment."""
    plain = render.sms(texts, languages, said)
    if not dawn:
        return plain
    fuller = render.sms(texts, languages, said, dawn=True)
    return fuller if segments.count(fuller.text).segments == segments.count(plain.text).segments else plain


def standing(settings: Settings) -> dict[str, Value]:
    """The values that any text may name: the municipality and its telephone numbers."""
    return {
        "municipality": settings.municipality,
        "contact_phone": settings.contact_phone,
        "emergency_phone": settings.emergency_phone,
        "caller": settings.caller_shown or settings.municipality,
    }


def with_standing(values: Mapping[str, Value], settings: Settings) -> dict[str, Value]:
    """A part's own values beside the standing ones."""
    return {**standing(settings), **values}


def _named(buttons: Sequence[Button]) -> list[Button]:
    """Only what the text names: fixed digits, and always the call."""
    kept = [Button(id=button.id, label="", digit=button.digit) for button in buttons if button.digit is not None]
    if all(button.digit != CALL.digit for button in kept):
        kept.append(Button(id=CALL.action, label="", digit=CALL.digit))
    return kept


def _plain(text: str) -> str:
    """Lines without pictograms and isolates: both turn an SMS into one of half the length."""
    lines = [_PICTOGRAM.sub("", line) or line for line in text.translate(_ISOLATES).split("\n")]
    return "\n".join(lines)


def _listed(buttons: Sequence[Button]) -> list[Button]:
    """Every answer with a number of its own, without pictograms."""
    free = iter(_FREE)
    return [
        Button(
            id=button.id,
            label=_PICTOGRAM.sub("", button.label) or button.label,
            digit=button.digit if button.digit is not None else next(free),
        )
        for button in buttons
    ]
