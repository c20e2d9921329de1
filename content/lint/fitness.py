"""What keeps a sentence that somebody typed from being said, in easy Dutch: the rules of every release."""

from collections.abc import Iterator, Sequence

from content.catalogue import Body
from content.lint import rules


def problems(language: str, unit: str, dutch: Body, body: Body) -> Iterator[str]:
    """Everything that is wrong with a whole body; a message that one of the two lacks is left to texts.unfit."""
    for name in dutch.keys() & body.keys():
        yield from of_message(language, unit, name, dutch[name], body[name])


def of_message(language: str, unit: str, name: str, dutch: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """What is wrong with one message, in all its plural forms, and how to mend it."""
    for flaw in rules.broken(language, unit, name, tuple(dutch), tuple(said)):
        if not flaw.rule.minor:
            yield f"{flaw.dutch} {flaw.mend}"
