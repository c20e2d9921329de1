"""What opens after a tap, with the answers below it, in the mother tongue and in Dutch."""

from collections.abc import Iterator, Mapping, Sequence

from bot.scene import part
from bot.scenes import facts
from content.bubble import Bubble
from content.parts import Choice, Part
from content.render import bubble
from tests.content.golden.example import TEXTS, appointment, filled, workshop

Opened = tuple[tuple[Part, ...], tuple[str, ...]]  #: the parts, and the names of the buttons


def _all() -> Mapping[str, Opened]:
    day, theme, place = workshop()
    about = part("workshop", "about", title=theme.title, summary=theme.summary)
    money = ("call", "explain", "how_much")
    return {
        "appointment": (facts.of_appointment(appointment()), ("come", "cannot", "call")),
        "workshop": ((about, *facts.of_session(day, theme, place)), ("join", "not_now")),
        "leefgeld announced": ((part("leefgeld", "announced"),), money),
        "leefgeld paid": ((part("leefgeld", "paid"),), ("received", "not_received", "how_much")),
        "leefgeld amount": ((part("leefgeld", "amount"), part("leefgeld", "closes")), ("explain", "close_now")),
        "leefgeld returned": ((part("leefgeld", "returned"),), ("call", "no_food")),
        "leefgeld late": ((part("leefgeld", "late"),), ("call", "no_food")),
        "leefgeld differs": ((part("leefgeld", "announced"), part("leefgeld", "differs")), ("call", "why", "how_much")),
        "understanding": ((part("understanding", "ask"),), ("clear", "unclear", "call")),
    }


def shown(language: str, name: str, *, dawn: bool = False) -> Bubble:
    """One of them, as an app shows it."""
    parts, buttons = _all()[name]
    choices = [Choice(button=button, action=f"x.{button}") for button in buttons]
    return bubble(TEXTS, [language], [filled(one) for one in parts], choices, echo=True, dawn=dawn)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Heading and text of each."""
    for name in _all():
        said = shown(language, name)
        yield f"na een tik: {name}", f"{said.text}\n{labels(said.labels)}"


def labels(shown: Sequence[str]) -> str:
    """The answers on one line."""
    return " ".join(f"[{label}]" for label in shown)
