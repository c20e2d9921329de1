"""The signs of a translation: letters of its own alphabet, Latin digits, normal spaces, nothing hidden, no layout."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from content.foreign import hidden
from content.lint import flaws
from content.lint.flaws import Flaw

_HOLE = re.compile(r"\{[^}]*\}")
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")

#: What WhatsApp and Telegram may read as bold, slanted, struck out, code or a tag.
_MARKUP = re.compile(r"[<>*_~`|\\\[\]]")

#: The script of a language beside Latin, in which Dutch words and commands stand, as Unicode names its letters.
_SCRIPTS: Mapping[str, str] = {
    "ar": "ARABIC",
    "ti": "ETHIOPIC",
    "fa": "ARABIC",
    "prs": "ARABIC",
    "ps": "ARABIC",
    "am": "ETHIOPIC",
    "uk": "CYRILLIC",
    "bg": "CYRILLIC",
}

#: Latin letters beyond a-z, small; what Dutch has may stand anywhere, in a Dutch word.
_DUTCH = "éèëêïöüá"
_LATIN: Mapping[str, str] = {
    "ku": "çêîşû",
    "tr": "çğıöşüâîûi̇",
    "pl": "ąćęłńóśźż",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "ro": "ăâîșț",
}

#: Letters that look like those of a language, and are others: a keyboard of a neighbour.
_NEIGHBOURS: Mapping[str, str] = {
    "fa": "يكىةۀېښډړټڼ",
    "prs": "يكىۀېښډړټڼ",
    "ps": "كى",
    "ar": "یکگپچژہ",
    "uk": "ыэъё",
    "bg": "ыэёіїєґў",
}

_APOSTROPHE = "\u02bc"  #: the letter that stands in Ukrainian words


def odd(language: str, form: str) -> Iterator[Flaw]:
    """What in a sentence isn't written as this language is, or can't be seen."""
    text = _HOLE.sub(" ", form)
    yield from (Flaw(flaws.HIDDEN, (mark,)) for mark in hidden(form))
    if found := _other_digits(text):
        yield Flaw(flaws.DIGITS, (found,))
    if found := _listed(_MARKUP.findall(text)):
        yield Flaw(flaws.MARKUP, (found,))
    for sign in sorted(set(text)):
        category = unicodedata.category(sign)
        if sign == "\t" or (category[0] == "Z" and sign != " "):
            yield Flaw(flaws.SPACE, (_named(sign),))
        elif category in ("Cn", "Co"):
            yield Flaw(flaws.UNREAL, (_named(sign),))
    if form != form.strip() or "  " in form or " \n" in form or "\n " in form:
        yield Flaw(flaws.DOUBLED)
    if found := _listed(_strange(language, text)):
        yield Flaw(flaws.FOREIGN, (found,))


def _other_digits(text: str) -> str:
    """Digits and numbers of any script but ours; a digit in a keycap is a pictogram."""
    return _listed(c for c in _KEYCAP.sub("", text) if unicodedata.category(c)[0] == "N" and not c.isascii())


def _strange(language: str, text: str) -> Iterator[str]:
    for word in re.findall(r"\w+", text):
        scripts = {script for letter in word if letter.isalpha() and (script := _script(letter))}
        if {"LATIN", "CYRILLIC"} <= scripts:
            yield word
            continue
        yield from (letter for letter in word if letter.isalpha() and not _belongs(language, letter))


def _belongs(language: str, letter: str) -> bool:
    small = letter.casefold()
    if letter.isascii() or (letter == _APOSTROPHE and language == "uk"):
        return True
    if unicodedata.normalize("NFKC", letter) != letter:
        return False
    if _script(letter) == "LATIN":
        return all(part in _DUTCH + _LATIN.get(language, "") for part in small)
    return _script(letter) == _SCRIPTS.get(language) and small not in _NEIGHBOURS.get(language, "")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ", 1)[0]


def _listed(letters: Iterator[str] | list[str]) -> str:
    return " ".join(sorted(set(letters)))


def _named(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}")
