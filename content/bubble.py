"""What rendering makes."""

from dataclasses import dataclass

from core.languages import Direction

#: Answers that stand side by side on every channel; more are a list on some.
MOST_BUTTONS = 3


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """One message as a person sees it, in one language."""

    text: str
    language: str
    direction: Direction
    labels: tuple[str, ...] = ()
    opens: str = ""  #: on the button behind which more than MOST_BUTTONS stand as a list, where a channel has one
    #: Where the days and times stand in the text: offset and length in UTF-16 units, for channels that show weight.
    strong: tuple[tuple[int, int], ...] = ()
    text_hash: str  #: source hash of its unit; of several units: SHA-256 over theirs in order
