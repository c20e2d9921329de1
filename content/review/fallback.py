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


async def spread(session: AsyncSession, texts: InForce, people: Select[Any], *units: str) -> list[Group]:
    """Who of these people would not hear all of it in the language that stands first in their list, most people first.

    `people` selects ids of Person; of several units the first that is heard in another language counts.
    """
    found: Counter[tuple[str, str]] = Counter()
    for languages, count in await _lists(session, Person.id.in_(people)):
        got = _instead(texts, languages, units)
        if got is not None:
            found[languages[0], got] += count
    return [Group(wanted=wanted, got=got, count=count) for (wanted, got), count in found.most_common()]


async def elsewhere(session: AsyncSession, language: str, people: Select[Any]) -> list[Group]:
    """Which of these people, who all hear something in this one language, have another first in their list."""
    found: Counter[str] = Counter()
    for languages, count in await _lists(session, Person.id.in_(people)):
        if languages and languages[0] != language:
            found[languages[0]] += count
    return [Group(wanted=wanted, got=language, count=count) for wanted, count in found.most_common()]


async def goes_to(session: AsyncSession, texts: InForce, unit: str, language: str) -> int:
    """How many reachable people would hear the unit in this language once it is approved there."""
    wishing = await _lists(session, literal(language) == any_(Person.languages), is_reachable())
    return sum(count for languages, count in wishing if heard(texts, languages, unit, plus=language) == language)


def of_person(texts: InForce, person: Person, *units: str) -> Group | None:
    """The same for one person; None where the first of the own languages is heard."""
    got = _instead(texts, person.languages, units)
    return None if got is None else Group(wanted=person.languages[0], got=got, count=1)


def _instead(texts: InForce, languages: Sequence[str], units: Iterable[str]) -> str | None:
    """The language that is heard instead of the first of a list; None where it is the first, or there is no list."""
    got = (heard(texts, languages, unit) for unit in units)
    return next((code for code in got if languages and code != languages[0]), None)


async def _lists(session: AsyncSession, *where: ColumnElement[bool]) -> Sequence[tuple[list[str], int]]:
    """Every list of languages that people have, with how many people have it."""
    query = select(Person.languages, func.count()).where(Person.left_at.is_(None), *where).group_by(Person.languages)
    return [(languages, count) for languages, count in await session.execute(query)]
