from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import people
from core.tables.people import NameToken, Person
from core.values import PersonName
from tests.scheduler.world import NOW


async def add(session: AsyncSession, name: str, **values: Any) -> Person:
    return await people.add(session, NOW, name=name, languages=["nl"], **values)


async def found(session: AsyncSession, text: str) -> list[str]:
    return [person.name.reveal() for person in await people.search(session, text) if person.name is not None]


@pytest.mark.parametrize(
    "text", ["Ünal", "unal", "UNAL", "ün", "un", "Şahin", "sah", "unal sahin", "şahin ünal", " unal, "]
)
async def test_a_name_is_found_by_prefixes_without_accents(session: AsyncSession, text: str) -> None:
    await add(session, "Ünal Şahin")
    assert await found(session, text) == ["Ünal Şahin"]


@pytest.mark.parametrize("text", ["", " ", "u", "nal", "unalx", "unal yilmaz", "%", "*", "' OR 1=1 --"])
async def test_what_begins_no_name_finds_nobody(session: AsyncSession, text: str) -> None:
    await add(session, "Ünal Şahin")
    assert await found(session, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Łukasz", "lukasz"),
        ("Işık", "isik"),
        ("Søren", "soren"),
        ("Straßer", "strasser"),
        ("محمّد", "محمد"),
        ("ሃና", "ሃና"),
        ("O'Brien", "brien"),
        ("Anne-Marie", "marie"),
        ("Voorbeeldenrijk", "voorbeeldenrijk"),
    ],
)
async def test_letters_of_other_languages_are_found_by_the_nearest_key(
    session: AsyncSession, name: str, text: str
) -> None:
    await add(session, name)
    assert await found(session, text) == [name]


async def test_a_long_word_is_compared_to_its_end(session: AsyncSession) -> None:
    await add(session, "Voorbeeldenrijk")
    assert await found(session, "voorbeelden") == ["Voorbeeldenrijk"]
    assert await found(session, "voorbeeldig") == []


async def test_the_klantnummer_finds_too_however_it_is_spaced(session: AsyncSession) -> None:
    person = await add(session, "Een", klantnummer="kn-47.11")
    await add(session, "Twee", klantnummer="4711")
    assert await found(session, "KN 4711") == ["Een"]
    assert await people.by_klantnummer(session, "kn4711") is person
    assert await people.by_klantnummer(session, "") is None


async def test_a_limit_holds_and_the_first_to_come_is_the_first(session: AsyncSession) -> None:
    names = [f"Voorbeeld {letter}a" for letter in "abc"]
    for name in names:
        await add(session, name)
    assert [person.name for person in await people.search(session, "voorb", limit=2)] == [
        PersonName(name) for name in names[:2]
    ]


async def test_a_new_name_is_found_and_the_old_one_no_more(session: AsyncSession) -> None:
    person = await add(session, "Ünal")
    await people.rename(session, person, "Selam")
    assert await found(session, "unal") == []
    assert await found(session, "sel") == ["Selam"]


async def test_the_same_word_twice_is_kept_once(session: AsyncSession) -> None:
    person = await add(session, "Ali Ali")
    tokens = select(func.count()).select_from(NameToken).where(NameToken.person_id == person.id)
    assert (await session.execute(tokens)).scalar_one() == 2
    assert await found(session, "ali ali") == ["Ali Ali"]


async def test_an_iban_leads_to_both_adults_and_is_not_kept(session: AsyncSession) -> None:
    one = await add(session, "Een", iban="NL91 ABNA 0417 1643 00")
    two = await add(session, "Twee", iban="nl91abna0417164300")
    await add(session, "Drie", iban="NL20INGB0001234567")
    with_it = select(Person).where(Person.iban_hash == people.iban_hash("NL91 abna 0417164300")).order_by(Person.id)
    assert list(await session.scalars(with_it)) == [one, two]
    assert (one.iban_last4, two.iban_last4) == ("4300", "4300")
    people.set_iban(two, None)
    await session.flush()
    assert list(await session.scalars(with_it)) == [one]


async def test_huishoudboekje_has_numbers_of_its_own(session: AsyncSession) -> None:
    person = await add(session, "Een", klantnummer="1", hhbnummer="HHB 2")
    assert await people.by_hhbnummer(session, "hhb2") is person
    assert await people.by_hhbnummer(session, "1") is None
