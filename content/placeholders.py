"""Where the values of a text stand in it: `{name}`, and nothing else is one."""

import re
from collections.abc import Iterable
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@lru_cache(maxsize=8192)
def parsed(template: str) -> tuple[str, ...]:
    """A template as text, name, text, name ... text; braces that name nothing stay text."""
    return tuple(_PLACEHOLDER.split(template))


def placeholders(template: str) -> frozenset[str]:
    """The names of a template's values."""
    return frozenset(parsed(template)[1::2])


def named(forms: Iterable[str]) -> frozenset[str]:
    """The names of the values of a message, in any of its plural forms."""
    return frozenset().union(*map(placeholders, forms))
