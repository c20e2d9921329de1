"""The alphabet of text messages (3GPP TS 23.038): what is in it, how long it is, and what stands in for the rest."""

import unicodedata

#: One septet each, and two for the extension.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
ALPHABET = BASIC | EXTENDED

#: Languages that are written wholly in it: one segment there.
LANGUAGES = frozenset({"nl", "en", "so"})

#: Letters and signs that Unicode doesn't take apart.
_STANDS_IN = {
    "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D", "ħ": "h", "œ": "oe", "Œ": "OE", "þ": "th", "ð": "d",
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


def septets(text: str) -> int:
    """Length in this alphabet."""
    return len(text) + sum(character in EXTENDED for character in text)


def folded(text: str) -> str:
    """The text in this alphabet: a letter without its mark, and nothing for what it can't spell."""
    return "".join(letter if letter in ALPHABET else _nearest(letter) for letter in text)


def _nearest(letter: str) -> str:
    plain = _STANDS_IN.get(letter) or unicodedata.normalize("NFKD", letter)
    return "".join(one for one in plain if one in ALPHABET)
