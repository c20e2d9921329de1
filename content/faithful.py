"""Whether a translation keeps what every language keeps: values, digits, links, pictograms, words of command."""

import re
import unicodedata
from collections.abc import Iterator

from content.foreign import hidden, lines
from content.plurals import categories
from content.render import BUTTONS, placeholders

#: Words that people type, the same in every language.
COMMANDS = ("STOP", "START")

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LINK = re.compile(r"https?://\S+|www\.\S+|\b[a-z0-9-]+\.(?:nl|com|org|net|eu|me)\b", re.IGNORECASE)
_MONEY = re.compile(r"[€$£%]")
_HOLE = re.compile(r"\{[^}]*\}")
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")
_ETHIOPIC_DIGITS = range(0x1369, 0x137D)

#: Forms that may say the number in a word of its own ("one", "two").
_IN_WORDS = ("zero", "one", "two")

#: Units whose pictogram stands first in every language.
_PICTURED = frozenset({BUTTONS, "kinds", "facts"})


def unfaithful(language: str, unit: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> Iterator[str]:
    """What a translation leaves out, adds or writes otherwise, in words."""
    source = dutch[-1]
    for at, form in enumerate(said):
        yield from _holes(form)
        yield from _values(language, dutch, at, form)
        for kind, pattern in (("number", _NUMBER), ("link", _LINK), ("sign", _MONEY)):
            yield from _same(kind, _found(pattern, source), _found(pattern, form))
        yield from (f"{mark} is hidden in it" for mark in hidden(form))
        yield from (f"{word} is missing" for word in COMMANDS if word in source and word not in form)
        if unit in _PICTURED and _pictogram(form) != _pictogram(source):
            yield f"begins with “{_pictogram(form)}”, the Dutch with “{_pictogram(source)}”"
        if foreign := _other_digits(form):
            yield f"digits that aren't Latin: {foreign}"


def other_lines(name: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether a translation has more or fewer lines than the Dutch; an SMS may put its values on lines of their own."""
    return not name.startswith("sms") and any(lines(form) != lines(dutch[-1]) for form in said)


def _holes(form: str) -> Iterator[str]:
    left = _HOLE.sub("", form)
    if "{" in left or "}" in left:
        yield "a brace without its other half"
    for hole in _HOLE.findall(form):
        if not placeholders(hole):
            yield f"{hole} is no name of a value"


def _values(language: str, dutch: tuple[str, ...], at: int, form: str) -> Iterator[str]:
    needed = frozenset().union(*map(placeholders, dutch))
    has = placeholders(form)
    in_words = len(dutch) > 1 and categories(language)[at : at + 1] and categories(language)[at] in _IN_WORDS
    missing = needed - has - ({"count"} if in_words else set())
    if missing:
        yield f"lacks {', '.join(sorted(f'{{{name}}}' for name in missing))}"
    if has - needed:
        yield f"has {', '.join(sorted(f'{{{name}}}' for name in has - needed))}, the Dutch has not"


def _same(kind: str, source: set[str], form: set[str]) -> Iterator[str]:
    if source - form:
        yield f"{kind} left out: {', '.join(sorted(source - form))}"
    if form - source:
        yield f"{kind} added: {', '.join(sorted(form - source))}"


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(pattern.findall(_HOLE.sub(" ", text)))


def _pictogram(text: str) -> str:
    first = text.split(" ", 1)[0]
    if _KEYCAP.match(first):
        return first
    return first if first and not any(c.isalnum() or c in "{}«\"'" for c in first) else ""


def _other_digits(text: str) -> str:
    found = {c for c in text if unicodedata.category(c) == "Nd" and not c.isascii()}
    return "".join(sorted(found | {c for c in text if ord(c) in _ETHIOPIC_DIGITS}))
