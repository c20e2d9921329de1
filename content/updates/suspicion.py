"""What in a typed text asks for a second look: links, numbers, bank accounts, marks and letters that deceive."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from content.foreign import marks, visible
from core.languages import SOURCE

#: Ends of an address. Those that are words too count without a space, or with one before the dot: no sentence has that.
_ENDS = (
    "nl|com|org|net|eu|be|de|info|app|io|me|ly|link|site|online|shop|xyz|top|click|ru|tr|co|cc|to|gl|gd|uk|fr|pl|bg|ro|ua"
    "|biz|dev|page|live|store|vip|tk|ws"
)
_KNOWN_ENDS = "nl|com|org|net|eu"
_LINK = re.compile(
    r"(?:https?|ftp|tg|mailto|whatsapp)\s*:|www\s*\.|t\.me/|wa\.me/|@[a-z0-9_]{4,}|[\w.+-]+@[\w-]+\.\w+"
    rf"|\b[^\W_][\w-]{{1,62}}(?:(?:\s\.\s?|[(\[]?\.[)\]]?)(?:{_ENDS})|(?:\s?[.,]\s?|\s(?:punt|dot)\s)(?:{_KNOWN_ENDS}))\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b",
    re.IGNORECASE,
)
#: Two words with nothing but a dot between them, the second in small letters: what a phone makes a link of.
_DOTTED = re.compile(r"\b[^\W_][\w-]{1,62}\.([^\W\d_]{2,24})(?![\w.])")
#: As a bank prints it, in fours, or in one go; an hour and a sentence after it are no bank account.
_IBAN = re.compile(r"\b[a-z]{2}\s?\d{2}(?:[\s.-]?[a-z0-9]{4}){2,7}(?:[\s.-]?[a-z0-9]{1,4})?\b", re.IGNORECASE)
_IBAN_DIGITS = 8
_NUMBER = re.compile(r"\d(?:(?:[^\w\n]|_){0,3}\d){6,}|\b14[\s-]*0\d{2,3}\b|\b0[89]00\b")
_COUNTED = re.compile(
    r"\b(?:(?:nul|een|\u00e9\u00e9n|twee|drie|vier|vijf|zes|zeven|acht|negen)[\s,.-]*){6,}\b", re.IGNORECASE
)
#: A day or a time by itself, or from one to another: digits that call nobody.
_HOUR = r"(?:[01]?\d|2[0-4])[:.][0-5]\d"
_DATE = r"(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:19|20)\d\d)?"
_DAY = re.compile(
    rf"(?<![\w:./-])(?:{_DATE}|{_HOUR})(?:\s*[-\u2010-\u2015]\s*(?:{_DATE}|{_HOUR}))?(?![\w:/-]|\.\w|\s\d\d\b(?![:.]\d))"
)
#: Digits in a row that may be a part of a number; years and postcodes aren't.
_PIECE = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d)|\d{4}\s?[A-Z]{2}\b)\d{3,}")
_PIECES = 7  #: digits that make a number together

#: Letters of a longer text aren't looked at: some of these patterns take time that grows with the square of it.
_LONGEST = 2_000

#: Scripts with letters that look alike, and the languages that are written in another of them than Latin.
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET", "OLD ITALIC")
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
    if _LINK.search(flat) or any(end[1].islower() or not end[1].isascii() for end in _DOTTED.finditer(flat)):
        found.append("een link")
    without = _IBAN.sub(lambda match: " " if _is_account(match[0]) else match[0], flat)
    if without != flat:
        found.append("een rekeningnummer")
    if _NUMBER.search(_DAY.sub(" ", without)) or _COUNTED.search(flat):
        found.append("een telefoonnummer")
    return found


def scattered(texts: Sequence[str]) -> list[str]:
    """What texts that are read one below the other lead to together: a link or a number cut in pieces, in words.

    Only what none of them holds by itself.
    """
    alone = {reason for text in texts for reason in reachable(text)}
    pairs = [f"{one} {other}" for one, other in permutations(texts, 2) if one and other]
    joined = [reason for pair in pairs for reason in reachable(pair)]
    if sum(len(piece) for piece in {piece for text in texts for piece in _pieces(text)}) >= _PIECES:
        joined.append("een telefoonnummer")
    return [f"{reason} in stukjes" for reason in dict.fromkeys(joined) if reason not in alone]


def _is_account(found: str) -> bool:
    return sum(letter.isdigit() for letter in found) >= _IBAN_DIGITS


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(_DAY.sub(" ", _flat(text)))


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
    """The text as a deceiver means it: without hidden marks, in plain letters, dots and Latin digits."""
    plain = unicodedata.normalize("NFKC", visible(text))
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in plain.translate(_PLAIN))


#: What stands for a Latin letter or a dot to the eye; joiners, keycaps and the look of pictograms are nothing.
_PLAIN = (
    str.maketrans(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04cf\u043a\u043c\u0442\u0432\u043f"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u03bf\u03b1\u03bd\u03b9\u03c1"
        "\u03ba\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u0585\u057d\u0261\u0251\u0131",
        "aeopcyxijsdqwlkmtbnABEKMHOPCTXIJSoavipkABEZHIKMNOPTYXougai",
    )
    | dict.fromkeys(map(ord, "\u3002\u06d4\u2024\u00b7\u2022\u2219\u22c5\u2027"), ".")
    | dict.fromkeys([0x200C, 0x200D, 0x20E3, *range(0xFE00, 0xFE10)])
)


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), None)


def _styled(letter: str) -> bool:
    """Letters that only look different: mathematical bold, circled, full width."""
    return unicodedata.decomposition(letter).startswith(("<font>", "<circle>", "<wide>", "<square>"))
