"""What a text says that its translation must say too: the checklist of who judges it (pure)."""

import re
from collections.abc import Iterable
from enum import StrEnum

from content.catalogue import Body
from content.placeholders import placeholders


class Point(StrEnum):
    """One thing to compare, in the order of the checklist."""

    WHAT = "what"
    WHEN = "when"
    WHERE = "where"
    HOW_MUCH = "how_much"
    NOT = "not"  #: what if not: a negation, or what to do where it can't be


#: Dutch words that turn a sentence around, the longest first.
NEGATIONS = (
    "geen enkele", "niet meer", "nog geen", "nog niet", "niemand", "nergens", "zonder", "niets", "nooit", "geen",
    "niet",
)  # fmt: skip

NEGATION = re.compile(r"\b(?:" + "|".join(NEGATIONS) + r")\b", re.IGNORECASE)


def of(dutch: Body) -> tuple[Point, ...]:
    """Only the points that this unit has."""
    forms = [form for forms in dutch.values() for form in forms]
    names = frozenset().union(*map(placeholders, forms))
    has = {
        Point.WHAT: True,
        Point.WHEN: _ends(names, "day", "time", "times"),
        Point.WHERE: "place" in names,
        Point.HOW_MUCH: "amount" in names,
        Point.NOT: any(NEGATION.search(form) for form in forms),
    }
    return tuple(point for point in Point if has[point])


def _ends(names: Iterable[str], *words: str) -> bool:
    """`day`, and all that is a day of its own: `old_day`, `until_day`."""
    return any(name.rpartition("_")[2] in words for name in names)
