"""What the code asks of the words: every unit it sends, every button it shows, every value it gives."""

from collections.abc import Iterator, Mapping

from content.catalogue import Body
from content.kinds import APPOINTMENTS, NOTICES, OPEN_AGENDA, PLACE_CHANGED, VARIANTS
from content.placeholders import named
from content.render import BUTTONS

#: All that a pushed message may hold (privacy.md): no name, place, subject, organisation or amount.
NEUTRAL = frozenset(
    {"day", "time", "count", "minutes", "old_day", "old_time", "until_day", "until_time", "municipality"}
)


def missing(dutch: Mapping[str, Body]) -> Iterator[str]:
    """What the Dutch file lacks for what the code says, in words."""
    for unit in pushed():
        yield from (f"{unit}/{name} is missing" for name in ("push", "sms") if name not in dutch.get(unit, {}))
    buttons = dutch.get(BUTTONS, {})
    yield from (f"{BUTTONS}/{name} is missing" for name in sorted(_buttons() - buttons.keys()))
    kinds = dutch.get("kinds", {})
    yield from (f"kinds/{code} is missing" for code in APPOINTMENTS if code not in kinds)


def telling(unit: str, name: str, forms: tuple[str, ...]) -> Iterator[str]:
    """What a pushed message would tell a stranger who sees the lock screen."""
    if unit in pushed() and name in ("push", "sms"):
        for value in sorted(named(forms) - NEUTRAL):
            yield f"a push may not hold {{{value}}}"


def pushed() -> set[str]:
    """Every unit that can arrive by itself."""
    units = {kind.unit for kind in NOTICES.values()}
    return units | {unit for variants in VARIANTS.values() for unit in variants} | {"shared"}


def _buttons() -> set[str]:
    shown = [*OPEN_AGENDA, *(choice for choices in PLACE_CHANGED.values() for choice in choices)]
    shown += [choice for kind in NOTICES.values() for choice in kind.choices]
    return {choice.button for choice in shown if choice.button}
