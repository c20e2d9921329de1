"""Values that hide themselves: printed or logged they show stars, `reveal()` gives what they hold."""

from typing import Self


class Masked:
    """A text that must not reach a log; equality and hashing work on what it holds."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"{type(self).__name__} holds a text")
        self._text = text

    def reveal(self) -> str:
        """What it holds, for a message, a page or a provider; never for a log."""
        return self._text

    def masked(self) -> str:
        """What a log or a list may show."""
        return "***"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    def __str__(self) -> str:
        return self.masked()

    def __format__(self, spec: str) -> str:
        return format(self.masked(), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Masked) and type(other) is type(self) and other._text == self._text

    def __hash__(self) -> int:
        return hash((type(self), self._text))


class Phone(Masked):
    """A telephone number in E.164 (`+31612345678`)."""

    __slots__ = ()

    def masked(self) -> str:
        return f"***{self._text[-2:]}"


class Handle(Masked):
    """Where a channel reaches somebody: a Telegram chat id, or a telephone number in E.164."""

    __slots__ = ()


class PersonName(Masked):
    """The first name a person is called by."""

    __slots__ = ()


class Private(Masked):
    """Any other text about a person: a place, a number of the municipality, a message."""

    __slots__ = ()


class Money:
    """An amount in euro cents; hides itself like Masked."""

    __slots__ = ("cents",)

    def __init__(self, cents: int) -> None:
        if isinstance(cents, bool) or not isinstance(cents, int):
            raise TypeError("Money holds whole cents")
        self.cents = cents

    def __repr__(self) -> str:
        return "Money(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.cents == self.cents

    def __hash__(self) -> int:
        return hash((Money, self.cents))

    def __add__(self, other: Self) -> "Money":
        return Money(self.cents + other.cents)
