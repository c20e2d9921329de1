"""All that is asked of one translated sentence: by the lint, when a file is brought in, when somebody types it."""

from collections.abc import Iterator

from content.lint import brevity, faithful, flaws, letters, sense
from content.lint.flaws import Flaw
from content.placeholders import placeholders
from content.templates import UNIT as TEMPLATES
from content.templates import flaw as refusal
from core.languages import SOURCE


def broken(language: str, unit: str, name: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> list[Flaw]:
    """What is wrong with a sentence, each thing once; `said` has all plural forms of the language."""
    return list(dict.fromkeys(_all(language, unit, name, dutch, said)))


def _all(language: str, unit: str, name: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> Iterator[Flaw]:
    yield from faithful.unfaithful(language, unit, dutch, said)
    for form in said:
        yield from letters.odd(language, form)
        yield from brevity.too_long(language, unit, name, form)
        if language != SOURCE:
            yield from sense.astray(language, name, dutch[-1], form)
        if language != SOURCE and not brevity.is_sms(name):
            yield from brevity.too_long_together(language, dutch[-1], form)
        if unit == TEMPLATES and (why := refusal(_numbered(form))):
            yield Flaw(flaws.TEMPLATE, (why,))


def _numbered(form: str) -> str:
    """A template as WhatsApp sees it: the municipality is written out, the rest are its variables."""
    for name in placeholders(form) - {"municipality"}:
        form = form.replace(f"{{{name}}}", f"{{{{{name}}}}}")
    return form
