"""What in a typed text asks for a second look: links, numbers, bank accounts, marks and letters that deceive."""

import re
import unicodedata

from content.foreign import hidden

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

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


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


def suspicious(text: str) -> list[str]:
    """What in a text a reader can't see or may take for something else, in words for who approves it."""
    found = [f"een onzichtbaar teken ({mark})" for mark in hidden(text)]
    for word in re.findall(r"\w+", text):
        scripts = {script for letter in word if letter.isalpha() and (script := _script(letter))}
        if len(scripts) > 1:
            found.append(f"letters die op andere lijken: {word}")
        elif any(unicodedata.normalize("NFKC", letter) != letter for letter in word if _styled(letter)):
            found.append(f"vreemde letters: {word}")
    return list(dict.fromkeys(found))


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
