"""What is read aloud so that clips can be joined to a whole sentence, and which clips a sentence needs (pure).

A clip is one voice reading one `Reading`. Its key says what was read, and the hash of its words binds it to them:

- `unit/name#form:place`: the words of one message between its placeholders, in order; `form` counts plural forms and
  `place` the pieces, both from 0. What holds no letter or digit is not read. A message without placeholders is one
  piece: `voice/come#0:0`.
- `weekday:1` (Monday) to `weekday:7`, `day:1` to `day:31`, `month:1` to `month:12`: a date is read as the text writes
  it, weekday, day, month.
- `hour:7` to `hour:21`, `minute:15`, `minute:30`, `minute:45`: 10:00 is the hour alone. Any other time has no clip,
  and then the text goes without a voice.
- `number:1` to `number:10`: a count.
- `place:<id>`: the name of a row of Place; `title:<id>`: the title of a row of Workshop.

A sentence is said only where every clip of it is there by one and the same speaker, read from today's words, and
checked by another. A name, an amount or a number of a telephone has no clip: such a text goes without a voice.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import NamedTuple

from babel.dates import format_date

from content.audible import Speaker
from content.inforce import InForce
from content.parts import Part, Value, Word
from content.placeholders import parsed
from content.plurals import index, locale
from content.values import written
from core.values import Private

HOURS = range(7, 22)  #: of the day; nothing that is said aloud begins earlier or later
MINUTES = (15, 30, 45)
NUMBERS = range(1, 11)

#: What is recorded, in this order: the reminders first, then what they are made of, then the first messages.
PUSHES = (
    "appointment.announced",
    "appointment.week",
    "appointment.day",
    "appointment.hours",
    "appointment.changed",
    "appointment.cancelled",
    "message",
    "workshop.day",
    "workshop.hours",
)
OTHER_PUSHES = (
    "appointment.several",
    "week",
    "appointment.ahead",
    "appointment.soon",
    "appointment.time",
    "appointment.place",
    "workshop.ahead",
    "workshop.changed",
    "workshop.time",
    "workshop.place",
    "workshop.cancelled",
    "workshop.invitation",
    "workshop.offered",
    "again",
)
_FIRST_MESSAGES = ("what", "sense", "shared", "news")  #: of welcome, as far as their words name nobody
#: Of what was opened; its day, kind, title and place need no words beside them.
_FACTS = ("hours", "bring", "childcare", "free", "counts")
_SEATS = ("joined", "waiting", "full")  #: what came of a wish to join a workshop

_MONDAY = date(2027, 1, 4)
_EDGES = " \t\n.,:;–-·،؛۔፡።፣፤፥፦"

#: Marks of direction and of the look of a pictogram; joiners stay, they belong in Persian words.
_UNSEEN = dict.fromkeys([0xFE0F, 0x200E, 0x200F, *range(0x2066, 0x206A)])


class Reading(NamedTuple):
    """Something that one voice reads aloud."""

    key: str
    text: str  #: what is read

    @property
    def hash(self) -> str:
        """Binds a clip to the words that were read."""
        return _hash(self.text)


def spoken(texts: InForce, language: str, part: Part) -> list[Reading] | None:
    """What is read for one message with its values, in order; None where a value of it has no clip at all.

    KeyError where the catalogue has no such message.
    """
    forms = texts.forms(language, part.unit, part.name)
    count = part.values.get("count")
    form = index(language, count) if len(forms) > 1 and isinstance(count, int) else len(forms) - 1
    readings: list[Reading] = []
    for place, piece in enumerate(parsed(forms[form])):
        if place % 2 == 0:
            readings += _piece(f"{part.unit}/{part.name}#{form}:{place // 2}", piece)
            continue
        value = part.values.get(piece)
        read = None if value is None else _value(texts, language, value)
        if read is None:
            return None
        readings += read
    return readings


def ready(texts: InForce, language: str, parts: Sequence[Part]) -> tuple[str, ...]:
    """The ids of Media that say these parts after each other; empty where no one speaker has every clip."""
    speakers = texts.voices.speakers.get(language, ())
    if not speakers or not parts:
        return ()
    said = [spoken(texts, language, part) for part in parts]
    readings = [reading for one in said if one is not None for reading in one]
    if None in said or not readings:
        return ()
    return next((ids for speaker in speakers if (ids := _by(speaker, readings))), ())


def _by(speaker: Speaker, readings: Sequence[Reading]) -> tuple[str, ...]:
    clips = [speaker.get(reading.key) for reading in readings]
    fits = all(clip is not None and clip.text_hash == read.hash for clip, read in zip(clips, readings, strict=True))
    return tuple(clip.media_id for clip in clips if clip is not None) if fits else ()


def has_voice(texts: InForce, language: str, unit: str, name: str = "push") -> bool:
    """Whether one speaker has the words of a message in every form; days, times and counts are clips of their own."""
    readings = list(of_message(texts, language, unit, name))
    return bool(readings) and any(_by(speaker, readings) for speaker in texts.voices.speakers.get(language, ()))


def of_message(texts: InForce, language: str, unit: str, name: str) -> Iterator[Reading]:
    """The words of a message between its placeholders, in all its forms."""
    for form, template in enumerate(texts.forms(language, unit, name)):
        for place, piece in enumerate(parsed(template)[::2]):
            yield from _piece(f"{unit}/{name}#{form}:{place}", piece)


def wanted(texts: InForce, language: str) -> list[Reading]:
    """Everything that can be read aloud in a language today, in the order in which it is of use."""
    return [
        *_messages(texts, language, [(unit, ("push",)) for unit in PUSHES]),
        *_messages(texts, language, [("voice", None)]),
        *(_of_key(key, language) for key in _keys()),
        *_messages(texts, language, [(unit, ("push",)) for unit in OTHER_PUSHES]),
        *_messages(texts, language, [("welcome", _FIRST_MESSAGES)]),
        *_messages(texts, language, [("facts", _FACTS), ("kinds", None), ("workshop", _SEATS)]),
        *(Reading(key, name) for name, key in _named(texts).items()),
    ]


def _messages(texts: InForce, language: str, units: Iterable[tuple[str, Sequence[str] | None]]) -> Iterator[Reading]:
    for unit, names in units:
        if not texts.has(language, unit):
            continue
        body = texts.bodies[language, unit]
        for name in body if names is None else [name for name in names if name in body]:
            yield from of_message(texts, language, unit, name)


def _keys() -> Iterator[str]:
    yield from (f"weekday:{number}" for number in range(1, 8))
    yield from (f"day:{number}" for number in range(1, 32))
    yield from (f"month:{number}" for number in range(1, 13))
    yield from (f"hour:{number}" for number in HOURS)
    yield from (f"minute:{number}" for number in MINUTES)
    yield from (f"number:{number}" for number in NUMBERS)


@lru_cache(maxsize=4096)
def _of_key(key: str, language: str) -> Reading:
    """What is read for a variable part: names as the texts write them, numbers as digits."""
    kind, _, number = key.partition(":")
    match kind:
        case "weekday":
            text = format_date(_MONDAY.replace(day=_MONDAY.day + int(number) - 1), "EEEE", locale(language))
        case "month":
            text = format_date(date(2027, int(number), 1), "MMMM", locale(language))
        case _:
            text = number
    return Reading(key, text)


def _value(texts: InForce, language: str, value: Value) -> list[Reading] | None:
    keys: list[str] | None
    match value:
        case Word():
            return [*of_message(texts, language, value.unit, value.name)]
        case time():
            keys = _time(value)
        case date():
            keys = [f"weekday:{value.isoweekday()}", f"day:{value.day}", f"month:{value.month}"]
        case bool():
            keys = None
        case int():
            keys = [f"number:{value}"] if value in NUMBERS else None
        case str() | Private():
            name, known = written(value, language), _named(texts)
            return [Reading(known[name], name)] if name in known else None
        case _:
            keys = None
    return None if keys is None else [_of_key(key, language) for key in keys]


def _named(texts: InForce) -> Mapping[str, str]:
    """What of this installation has a name that can be read: name -> key."""
    return {**texts.voices.places, **texts.voices.titles}


def _time(value: time) -> list[str] | None:
    if value.hour not in HOURS or value.minute not in (0, *MINUTES):
        return None
    return [f"hour:{value.hour}", *([f"minute:{value.minute}"] if value.minute else [])]


def _piece(key: str, words: str) -> Iterator[Reading]:
    """The words as they are read: nothing of what is only seen."""
    text = readable(words)
    if any(map(str.isalnum, text)):
        yield Reading(key, text)


@lru_cache(maxsize=8192)
def readable(words: str) -> str:
    """Without pictograms and marks, and without what stands at the edges of a piece."""
    heard = "".join(letter for letter in words if unicodedata.category(letter) not in ("So", "Sk"))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", heard.translate(_UNSEEN))).strip(_EDGES)


@lru_cache(maxsize=16384)
def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
