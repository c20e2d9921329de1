"""Parts and choices become one bubble: one language for all of it, easy Dutch below it, and its buttons."""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from content.bubble import MOST_BUTTONS, Bubble
from content.inforce import InForce
from content.parts import Choice, Part, Value, Word
from content.saying import Manner, in_app, lines, say, weighed
from core.languages import LANGUAGES, SOURCE, chain
from core.utf16 import units
from core.values import Masked, Money

_T = TypeVar("_T")

#: Values of somebody.
_PERSONAL = (Masked, Money)

#: UTF-16 units of a button's label on the strictest channel.
LABEL_UNITS = 20

BUTTONS = "buttons"

#: Bubbles of one snapshot of texts that are kept; a broadcast has a few per language.
REMEMBERED = 4096

#: What opens a list of answers.
_LIST = Choice(button="choose", action="")


def bubble(
    texts: InForce,
    languages: Sequence[str],
    parts: Sequence[Part],
    choices: Sequence[Choice],
    *,
    echo: bool,
    dutch: Sequence[Part] = (),
    dawn: bool = False,
) -> Bubble:
    """The parts below each other in the first language that has them all, echoed in easy Dutch if asked.

    `languages` is the person's own list, in order; `dutch` is what the echo says where that isn't `parts` (somebody's
    own words, which only she could say in Dutch); `dawn` asks for the clock of content.habit beside ours. KeyError
    where the catalogue has no such message, or a part lacks a value that its text names.
    """
    key = (_said_as(parts), tuple(languages), tuple(choices), echo, _said_as(dutch), dawn)
    made = texts.rendered.get(key)
    if made is None:
        made = _bubble(texts, languages, parts, choices, echo=echo, dutch=dutch, dawn=dawn)
        if not _is_about_somebody((*parts, *dutch, *choices)):
            remember(texts.rendered, key, made)
    return made


def _said_as(parts: Sequence[Part]) -> Hashable:
    """In a broadcast the same is said to thousands: what was made of the same is looked up."""
    return tuple((part.unit, part.name, *part.values.items()) for part in parts)


def _bubble(
    texts: InForce,
    languages: Sequence[str],
    parts: Sequence[Part],
    choices: Sequence[Choice],
    *,
    echo: bool,
    dutch: Sequence[Part],
    dawn: bool,
) -> Bubble:
    language = spoken(texts, languages, parts, choices)
    said = lines(in_app(texts, language, dawn=dawn, marks=True), parts)
    if echo and (dutch or language != SOURCE):
        said = f"{said}\n\n{lines(in_app(texts, SOURCE, marks=True), dutch or parts)}"
    text, strong = weighed(said)
    return Bubble(
        text=text,
        strong=strong,
        language=language,
        direction=LANGUAGES[language].direction,
        labels=_labels(texts, language, tuple(choices)),
        opens=_opens(texts, language) if len(choices) > MOST_BUTTONS else "",
        text_hash=_hash(texts, parts),
    )


def _labels(texts: InForce, language: str, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """The same few stand below all that is said: without values they are made once."""
    if any(choice.values for choice in choices):
        return tuple(label(texts, language, choice) for choice in choices)
    made = texts.labels.get((language, choices))
    if made is None:
        made = tuple(label(texts, language, choice) for choice in choices)
        remember(texts.labels, (language, choices), made)
    return made


def _opens(texts: InForce, language: str) -> str:
    """Answers that are the same in every language (names, pictures) may stand where a language has no buttons yet."""
    return label(texts, language if texts.has(language, BUTTONS) else SOURCE, _LIST)


def _is_about_somebody(said: Iterable[Part | Choice]) -> bool:
    """What is personal stays in memory no longer than it takes."""
    return any(isinstance(value, _PERSONAL) for one in said if one.values for value in one.values.values())


def remember(made_before: dict[Hashable, _T], key: Hashable, made: _T) -> None:
    """Keep it for the next who is told the same; what is kept never grows beyond REMEMBERED."""
    if len(made_before) >= REMEMBERED:
        made_before.clear()
    made_before[key] = made


def sms(texts: InForce, languages: Sequence[str], part: Part, *, dawn: bool = False) -> Bubble:
    """One part for SMS: one language, no isolates, no echo, no buttons; a name in the language's SMS alphabet."""
    key = (_said_as((part,)), tuple(languages), dawn)
    made = texts.rendered.get(key)
    if made is None:
        language = spoken(texts, languages, (part,), ())
        made = Bubble(
            text=say(Manner(texts, language, short=True, dawn=dawn), part),
            language=language,
            direction=LANGUAGES[language].direction,
            text_hash=_hash(texts, (part,)),
        )
        if not _is_about_somebody((part,)):
            remember(texts.rendered, key, made)
    return made


def plain(texts: InForce, language: str, part: Part) -> str:
    """One part in this language, or in easy Dutch where it has no text in force."""
    return lines(in_app(texts, spoken(texts, (language,), (part,), ())), (part,))


def spoken(texts: InForce, languages: Sequence[str], parts: Sequence[Part], choices: Sequence[Choice]) -> str:
    """The language of the whole bubble: the first in the chain in which every unit of it is in force."""
    needed = _units(parts, choices)
    for language in chain(languages):
        if all(texts.has(language, unit) for unit in needed):
            return language
    return SOURCE


def label(texts: InForce, language: str, choice: Choice) -> str:
    """What stands on a button, never longer than a channel shows."""
    if choice.label is not None:
        return clipped(choice.label)
    part = Part(unit=BUTTONS, name=choice.button, values=choice.values)
    return clipped(say(Manner(texts, language), part))


def clipped(text: str) -> str:
    """The text within LABEL_UNITS; a longer one ends in an ellipsis, never in half a pictogram."""
    if units(text) <= LABEL_UNITS:
        return text
    kept = text
    while units(kept) > LABEL_UNITS - 1:
        kept = kept[:-1]
    return kept.rstrip(" \u200d\ufe0f") + "…"


def _units(parts: Sequence[Part], choices: Sequence[Choice]) -> set[str]:
    needed = {part.unit for part in parts}
    for part in parts:
        needed |= _words(part.values)
    for choice in choices:
        if choice.label is None:
            needed.add(BUTTONS)
        if choice.values:
            needed |= _words(choice.values)
    return needed


def _words(values: Mapping[str, Value]) -> set[str]:
    return {value.unit for value in values.values() if isinstance(value, Word)}


def _hash(texts: InForce, parts: Sequence[Part]) -> str:
    hashes = list(dict.fromkeys(texts.source_hash(part.unit) for part in parts))
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
