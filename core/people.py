"""People: added, found and renamed; names are encrypted and found by folded prefixes."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import crypto
from core.tables.people import NameToken, Person
from core.values import PersonName, Private

SHORTEST_PREFIX, LONGEST_PREFIX = 2, 8

#: Letters that Unicode doesn't take apart, as they are typed on a Dutch keyboard.
_PLAIN = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


async def add(
    session: AsyncSession,
    now: datetime,
    *,
    name: str,
    languages: Sequence[str],
    klantnummer: str | None = None,
    hhbnummer: str | None = None,
    iban: str | None = None,
    sense: str = "read",
    doelgroep: str | None = None,
    leerroute: str | None = None,
    klantmanager_id: UUID | None = None,
    begeleider_id: UUID | None = None,
    household_id: UUID | None = None,
    bijstand_start: date | None = None,
) -> Person:
    """A new person; numbers are normalised, the IBAN is kept as a look-up value and its last 4 digits."""
    person = Person(
        name=PersonName(name),
        languages=list(languages),
        sense=sense,
        doelgroep=doelgroep,
        leerroute=leerroute,
        klantmanager_id=klantmanager_id,
        begeleider_id=begeleider_id,
        household_id=household_id,
        bijstand_start=bijstand_start,
        created_at=now,
    )
    set_klantnummer(person, klantnummer)
    set_hhbnummer(person, hhbnummer)
    set_iban(person, iban)
    session.add(person)
    await session.flush()
    _add_tokens(session, person, name)
    await session.flush()
    return person


async def rename(session: AsyncSession, person: Person, name: str) -> None:
    """Give the person another name, found from now on by that one."""
    person.name = PersonName(name)
    await session.execute(delete(NameToken).where(NameToken.person_id == person.id))
    _add_tokens(session, person, name)
    await session.flush()


def set_klantnummer(person: Person, number: str | None) -> None:
    """The municipality's own number of a person; never a BSN."""
    person.klantnummer = Private(number.strip()) if number else None
    person.klantnummer_hash = crypto.index("klantnummer", _folded_number(number)) if number else None


def set_hhbnummer(person: Person, number: str | None) -> None:
    """The person's number in Huishoudboekje."""
    person.hhbnummer = Private(number.strip()) if number else None
    person.hhbnummer_hash = crypto.index("hhbnummer", _folded_number(number)) if number else None


def set_iban(person: Person, iban: str | None) -> None:
    """Link a bank account: only its look-up value and last 4 digits are kept."""
    person.iban_hash = iban_hash(iban) if iban else None
    person.iban_last4 = _folded_number(iban)[-4:] if iban else None


def iban_hash(iban: str) -> bytes:
    """The look-up value of an IBAN, however it was spaced."""
    return crypto.index("iban", _folded_number(iban))


def klantnummer_hash(number: str) -> bytes:
    """The look-up value of a klantnummer, however it was spaced."""
    return crypto.index("klantnummer", _folded_number(number))


def hhbnummer_hash(number: str) -> bytes:
    """The look-up value of a number in Huishoudboekje, however it was spaced."""
    return crypto.index("hhbnummer", _folded_number(number))


async def by_klantnummer(session: AsyncSession, number: str) -> Person | None:
    """The person with this klantnummer."""
    wanted = crypto.index("klantnummer", _folded_number(number))
    return (await session.scalars(select(Person).where(Person.klantnummer_hash == wanted))).one_or_none()


async def by_hhbnummer(session: AsyncSession, number: str) -> Person | None:
    """The person with this number in Huishoudboekje."""
    wanted = crypto.index("hhbnummer", _folded_number(number))
    return (await session.scalars(select(Person).where(Person.hhbnummer_hash == wanted))).one_or_none()


async def search(session: AsyncSession, text: str, limit: int = 20) -> list[Person]:
    """People whose names begin with these words, or whose klantnummer this is; in order of arrival."""
    words = {word for word in _words(text) if len(word) >= SHORTEST_PREFIX}
    prefixes = {word[:LONGEST_PREFIX] for word in words}
    number = crypto.index("klantnummer", _folded_number(text))
    matching = Person.klantnummer_hash == number
    if prefixes:
        hashes = [crypto.index("name", prefix) for prefix in prefixes]
        named = (
            select(NameToken.person_id)
            .where(NameToken.token_hash.in_(hashes))
            .group_by(NameToken.person_id)
            .having(func.count() == len(hashes))
        )
        matching = matching | Person.id.in_(named)
    query = select(Person).where(matching).order_by(Person.id)
    if all(len(word) <= LONGEST_PREFIX for word in words):
        return list(await session.scalars(query.limit(limit)))
    found = await session.scalars(query)
    return [person for person in found if person.klantnummer_hash == number or _begin(person, words)][:limit]


def _begin(person: Person, words: set[str]) -> bool:
    """Whether names of the person begin with all these words, also beyond the longest prefix."""
    name = person.name
    names = _words(name.reveal()) if name is not None else []
    return all(any(own.startswith(word) for own in names) for word in words)


def _add_tokens(session: AsyncSession, person: Person, name: str) -> None:
    prefixes = {
        word[:length] for word in _words(name) for length in range(SHORTEST_PREFIX, min(len(word), LONGEST_PREFIX) + 1)
    }
    session.add_all(
        NameToken(person_id=person.id, token_hash=crypto.index("name", prefix)) for prefix in sorted(prefixes)
    )


def _words(text: str) -> list[str]:
    """Lower case, without accents: `Ünal` and `unal` are the same word."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"\w+", bare)


def _folded_number(text: str | None) -> str:
    return re.sub(r"[\s.\-]", "", text or "").upper()
