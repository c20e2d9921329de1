"""Parts become words: the form for their count, in one language, and each value as it is written there."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

from content import gsm, habit
from content.inforce import InForce
from content.parts import Part, Quoted, Value, Word
from content.placeholders import parsed
from content.plurals import index
from content.values import written
from core.languages import LANGUAGES
from core.utf16 import units

#: Values that say when.
_WHEN = (date, time)

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


class Manner(NamedTuple):
    """In which language something is said, and in which manner."""

    texts: InForce
    language: str
    isolate: bool = False  #: a bubble that runs from right to left: its values stand apart
    lines: bool = False  #: a whole text may have several
    short: bool = False  #: an SMS
    dawn: bool = False  #: the clock that is counted from dawn stands beside ours
    marks: bool = False  #: days and times are marked, to be found in the whole text


def in_app(texts: InForce, language: str, *, dawn: bool = False, marks: bool = False) -> Manner:
    """The manner of a bubble of an app."""
    isolate = LANGUAGES[language].direction == "rtl"
    return Manner(texts, language, isolate=isolate, lines=True, dawn=dawn, marks=marks)


def lines(manner: Manner, parts: Sequence[Part]) -> str:
    """The parts below each other."""
    said = "\n".join(say(manner, part) for part in parts)
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


def weighed(said: str) -> tuple[str, tuple[tuple[int, int], ...]]:
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


def say(manner: Manner, part: Part) -> str:
    """One part. KeyError where the catalogue has no such message, or the part lacks a value that its text names."""
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


def _value(manner: Manner, part: Part, name: str) -> str:
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
