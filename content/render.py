"""Parts and choices become one bubble: one language, its plural forms, its values, and easy Dutch below it."""

import hashlib
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import NamedTuple, TypeVar

from content import gsm, habit
from content.bubble import MOST_BUTTONS, Bubble
from content.inforce import InForce
from content.parts import Choice, Part, Quoted, Value, Word
from content.plurals import index
from content.values import written
from core.languages import LANGUAGES, SOURCE, chain
from core.values import Masked, Money

_T = TypeVar("_T")

#: Values of somebody, and values that say when.
_PERSONAL, _WHEN = (Masked, Money), (date, time)

#: UTF-16 units of a button's label on the strictest channel.
LABEL_UNITS = 20

BUTTONS = "buttons"

#: Bubbles of one snapshot of texts that are kept; a broadcast has a few per language.
REMEMBERED = 4096

#: What opens a list of answers.
_LIST = Choice(button="choose", action="")

#: UTF-16 units of a name in an SMS: so much room every text leaves.
SMS_NAME = 16

_FSI, _PDI, _RLM = "\u2068", "\u2069", "\u200f"

#: Around a day or a time until the text stands: noncharacters, which no text and no value can hold.
_STRONG, _WEAK = "\ufdd0", "\ufdd1"

#: The one value that may have several lines: words that somebody wrote as a whole text.
_WHOLE_TEXT = "text"

#: A telephone number, which right-to-left text would turn around at its spaces.
_SPACE_IN_NUMBER = re.compile(r"(?<=\d) (?=\d)")

_ISOLATED = re.compile("\u2068[^\u2069]*\u2069")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class _Manner(NamedTuple):
    """In which language something is said, and in which manner."""

    texts: InForce
    language: str
    isolate: bool = False  #: a bubble that runs from right to left: its values stand apart
    lines: bool = False  #: a whole text may have several
    short: bool = False  #: an SMS
    dawn: bool = False  #: the clock that is counted from dawn stands beside ours
    marks: bool = False  #: days and times are marked, to be found in the whole text


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
    said = _lines(_app(texts, language, dawn=dawn, marks=True), parts)
    if echo and (dutch or language != SOURCE):
        said = f"{said}\n\n{_lines(_app(texts, SOURCE, marks=True), dutch or parts)}"
    text, strong = _weighed(said)
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
            text=_said(_Manner(texts, language, short=True, dawn=dawn), part),
            language=language,
            direction=LANGUAGES[language].direction,
            text_hash=_hash(texts, (part,)),
        )
        if not _is_about_somebody((part,)):
            remember(texts.rendered, key, made)
    return made


def plain(texts: InForce, language: str, part: Part) -> str:
    """One part in this language, or in easy Dutch where it has no text in force."""
    return _lines(_app(texts, spoken(texts, (language,), (part,), ())), (part,))


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
    return clipped(_said(_Manner(texts, language), part))


def clipped(text: str) -> str:
    """The text within LABEL_UNITS; a longer one ends in an ellipsis, never in half a pictogram."""
    if units(text) <= LABEL_UNITS:
        return text
    kept = text
    while units(kept) > LABEL_UNITS - 1:
        kept = kept[:-1]
    return kept.rstrip(" \u200d\ufe0f") + "…"


def units(text: str) -> int:
    """Length in UTF-16 code units, as the channels count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=8192)
def parsed(template: str) -> tuple[str, ...]:
    """A template as text, name, text, name ... text; braces that name nothing stay text."""
    return tuple(_PLACEHOLDER.split(template))


def placeholders(template: str) -> frozenset[str]:
    """The names of a template's values."""
    return frozenset(parsed(template)[1::2])


def named(forms: Iterable[str]) -> frozenset[str]:
    """The names of the values of a message, in any of its plural forms."""
    return frozenset().union(*map(placeholders, forms))


