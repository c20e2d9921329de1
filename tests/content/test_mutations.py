"""Attacks on the lint: each spoils true translations in one way that would mislead somebody, and must be found."""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from content import catalogue
from content.catalogue import Catalogue
from content.lint import rules, sense
from core.languages import LANGUAGES, SOURCE

Spoil = Callable[[str, str, str], str]  #: language, Dutch, translation -> the translation, spoiled (or as it was)

_HOLE = re.compile(r"\{[a-z_]+\}")
_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_ALIKE = str.maketrans("aeopcx", "аеорсх")
_BACK = str.maketrans("аеорсх", "aeopcx")


def outside(text: str, change: Callable[[str], str]) -> str:
    """Change what stands between the values."""
    pieces = re.split(r"(\{[a-z_]+\})", text)
    return "".join(piece if at % 2 else change(piece) for at, piece in enumerate(pieces))


def swapped(one: str, other: str) -> Spoil:
    def spoil(language: str, dutch: str, said: str) -> str:
        if one not in said or other not in said or dutch.find(one) > dutch.find(other):
            return said
        return said.replace(one, "\0").replace(other, one).replace("\0", other)

    return spoil


def numbers_turned(language: str, dutch: str, said: str) -> str:
    """Two answers change places: 1 = no, 2 = yes."""
    return outside(said, lambda piece: piece.replace("1", "\0").replace("2", "1").replace("\0", "2"))


def undenied(language: str, dutch: str, said: str) -> str:
    """The words that deny something, left out."""
    if not sense.denied(dutch):
        return said
    return outside(said, lambda piece: sense.denial(language).sub("", piece))


def without_a_value(language: str, dutch: str, said: str) -> str:
    once = [hole for hole in _HOLE.findall(said) if dutch.count(hole) == 1]
    return said.replace(once[0], "") if once else said


def with_a_value_twice(language: str, dutch: str, said: str) -> str:
    once = [hole for hole in _HOLE.findall(said) if dutch.count(hole) == 1 and hole != "{name}"]
    return said.replace(once[0], f"{once[0]} {once[0]}") if once else said


def inside_a_word(mark: str) -> Spoil:
    def spoil(language: str, dutch: str, said: str) -> str:
        return outside(said, lambda piece: re.sub(r"(\w)(\w)", rf"\1{mark}\2", piece, count=1))

    return spoil


#: name -> how; every one is found in every sentence that it changes.
MUTATIONS: Mapping[str, Spoil] = {
    "the old day as the new": swapped("{day}", "{old_day}"),
    "the old time as the new": swapped("{time}", "{old_time}"),
    "the hour before the weekday": swapped("{day}", "{time}"),
    "answers turned around": numbers_turned,
    "a negation left out": undenied,
    "a value left out": without_a_value,
    "a value said twice": with_a_value_twice,
    "a value in double braces": lambda language, dutch, said: said.replace("{", "{{").replace("}", "}}"),
    "a value with a format": lambda language, dutch, said: said.replace("}", "!r}"),
    "a value by number": lambda language, dutch, said: _HOLE.sub("{0}", said),
    "digits of the east": lambda language, dutch, said: outside(said, lambda piece: piece.translate(_EASTERN)),
    "digits of full width": lambda language, dutch, said: outside(said, lambda piece: piece.translate(_WIDE)),
    "letters that look like Latin": lambda language, dutch, said: (
        outside(said, lambda piece: piece.translate(_ALIKE)) if language not in ("uk", "bg") else said
    ),
    "Latin letters in a word of another alphabet": lambda language, dutch, said: outside(
        said, lambda piece: re.sub(r"(?<=[а-я])[аеорсх](?=[а-я])", lambda found: found[0].translate(_BACK), piece)
    ),
    "from right to left": lambda language, dutch, said: f"\u202e{said}",
    "an isolate left open": lambda language, dutch, said: f"\u2067{said}",
    "a mark without width": inside_a_word("\u200b"),
    "a soft hyphen": inside_a_word("\u00ad"),
    "a space that isn't one": lambda language, dutch, said: said.replace(" ", "\u00a0", 1),
    "a tab": lambda language, dutch, said: said.replace(" ", "\t", 1),
    "a question that became a statement": lambda language, dutch, said: (
        re.sub(r"[?؟፧]", ".", said) if dutch.endswith("?") or "Komt u?" in dutch else said
    ),
    "an added link": lambda language, dutch, said: f"{said} www.pim-welkom.nl",
    "an added amount": lambda language, dutch, said: f"{said} € 5",
    "another pictogram": lambda language, dutch, said: said.replace("❌", "✅").replace("📞", "❌"),
    "bold": lambda language, dutch, said: f"*{said}*",
    "a tag": lambda language, dutch, said: f"<b>{said}</b>",
    "still Dutch": lambda language, dutch, said: (
        dutch if len(re.findall(r"[^\W\d_]+", _HOLE.sub("", dutch))) > 2 else said
    ),
    "STOP in other words": lambda language, dutch, said: said.replace("STOP", "HALT") if "STOP" in dutch else said,
    "leefgeld translated away": lambda language, dutch, said: (
        re.sub("leefgeld", "", said, flags=re.IGNORECASE) if "leefgeld" in dutch.lower() else said
    ),
    "a word of another alphabet": lambda language, dutch, said: f"{said} Ελλάδα",
    "a glyph of nobody": lambda language, dutch, said: f"{said}\ue000",
}


#: Sentences of each language that a mutation is tried on, from the start and then one in so many.
ALL_OF, ONE_IN = 20, 8


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue.load()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_spoiled_translation_is_found(shipped: Catalogue, name: str) -> None:
    missed, tried = [], 0
    for language in LANGUAGES:
        for at, (unit, key, dutch, spoiled) in enumerate(spoiled_sentences(shipped, language, MUTATIONS[name])):
            if at < ALL_OF or at % ONE_IN == 0:
                tried += 1
                if not rules.broken(language, unit, key, dutch, spoiled):
                    missed.append((language, f"{unit}/{key}", spoiled))
    assert tried > 10
    assert missed == []


def spoiled_sentences(
    shipped: Catalogue, language: str, spoil: Spoil
) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Unit, name, Dutch and spoiled translation of each sentence that the mutation changes."""
    for unit, dutch in shipped.bodies[SOURCE].items() if language != SOURCE else ():
        for key, source in dutch.items():
            said = shipped.bodies[language][unit][key]
            spoiled = tuple(spoil(language, source[-1], form) for form in said)
            if spoiled != said:
                yield unit, key, source, spoiled
