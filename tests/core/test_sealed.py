import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import people
from core.crypto import CryptoError
from core.sealed import SealedJson
from core.tables.leefgeld import Payment
from core.tables.people import Address, Person
from core.values import Handle, Money, PersonName, Private
from tests.scheduler.world import NOW

CANARY = "Kanarievogel"


async def test_the_database_holds_no_plain_value(session: AsyncSession) -> None:
    person = await people.add(session, NOW, name=CANARY, languages=["nl"], klantnummer="KN4711", hhbnummer="HHB4711")
    row = (await session.execute(text("SELECT * FROM person WHERE id = :id"), {"id": person.id})).one()
    stored = repr(tuple(row))
    assert CANARY not in stored
    assert "4711" not in stored


async def test_values_come_back_as_they_went_in(session: AsyncSession) -> None:
    person = await people.add(session, NOW, name=CANARY, languages=["nl"], klantnummer=" KN 4711 ")
    person.pictures = [1, 8]
    await session.flush()
    await session.refresh(person)
    assert (person.name, person.klantnummer, person.pictures) == (PersonName(CANARY), Private("KN 4711"), [1, 8])
    assert person.hhbnummer is None


async def test_swapped_names_do_not_open(session: AsyncSession) -> None:
    one = await people.add(session, NOW, name="Een", languages=["nl"])
    two = await people.add(session, NOW, name="Twee", languages=["nl"])
    one.name_sealed, two.name_sealed = two.name_sealed, one.name_sealed
    for person in (one, two):
        with pytest.raises(CryptoError, match=r"person\.name_sealed doesn't belong to this row"):
            _ = person.name


def test_a_row_opens_what_it_was_made_with() -> None:
    address = Address(channel="telegram", handle=Handle("1001"), handle_hash=b"", created_at=NOW)
    payment = Payment(amount=Money(7500))
    assert (address.handle, payment.amount) == (Handle("1001"), Money(7500))
    assert b"1001" not in address.handle_sealed


def test_a_value_taken_away_is_none() -> None:
    person = Person(name=PersonName("Een"), klantnummer=Private("1"), languages=["nl"], created_at=NOW)
    person.klantnummer = None
    assert (person.klantnummer, person.klantnummer_sealed) == (None, None)


def test_of_a_class_it_gives_the_descriptor_and_statements_use_the_same_form() -> None:
    assert isinstance(Person.pictures, SealedJson)
    row = Person(name=PersonName("Een"), languages=["nl"], created_at=NOW)
    row.pictures_sealed = Person.pictures.seal(Person.__tablename__, row.id, [3, 7])
    assert row.pictures == [3, 7]


def test_a_row_refuses_a_column_that_it_has_not() -> None:
    with pytest.raises(TypeError, match="Person has no bsn"):
        Person(bsn="x")