def _app(texts: InForce, language: str, *, dawn: bool = False, marks: bool = False) -> _Manner:
    """A bubble of an app."""
    isolate = LANGUAGES[language].direction == "rtl"
    return _Manner(texts, language, isolate=isolate, lines=True, dawn=dawn, marks=marks)


def _lines(manner: _Manner, parts: Sequence[Part]) -> str:
    said = "\n".join(_said(manner, part) for part in parts)
    return _from_the_right(said) if manner.isolate else said


def filled(language: str, form: str, values: Mapping[str, Value]) -> str:
    """One form with these values, as it stands in a bubble of its language; a name without a value stays as it is."""
    isolate = LANGUAGES[language].direction == "rtl"
    said = list(parsed(form))
    for at in range(1, len(said), 2):
        value = written(values[said[at]], language) if said[at] in values else f"{{{said[at]}}}"
        said[at] = f"{_FSI}{value}{_PDI}" if isolate else value
    text = "".join(said)
    return _from_the_right(text) if isolate else text


def _weighed(said: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without its marks, and what stood between them: offset and length in UTF-16 units."""
    first, *others = said.split(_STRONG)
    size = len if units(said) == len(said) else units
    pieces, strong, at = [first], [], size(first)
    for other in others:
        value, _, rest = other.partition(_WEAK)
        long = size(value)
        strong.append((at, long))
        at += long + size(rest)
        pieces += value, rest
    return "".join(pieces), tuple(strong)


def _from_the_right(text: str) -> str:
    """A line of a pictogram and values only has no letter that tells its direction: a mark does."""
    return "\n".join(f"{_RLM}{line}" if _is_untold(line) else line for line in text.split("\n"))


def _is_untold(line: str) -> bool:
    return _FSI in line and not any(map(str.isalpha, _ISOLATED.sub("", line)))


def _said(manner: _Manner, part: Part) -> str:
    forms = manner.texts.forms(manner.language, part.unit, part.name)
    count = part.values.get("count")
    template = forms[index(manner.language, count)] if len(forms) > 1 and isinstance(count, int) else forms[-1]
    pieces = parsed(template)
    if len(pieces) == 1:
        return template
    said = list(pieces)
    for at in range(1, len(said), 2):
        value = _value(manner, part, pieces[at])
        whole = isinstance(part.values[pieces[at]], Quoted)
        said[at] = _isolated(value) if manner.isolate and not whole else value
    return "".join(said)


def _isolated(value: str) -> str:
    """Each of its lines by itself: an isolate ends where its line ends."""
    return "\n".join(f"{_FSI}{line}{_PDI}" for line in value.split("\n"))


def _value(manner: _Manner, part: Part, name: str) -> str:
    try:
        value: Value = part.values[name]
    except KeyError:
        raise KeyError(f"{part.unit}/{part.name} needs a value for {name}") from None
    if isinstance(value, Word):
        return manner.texts.forms(manner.language, value.unit, value.name)[-1]
    said = written(value, manner.language, lines=manner.lines and name == _WHOLE_TEXT)
    if manner.marks and isinstance(value, _WHEN):
        said = f"{_STRONG}{said}{_WEAK}"
    if manner.dawn and isinstance(value, time):
        return f"{said}{habit.beside(manner.texts, manner.language, value)}"
    return _shortened(manner.language, name, said) if manner.short else said


def _shortened(language: str, name: str, value: str) -> str:
    """A value as it fits an SMS: one odd letter would halve what the message holds."""
    if name == "name" and units(value) > SMS_NAME:
        value = _within(value, SMS_NAME)
    if language in gsm.LANGUAGES:
        return gsm.folded(value)
    return _SPACE_IN_NUMBER.sub("\u00a0", value) if LANGUAGES[language].direction == "rtl" else value


def _within(value: str, most: int) -> str:
    """As many whole words as fit, or the beginning of the first."""
    cut = value
    while units(cut) > most:
        cut = cut[:-1]
    words = cut if value[len(cut)] == " " else cut.rpartition(" ")[0]
    return (words or cut).rstrip()


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
