"""What in a typed text asks for a second look: links, numbers, bank accounts, marks and letters that deceive."""

import re
import unicodedata
from dataclasses import dataclass

from content.foreign import hidden, marks
from core.languages import SOURCE

_LINK = re.compile(
    r"(?:https?|ftp|tg|mailto|whatsapp)\s*:|www\s*\.|t\.me/|wa\.me/|@[a-z0-9_]{4,}|[\w.+-]+@[\w-]+\.\w+"
    r"|[a-z0-9-]{2,}\s?\.\s?(?:nl|com|org|net|eu|be|de|info|app|io|me|ly|link|site|online|shop|xyz|top|click|ru|tr)\b",
    re.IGNORECASE,
)
#: As a bank prints it, in fours, or in one go; an hour and a sentence after it are no bank account.
_IBAN = re.compile(r"\b[a-z]{2}\s?\d{2}(?:[\s.-]?[a-z0-9]{4}){2,7}(?:[\s.-]?[a-z0-9]{1,4})?\b", re.IGNORECASE)
_IBAN_DIGITS = 8
_NUMBER = re.compile(r"(?:\+|\b00|\b0|\b)[\s(]*\d(?:[\s().\-/\u2010-\u2015]*\d){6,}|\b14[\s-]*0\d{2,3}\b|\b0[89]00\b")
_DAY = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b|\b\d{1,2}[:.]\d{2}\s*[-\u2010-\u2015]\s*\d{1,2}[:.]\d{2}\b")

#: Letters of a longer text aren't looked at: some of these patterns take time that grows with the square of it.
_LONGEST = 2_000

#: Scripts with letters that look alike, and the languages that are written in another of them than Latin.
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_OWN_SCRIPT = {"uk": "CYRILLIC", "bg": "CYRILLIC"}

#: More marks on one letter than any language of ours writes.
_PILE = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")


@dataclass(frozen=True, kw_only=True)
class Trick:
    """A place in a text that may deceive whoever reads it."""

    start: int
    end: int
    why: str  #: in words for staff


def reachable(text: str) -> list[str]:
    """What in a text leads elsewhere, in words: a link, a telephone number, a bank account number."""
    if len(text) > _LONGEST:
        return ["meer tekst dan wij kunnen nakijken"]
    flat = _flat(text)
    found = []
    if _LINK.search(flat):
        found.append("een link")
    if any(sum(letter.isdigit() for letter in found[0]) >= _IBAN_DIGITS for found in _IBAN.finditer(flat)):
        found.append("een rekeningnummer")
    if _NUMBER.search(_DAY.sub(" ", flat)):
        found.append("een telefoonnummer")
    return found


def suspicious(text: str, language: str = SOURCE) -> list[str]:
    """What in a text a reader can't see or may take for something else, in words for who approves it."""
    return list(dict.fromkeys(trick.why for trick in tricks(text, language)))


def tricks(text: str, language: str = SOURCE) -> list[Trick]:
    """The same, each with its place in the text, in order."""
    found = [
        Trick(start=at, end=at + len(mark), why=f"een onzichtbaar teken ({name})") for at, mark, name in marks(text)
    ]
    for word in re.finditer(r"\w+", text):
        why = _deceives(word[0], language)
        if why:
            found.append(Trick(start=word.start(), end=word.end(), why=f"{why}: {word[0]}"))
    piles = _PILE.finditer(text)
    found += [Trick(start=pile.start(), end=pile.end(), why="een stapel tekens op één letter") for pile in piles]
    return sorted(found, key=lambda trick: (trick.start, trick.end))


def _deceives(word: str, language: str) -> str | None:
    scripts = {script for letter in word if letter.isalpha() and (script := _script(letter))}
    if len(scripts) > 1:
        return "letters die op andere lijken"
    if scripts and not scripts <= {"LATIN", _OWN_SCRIPT.get(language, "LATIN")}:
        return "letters die op andere lijken"
    if any(unicodedata.normalize("NFKC", letter) != letter for letter in word if _styled(letter)):
        return "vreemde letters"
    return None


def _flat(text: str) -> str:
    """The text as a deceiver means it: without hidden marks, in plain letters and Latin digits."""
    plain = unicodedata.normalize("NFKC", "".join(letter for letter in text if not hidden(letter)))
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in plain)


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), None)


def _styled(letter: str) -> bool:
    """Letters that only look different: mathematical bold, circled, full width."""
    return unicodedata.decomposition(letter).startswith(("<font>", "<circle>", "<wide>", "<square>"))
