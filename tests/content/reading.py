"""The order in which a line is read, by the Unicode bidirectional algorithm (UAX #9) as fpdf2 implements it."""

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

LTR, RTL = TextDirection.LTR, TextDirection.RTL

#: Marks that take no room: they steer the order and are never seen.
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"))


def places(line: str, base: TextDirection | None = None) -> list[int]:
    """For each letter that stands on the screen from left to right, its place in the line as it was written.

    `base` is the direction that an app gives to the whole; None: each line's own first letter tells it.
    """
    shown = BidiParagraph(line, base_direction=base).get_reordered_characters()
    return [character.character_index for character in shown]


def seen(line: str, base: TextDirection | None = None) -> str:
    """The line as it stands on the screen, from left to right, without what isn't seen."""
    return "".join(line[place] for place in places(line, base)).translate(_UNSEEN)


def spans(line: str, pieces: list[tuple[int, int]], base: TextDirection | None = None) -> list[tuple[int, int]]:
    """Where pieces (start, end) of a line stand on the screen: the leftmost and the rightmost place of each."""
    at = {place: shown for shown, place in enumerate(places(line, base))}
    taken = [[at[place] for place in range(*piece) if place in at] for piece in pieces]
    return [(min(places), max(places)) for places in taken if places]
