"""Text that people typed, made harmless before it stands in a message: no hidden marks, no endless length."""

import re
import unicodedata

from core.values import Handle, Masked, PersonName, Phone

#: Longest value in a message, in characters; a name is shorter.
LONGEST, LONGEST_NAME = 1500, 60

#: Lone surrogates, controls, marks that turn the direction, marks without width, tags.
_HIDDEN = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u034f\u180b-\u180d\u2800\ufdd0-\ufdef\ufff9-\ufffb\U000e0000-\U000e01ef]"
)

#: Joiners belong in Persian words and in some pictograms, nowhere else.
_JOINER = re.compile("[\u200c\u200d]")

#: Accents piled on one letter draw over the lines around it; no writing needs more than these.
_ACCENT = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_PILED = re.compile(f"({_ACCENT}{{8}}){_ACCENT}+")

_LINES = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean(text: str, *, one_line: bool = False, longest: int = LONGEST) -> str:
    """The text in NFC without hidden marks, cut at `longest` characters with an ellipsis."""
    if _plain(text) and len(text) <= longest and not (one_line and _spaced(text)):
        return text
    text = unicodedata.normalize("NFC", visible(_LINES.sub("\n", text[: longest * 4])))
    if one_line:
        text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def visible(text: str) -> str:
    """The text without marks that hide words, turn others around, or draw over them."""
    return text if _plain(text) else _JOINER.sub(_joins, _PILED.sub(r"\1", _HIDDEN.sub("", text)))


def revealed(value: Masked, *, one_line: bool = True) -> str:
    """What a masked value holds, harmless; names and numbers are on one line always, and short."""
    if isinstance(value, PersonName | Phone | Handle):
        return clean(value.reveal(), one_line=True, longest=LONGEST_NAME)
    return clean(value.reveal(), one_line=one_line)


def lines(text: str) -> int:
    """How many lines a text has, however they are parted."""
    return _LINES.sub("\n", text).count("\n") + 1


def hidden(text: str) -> list[str]:
    """The names of marks in a text that a reader can't see."""
    return list(dict.fromkeys(name for _, _, name in marks(text)))


def marks(text: str) -> list[tuple[int, str, str]]:
    """The same, each with its place: where, the mark itself, its name."""
    found = [*_HIDDEN.finditer(text), *(m for m in _JOINER.finditer(text) if not _joins(m))]
    return [(m.start(), m[0], _name(m[0])) for m in found]


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _spaced(text: str) -> bool:
    """Spaces that one line doesn't need."""
    return "  " in text or text[:1] == " " or text[-1:] == " "


def _joins(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    if not before or not after:
        return ""
    return match[0] if _wants_joiner(before) and _wants_joiner(after) else ""


def _wants_joiner(letter: str) -> bool:
    """Arabic script, or a pictogram with its variation selector and skin colour."""
    point = ord(letter)
    return (
        0x0600 <= point <= 0x08FF
        or 0xFB50 <= point <= 0xFEFE
        or point == 0xFE0F
        or 0x2600 <= point <= 0x27BF
        or 0x1F000 <= point <= 0x1FAFF
    )


def _name(mark: str) -> str:
    return unicodedata.name(mark, f"U+{ord(mark):04X}")
