"""Which form of a message a number asks for: CLDR's rules by Babel, in the order of a PO file's forms."""

from functools import cache, lru_cache

from babel import Locale

from core.languages import LANGUAGES

_ORDER = ("zero", "one", "two", "few", "many", "other")

#: Whole numbers that show every form we count with; a million has a form of its own in French, not here.
_SAMPLE = range(201)


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
