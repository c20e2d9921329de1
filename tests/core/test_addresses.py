import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.database import Database
from core.tables.people import Address, Person
from core.values import Handle
from tests.scheduler import world
from tests.scheduler.world import NOW, at

PHONE = Handle("+31612345678")


async def owned(session: AsyncSession, person_id: UUID) -> list[str]:
    """A person's handles, first choice first."""
    return [address.handle.reveal() for _, address in await addresses.of_person(session, person_id) if address.handle]


@pytest.fixture
async def person(session: AsyncSession) -> Person:
    return await world.person(session)


async def test_an_address_is_known_by_channel_and_handle(session: AsyncSession) -> None:
    made = await addresses.ensure(session, NOW, "sms", PHONE)
    assert await addresses.ensure(session, NOW, "sms", PHONE) is made
    assert await addresses.at(session, "sms", PHONE) is made
    assert await addresses.at(session, "whatsapp", PHONE) is None
    assert await addresses.at(session, "sms", Handle("+31612345679")) is None


async def test_two_transactions_at_once_end_with_one_row(fresh_database: Database) -> None:
    async def ensure() -> UUID:
        async with fresh_database.begin() as session:
            address = await addresses.ensure(session, NOW, "sms", PHONE)
            await asyncio.sleep(0.05)  # the others come while this transaction is open
            return address.id

    assert len(set(await asyncio.gather(*(ensure() for _ in range(5))))) == 1
    async with fresh_database.begin() as session:
        assert (await session.execute(select(func.count()).select_from(Address))).scalar_one() == 1


async def test_what_was_verified_last_is_the_first_choice(session: AsyncSession, person: Person) -> None:
    for handle, verified in (("noted", False), ("noted too", False), ("first card", True), ("second card", True)):
        address = await addresses.ensure(session, NOW, "telegram", Handle(handle))
        await addresses.attach(session, NOW, person.id, address.id, verified=verified)
    assert await owned(session, person.id) == ["second card", "first card", "noted", "noted too"]


async def test_a_noted_address_becomes_the_first_choice_once_verified(session: AsyncSession, person: Person) -> None:
    first = await addresses.ensure(session, NOW, "telegram", Handle("chat"))
    noted = await addresses.ensure(session, NOW, "sms", PHONE)
    await addresses.attach(session, NOW, person.id, first.id, verified=True)
    await addresses.attach(session, NOW, person.id, noted.id, verified=False)
    assert await owned(session, person.id) == ["chat", PHONE.reveal()]
    await addresses.attach(session, NOW, person.id, noted.id, verified=True)
    assert await owned(session, person.id) == [PHONE.reveal(), "chat"]


async def test_a_rank_that_is_given_holds(session: AsyncSession, person: Person) -> None:
    for rank, handle in ((2, "third"), (0, "first"), (1, "second")):
        address = await addresses.ensure(session, NOW, "telegram", Handle(handle))
        await addresses.attach(session, NOW, person.id, address.id, verified=True, rank=rank)
    assert await owned(session, person.id) == ["first", "second", "third"]


async def test_a_second_card_for_the_same_phone_adds_no_bond(session: AsyncSession, person: Person) -> None:
    address = await addresses.ensure(session, NOW, "sms", PHONE)
    later = at("2026-12-22 11:00")
    first = await addresses.attach(session, NOW, person.id, address.id, verified=True, language="ti", text_hash="a")
    again = await addresses.attach(session, later, person.id, address.id, verified=True, language="nl", text_hash="b")
    assert again is first
    assert (first.verified_at, first.chosen_at) == (NOW, later)
    assert (first.choice_language, first.choice_text_hash) == ("nl", "b")


async def test_only_who_verified_it_and_is_still_here_is_at_an_address(session: AsyncSession, person: Person) -> None:
    address = await addresses.ensure(session, NOW, "sms", PHONE)
    noted, left = await world.person(session), await world.person(session)
    left.left_at = NOW
    await addresses.attach(session, NOW, person.id, address.id, verified=True)
    await addresses.attach(session, NOW, noted.id, address.id, verified=False)
    await addresses.attach(session, NOW, left.id, address.id, verified=True)
    assert await addresses.persons_of(session, address.id) == [person]


async def test_stop_and_start_hold_for_all_who_share_a_phone_and_for_this_phone_only(
    session: AsyncSession, person: Person
) -> None:
    shared = await addresses.ensure(session, NOW, "sms", PHONE)
    own = await addresses.ensure(session, NOW, "telegram", Handle("chat"))
    for somebody in (person, await world.person(session)):
        await addresses.attach(session, NOW, somebody.id, shared.id, verified=True)
    await addresses.attach(session, NOW, person.id, own.id, verified=True)

    assert await addresses.stop(session, NOW, shared.id) == 2
    assert await addresses.stop(session, NOW, shared.id) == 0
    bonds = {bond.address_id: bond.opted_out_at for bond, _ in await addresses.of_person(session, person.id)}
    assert bonds == {shared.id: NOW, own.id: None}

    assert await addresses.start(session, shared.id) == 2
    assert await addresses.start(session, shared.id) == 0


async def test_a_new_card_ends_an_earlier_stop(session: AsyncSession, person: Person) -> None:
    address = await addresses.ensure(session, NOW, "sms", PHONE)
    bond = await addresses.attach(session, NOW, person.id, address.id, verified=True)
    await addresses.stop(session, NOW, address.id)
    await addresses.attach(session, NOW, person.id, address.id, verified=False)
    assert bond.opted_out_at == NOW
    await addresses.attach(session, NOW, person.id, address.id, verified=True)
    assert bond.opted_out_at is None
