"""The languages of the service: one row each, and the order in which one stands in for another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language: how it calls itself, and what the libraries and providers call it."""

    code: str
    own_name: str
    babel: str  #: Babel's locale
    direction: Direction = "ltr"
    whatsapp: str | None  #: language of a WhatsApp template; None where Meta has none
    menu: str  #: two-letter code of Telegram's command menus and app language
    dutch_name: str


_TABLE = (
    ("nl", "Nederlands", "nl", "ltr", "nl", "nl", "Nederlands"),
    ("en", "English", "en", "ltr", "en", "en", "Engels"),
    ("ar", "العربية", "ar", "rtl", "ar", "ar", "Arabisch"),
    ("ti", "ትግርኛ", "ti", "ltr", None, "ti", "Tigrinya"),
    ("fa", "فارسی", "fa", "rtl", "fa", "fa", "Farsi"),
    ("prs", "دری", "fa_AF", "rtl", "prs_AF", "fa", "Dari"),
    ("ps", "پښتو", "ps", "rtl", "ps_AF", "ps", "Pasjtoe"),
    ("so", "Soomaali", "so", "ltr", None, "so", "Somali"),
    ("ku", "Kurdî (Kurmancî)", "ku", "ltr", None, "ku", "Koerdisch (Kurmanci)"),
    ("tr", "Türkçe", "tr", "ltr", "tr", "tr", "Turks"),
    ("am", "አማርኛ", "am", "ltr", None, "am", "Amhaars"),
    ("uk", "Українська", "uk", "ltr", "uk", "uk", "Oekraïens"),
    ("pl", "Polski", "pl", "ltr", "pl", "pl", "Pools"),
    ("fr", "Français", "fr", "ltr", "fr", "fr", "Frans"),
    ("bg", "Български", "bg", "ltr", "bg", "bg", "Bulgaars"),
    ("ro", "Română", "ro", "ltr", "ro", "ro", "Roemeens"),
)

LANGUAGES: dict[str, Language] = {
    code: Language(
        code=code,
        own_name=own,
        babel=babel,
        direction="rtl" if direction == "rtl" else "ltr",
        whatsapp=whatsapp,
        menu=menu,
        dutch_name=dutch,
    )
    for code, own, babel, direction, whatsapp, menu, dutch in _TABLE
}

#: The source of every text, and the last resort: easy Dutch.
SOURCE = "nl"

#: Most used here first; the picker of a new phone follows this order.
PICKER = ("ti", "ar", "prs", "fa", "so", "tr", "nl", "en", "ps", "ku", "am", "uk", "pl", "fr", "bg", "ro")

#: What a speaker most likely reads when her own language has no approved text yet.
_RELATED = {"prs": ("fa",), "fa": ("prs",)}


def chain(wanted: Iterable[str]) -> tuple[str, ...]:
    """The languages to try, in order: the person's own list, near relatives, then easy Dutch."""
    own = [code for code in wanted if code in LANGUAGES]
    related = [near for code in own for near in _RELATED.get(code, ())]
    return tuple(dict.fromkeys([*own, *related, SOURCE]))


def guess(app_language: str | None) -> str | None:
    """Our code for an app's language tag (`fa-AF`, `ar`), or None; a first guess only, the person is asked."""
    if not app_language:
        return None
    tag = app_language.replace("_", "-").lower()
    if tag in ("fa-af", "prs"):
        return "prs"
    if tag in ("kmr", "ckb"):
        return "ku" if tag == "kmr" else None
    return tag.split("-")[0] if tag.split("-")[0] in LANGUAGES else None
