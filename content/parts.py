"""What a bubble is made of: messages of the catalogue with their values, and the answers below them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from core.values import Masked, Money


@dataclass(frozen=True, kw_only=True)
class Word:
    """A value that is itself a message: the name of a kind of appointment, a reason."""

    unit: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A value that is a whole text of ours, shown to who judges it: it stands as it is, with its own isolates."""

    text: str


#: A date is written `dinsdag 12 januari`, a time `10:00`, money `€ 75,00`, an int in Latin digits; a masked
#: text is revealed; `count` decides the plural form.
Value = str | int | date | time | Money | Masked | Word | Quoted


@dataclass(frozen=True, kw_only=True)
class Part:
    """One message of a unit with its values: `Part(unit="agenda", name="empty")`."""

    unit: str
    name: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button: its label, and the action it starts."""

    action: str  #: "scene.action" or "scene.action:argument", at most 64 bytes, never personal
    button: str = ""  #: name in the unit `buttons`
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    label: str | None = None  #: instead of `button`: the same in every language (a picture, a language's own name)
    digit: int | None = None  #: fixed number on sms: 1 yes or good, 2 no, 3 call me
