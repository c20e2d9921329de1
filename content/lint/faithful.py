"""Whether a translation keeps what every language keeps: values, digits, links, pictograms, words of command."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from content.foreign import lines
from content.lint import flaws
from content.lint.flaws import Flaw, Rule
from content.placeholders import placeholders
from content.plurals import single
from content.render import BUTTONS

#: Words that people type, the same in every language.
COMMANDS = ("STOP", "START")

#: Dutch words that people meet on letters and doors: they stand in every language.
KEPT = ("PIM Welkom", "BSN", "DUO", "KNM", "leefgeld")

#: What is read first: the new before the old, and the weekday before the hour.
FIRST = (("day", "old_day"), ("time", "old_time"), ("day", "time"), ("until_day", "until_time"))

#: A name may be said again where a language needs it; a day or an hour may not.
_SAID_AGAIN = frozenset({"name"})

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*", re.ASCII)
_LINK = re.compile(r"(?:https?|ftp|tg)://\S*[\w/]|www\.\S*\w|\b[a-z0-9-]+\.(?:nl|com|org|net|eu|me)\b", re.IGNORECASE)
_MONEY = re.compile(r"[€$£¥%٪‰]")
_HOLE = re.compile(r"\{[^}]*\}")
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")

#: Units whose pictogram stands first in every language.
_PICTURED = frozenset({BUTTONS, "kinds", "facts"})


def unfaithful(language: str, unit: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> Iterator[Flaw]:
    """What a translation leaves out, adds or writes otherwise."""
    source = dutch[-1]
    for at, form in enumerate(said):
        yield from _holes(form)
        yield from _values(language, dutch, at, form)
        yield from _order(source, form)
        yield from _numbers(source, form)
        yield from _same(flaws.LINK_MISSING, flaws.LINK_ADDED, _found(_LINK, source), _found(_LINK, form))
        yield from _same(flaws.SIGN_MISSING, flaws.SIGN_ADDED, _found(_MONEY, source), _found(_MONEY, form))
        yield from (Flaw(flaws.COMMAND, (word,)) for word in COMMANDS if word in source and word not in form)
        yield from (Flaw(flaws.KEPT, (word,)) for word in KEPT if _has(source, word) and not _has(form, word))
        yield from _pictures(unit, source, form)


def other_lines(name: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether a translation has more or fewer lines than the Dutch; an SMS may put its values on lines of their own."""
    return not name.startswith("sms") and any(lines(form) != lines(dutch[-1]) for form in said)


def _holes(form: str) -> Iterator[Flaw]:
    left = _HOLE.sub("", form)
    if "{" in left or "}" in left:
        yield Flaw(flaws.BRACE)
    for hole in _HOLE.findall(form):
        if not placeholders(hole):
            yield Flaw(flaws.NO_NAME, (hole,))


def _values(language: str, dutch: tuple[str, ...], at: int, form: str) -> Iterator[Flaw]:
    needed = frozenset().union(*map(placeholders, dutch))
    has = placeholders(form)
    in_words = {"count"} if len(dutch) > 1 and at in single(language) else set()
    if missing := needed - has - in_words:
        yield Flaw(flaws.VALUE_MISSING, (_braced(missing),))
    if added := has - needed:
        yield Flaw(flaws.VALUE_ADDED, (_braced(added),))
    often, may = Counter(_HOLE.findall(form)), Counter(_HOLE.findall(dutch[-1]))
    again = {name for name in has & needed - _SAID_AGAIN if often[f"{{{name}}}"] > max(may[f"{{{name}}}"], 1)}
    if again:
        yield Flaw(flaws.VALUE_TWICE, (_braced(again),))


def _braced(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(f"{{{name}}}" for name in names))


def _order(source: str, form: str) -> Iterator[Flaw]:
    for first, second in ((f"{{{one}}}", f"{{{other}}}") for one, other in FIRST):
        if _before(first, second, source) and _before(second, first, form):
            yield Flaw(flaws.ORDER, (first, second))


def _before(one: str, other: str, text: str) -> bool:
    return one in text and other in text and text.index(one) < text.index(other)


def _numbers(source: str, form: str) -> Iterator[Flaw]:
    """The same numbers, each behind the same: "1 = ja, 2 = nee" turned around is an answer turned around."""
    needed, has = _listed(_NUMBER, source), _listed(_NUMBER, form)
    yield from _same(flaws.NUMBER_MISSING, flaws.NUMBER_ADDED, set(needed), set(has))
    if set(needed) == set(has) and needed != has:
        yield Flaw(flaws.NUMBER_ORDER, (", ".join(has),))


def _same(missing: Rule, added: Rule, source: set[str], form: set[str]) -> Iterator[Flaw]:
    if source - form:
        yield Flaw(missing, (", ".join(sorted(source - form)),))
    if form - source:
        yield Flaw(added, (", ".join(sorted(form - source)),))


def _listed(pattern: re.Pattern[str], text: str) -> list[str]:
    return pattern.findall(_HOLE.sub(" ", text))


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(_listed(pattern, text))


def _has(text: str, word: str) -> bool:
    return word.casefold() in text.casefold()


def _pictures(unit: str, source: str, form: str) -> Iterator[Flaw]:
    if unit in _PICTURED and _pictogram(form) != _pictogram(source):
        yield Flaw(flaws.PICTOGRAM, (_pictogram(form), _pictogram(source)))
    needed, has = _drawn(source), _drawn(form)
    if needed != has:
        yield Flaw(flaws.PICTURES, (" ".join(sorted(((needed - has) + (has - needed)).elements())),))


def _pictogram(text: str) -> str:
    first = text.split(" ", 1)[0]
    if _KEYCAP.match(first):
        return first
    return first if first and not any(c.isalnum() or c in "{}«\"'" for c in first) else ""


def _drawn(text: str) -> Counter[str]:
    return Counter(sign for sign in text if unicodedata.category(sign) == "So" and not sign.isalpha())
