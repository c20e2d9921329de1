"""The sentences that may open a WhatsApp conversation, as Meta is asked to approve them; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from content import render
from content.inforce import InForce
from content.kinds import NOTICES
from content.parts import Choice, Part, Value
from content.values import written
from core.languages import LANGUAGES

UNIT = "templates"

#: In the order of the table in voices.md, section 24.
NAMES = ("afspraak", "nieuwe_dag", "gaat_niet_door", "bericht")

#: What stands below each of them; the conversation knows what it opens.
BUTTON = Choice(button="open", action="open")

#: What Meta's reviewers see in the place of a variable.
_EXAMPLES: Mapping[str, Value] = {"day": date(2027, 1, 12), "time": time(10, 0)}

_ISOLATES = "\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One template in one language."""

    name: str
    language: str  #: our code
    body: str  #: with {{1}}, {{2}} where the variables stand
    examples: tuple[str, ...]  #: one value per variable, in order
    button: str  #: the label below it


def wordings(texts: InForce, languages: Sequence[str], municipality: str) -> Iterator[Wording]:
    """The templates that may be submitted: of languages Meta knows, whose words a speaker approved."""
    for code in languages:
        if LANGUAGES[code].whatsapp and texts.has(code, UNIT) and texts.has(code, render.BUTTONS):
            for name in NAMES:
                yield _wording(texts, code, name, municipality)


def flaw(body: str) -> str | None:
    """Why Meta would refuse this body, in words; None where it wouldn't."""
    bare = body.translate(dict.fromkeys(map(ord, _ISOLATES))).strip(" .!?،。።")
    if bare.startswith("{{") or bare.endswith("}}"):
        return "a variable stands first or last"
    return "two variables stand side by side" if "}}{{" in bare.replace(" ", "") else None


def _wording(texts: InForce, code: str, name: str, municipality: str) -> Wording:
    variables = _variables(name)
    holes = {value: f"{{{{{place}}}}}" for place, value in enumerate(variables, start=1)}
    part = Part(unit=UNIT, name=name, values={"municipality": municipality, **holes})
    return Wording(
        name=name,
        language=code,
        body=render.plain(texts, code, part),
        examples=tuple(written(_EXAMPLES[value], code) for value in variables),
        button=render.label(texts, code, BUTTON),
    )


def _variables(name: str) -> tuple[str, ...]:
    """The values of a template in the order in which a push gives them."""
    return next((kind.template_values for kind in NOTICES.values() if kind.template == name), ())
