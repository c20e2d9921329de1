"""Who would hear a text in which language: seen before it is sent, so that nobody is surprised by easy Dutch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from content.reach import is_reachable
from content.render import BUTTONS
from core.languages import SOURCE, chain
from core.tables.people import Person


@dataclass(frozen=True, kw_only=True)
class Group:
    """People who wish for one language and would get another, because the text isn't approved in theirs."""

    wanted: str
    got: str
    count: int


def heard(texts: InForce, languages: Iterable[str], unit: str, *, plus: str | None = None) -> str:
    """The language in which a person with this list hears a unit and its buttons: as content.render chooses it.

    `plus`: a language in which the unit would be approved too.
    """
    for language in chain(languages):
        if (texts.has(language, unit) or language == plus) and texts.has(language, BUTTONS):
            return language
    return SOURCE


async def spread(session: AsyncSession, texts: InForce, unit: str, people: Select[Any]) -> list[Group]:
    """Who of these people would not hear it in the language that stands first in their list, most people first.

    `people` selects ids of Person.
    """
    found: Counter[tuple[str, str]] = Counter()
    for languages, count in await _lists(session, Person.id.in_(people)):
        got = heard(texts, languages, unit)
        if languages and got != languages[0]:
            found[languages[0], got] += count
    return [Group(wanted=wanted, got=got, count=count) for (wanted, got), count in found.most_common()]


async def goes_to(session: AsyncSession, texts: InForce, unit: str, language: str) -> int:
    """How many reachable people would hear the unit in this language once it is approved there."""
    wishing = await _lists(session, literal(language) == any_(Person.languages), is_reachable())
    return sum(count for languages, count in wishing if heard(texts, languages, unit, plus=language) == language)


def of_person(texts: InForce, person: Person, unit: str) -> Group | None:
    """The same for one person; None where the first of the own languages is heard."""
    got = heard(texts, person.languages, unit)
    if not person.languages or got == person.languages[0]:
        return None
    return Group(wanted=person.languages[0], got=got, count=1)


async def _lists(session: AsyncSession, *where: ColumnElement[bool]) -> Sequence[tuple[list[str], int]]:
    """Every list of languages that people have, with how many people have it."""
    query = select(Person.languages, func.count()).where(Person.left_at.is_(None), *where).group_by(Person.languages)
    return [(languages, count) for languages, count in await session.execute(query)]
