"""Which form of a message a number asks for: CLDR's rules by Babel, in the order of a PO file's forms."""

import gettext
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale

from core.languages import LANGUAGES

_ORDER = ("zero", "one", "two", "few", "many", "other")

#: Whole numbers that show every form we count with; a million has a form of its own in French, not here.
_SAMPLE = range(201)

#: The same rules as a PO file writes them: what Babel and other tools put there is wrong for fa, tr, ti and am.
_NOT_ONE, _ABOVE_ONE = "(n != 1)", "(n > 1)"
_FEW = "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14)"
_FORMULAS: Mapping[str, str] = {
    "nl": _NOT_ONE,
    "en": _NOT_ONE,
    "ar": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
    "ti": _ABOVE_ONE,
    "fa": _ABOVE_ONE,
    "prs": _ABOVE_ONE,
    "ps": _NOT_ONE,
    "so": _NOT_ONE,
    "ku": _NOT_ONE,
    "tr": _NOT_ONE,
    "am": _ABOVE_ONE,
    "uk": f"(n%10==1 && n%100!=11 ? 0 : {_FEW} ? 1 : 2)",
    "pl": f"(n==1 ? 0 : {_FEW} ? 1 : 2)",
    "fr": _ABOVE_ONE,
    "bg": _NOT_ONE,
    "ro": "(n==1 ? 0 : n==0 || (n!=1 && n%100>=1 && n%100<=19) ? 1 : 2)",
}

_HEADER = re.compile(r"\s*nplurals\s*=\s*([0-9]{1,20})\s*;\s*plural\s*=([^;]{1,500});?\s*")


@cache
def locale(language: str) -> Locale:
    """Babel's locale of one of our languages; KeyError where we don't know it."""
    return Locale.parse(LANGUAGES[language].babel)


@cache
def categories(language: str) -> tuple[str, ...]:
    """CLDR's names of the forms that whole numbers take, in the order of msgstr[0], msgstr[1] ..."""
    rule = locale(language).plural_form
    taken = {rule(n) for n in _SAMPLE}
    return tuple(name for name in _ORDER if name in taken)


@lru_cache(maxsize=4096)
def index(language: str, n: int) -> int:
    """The number of the form for `n`; a category that our forms lack takes the last one."""
    forms = categories(language)
    name = locale(language).plural_form(n)
    return forms.index(name) if name in forms else len(forms) - 1


@cache
def single(language: str) -> frozenset[int]:
    """The forms that one number takes and no other: only they may write it as a word."""
    taken = [index(language, n) for n in _SAMPLE]
    return frozenset(form for form in taken if taken.count(form) == 1)


def header(language: str) -> str:
    """What stands in the Plural-Forms line of this language's PO file."""
    return f"nplurals={len(categories(language))}; plural={_FORMULAS[language]};"


def misled(language: str, said: str) -> str | None:
    """Where a Plural-Forms line leads to other forms than the language has, in words; None where it doesn't."""
    found = _HEADER.fullmatch(said)
    if not found:
        return "it can't be read"
    if int(found[1]) != len(categories(language)):
        return f"nplurals={found[1]}, {language} has {len(categories(language))}"
    try:
        chosen = gettext.c2py(found[2].strip())
        wrong = [n for n in _SAMPLE if chosen(n) != index(language, n)]
    except (ValueError, ArithmeticError, RecursionError):
        return "it can't be computed"
    return f"it is wrong for {', '.join(map(str, wrong[:5]))}" if wrong else None
