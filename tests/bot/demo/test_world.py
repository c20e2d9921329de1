from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import world
from bot.demo.staff import APPROVERS, PASSWORD
from content import catalogue, texts
from content.catalogue import Catalogue
from core import accounts, addresses, clock, links, people
from core.database import Database
from core.settings import Settings
from core.tables.agenda import Appointment, Place, Session, Workshop
from core.tables.people import Account, Person
from core.tables.simulator import SimulatorPhone

NOW = datetime(2027, 1, 11, 22, 30, tzinfo=UTC)  #: a Monday, 23:30 in the Netherlands
SETTINGS = Settings(quiet_hours="21:00-08:00", timezone="Europe/Amsterdam")


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue.load()


@pytest.fixture
async def demo(session: AsyncSession, shipped: Catalogue) -> AsyncSession:
    await texts.ship(session, NOW, shipped)
    await world.build(session, NOW, SETTINGS, shipped)
    return session


async def named(session: AsyncSession, first: str) -> Person:
    return (await people.search(session, first))[0]


async def test_every_name_says_that_it_is_made_up(demo: AsyncSession) -> None:
    names = [person.name.reveal() for person in await demo.scalars(select(Person)) if person.name]
    names += list(await demo.scalars(select(Account.name)))
    places = list(await demo.scalars(select(Place)))

    assert all("(voorbeeld)" in name for name in names)
    assert all("Voorbeeld" in f"{place.name} {place.street}" for place in places)


async def test_the_roles_of_the_plan(demo: AsyncSession) -> None:
    roles = Counter(await demo.scalars(select(Account.role)))
    rolmodellen = Counter(
        languages[0] for languages in await demo.scalars(select(Account.languages).where(Account.role == "rolmodel"))
    )

    assert (roles["regisseur"], roles["klantmanager"], roles["begeleider"]) == (1, 3, 6)
    assert rolmodellen == {"ar": 4, "ti": 2, "fa": 1, "prs": 1, "so": 1, "tr": 1, "pl": 1}


async def test_everybody_listed_can_log_in(demo: AsyncSession) -> None:
    for login in world.STAFF:
        account = await accounts.by_email(demo, login.email)
        assert account is not None
        assert (account.role, account.name) == (login.role, login.name)
    one = await accounts.by_email(demo, world.STAFF[-1].email)
    assert accounts.password_fits(one, PASSWORD)


async def test_a_rolmodel_acts_from_her_own_phone(demo: AsyncSession) -> None:
    account = (await demo.scalars(select(Account).where(Account.role == "rolmodel").limit(1))).one()
    assert account.person_id is not None

    ((bond, address),) = await addresses.of_person(demo, account.person_id)

    assert bond.verified_at is not None
    assert address.channel == "telegram"


async def test_the_files_of_the_samples_reach_a_phone(demo: AsyncSession) -> None:
    person = await people.by_hhbnummer(demo, "HHB000123")

    assert person is not None
    assert person.iban_hash == people.iban_hash("NL73 TEST 0000 0001 23")
    assert (person.languages[0], person.sense, person.leerroute) == ("ti", "hear", "z")
    assert (person.hours_course, person.hours_participation) == (310, 120)
    assert await addresses.of_person(demo, person.id)


async def test_two_adults_share_a_phone_and_chose_other_pictures(demo: AsyncSession) -> None:
    rania, samir = await named(demo, "Rania"), await named(demo, "Samir")

    ((_, address),) = await addresses.of_person(demo, rania.id)

    assert address.shared
    assert {one.id for one in await addresses.persons_of(demo, address.id)} == {rania.id, samir.id}
    assert rania.household_id == samir.household_id is not None
    assert (rania.pictures or [0])[0] != (samir.pictures or [0])[0]


async def test_every_picture_exists(demo: AsyncSession) -> None:
    chosen = [number for person in await demo.scalars(select(Person)) for number in person.pictures or ()]

    assert chosen
    assert set(chosen) <= set(range(len(links.PICTURES)))


async def test_one_phone_is_unknown(demo: AsyncSession) -> None:
    phones = list(await demo.scalars(select(SimulatorPhone)))

    unknown = [phone for phone in phones if phone.handle and not await addresses.at(demo, phone.channel, phone.handle)]

    assert [phone.channel for phone in unknown] == ["telegram"]
    assert {phone.channel for phone in phones} == {"telegram", "whatsapp", "sms"}


async def test_workshops_come_in_the_next_six_weeks_at_decent_hours(demo: AsyncSession) -> None:
    assert await demo.scalar(select(func.count()).select_from(Workshop).where(~Workshop.open_activity)) == 16

    days = list(await demo.scalars(select(Session)))

    assert {day.workshop_id for day in days} == set(await demo.scalars(select(Workshop.id)))
    assert all(NOW + timedelta(days=2) < day.starts_at < NOW + timedelta(weeks=6, days=1) for day in days)
    for day in days:
        ends = day.wall_time + timedelta(minutes=day.minutes)
        assert day.wall_time.hour >= 8
        assert ends.hour < 21
        assert day.wall_time.weekday() < 5


async def test_few_have_an_appointment_and_none_of_them_soon(demo: AsyncSession) -> None:
    rows = list(await demo.scalars(select(Appointment)))

    assert 1 <= len(rows) <= 3
    assert all(row.starts_at > NOW + timedelta(days=3) for row in rows)
    assert all(clock.wall(row.starts_at, "Europe/Amsterdam").weekday() < 5 for row in rows)


async def test_whatever_is_shipped_in_the_languages_of_the_demo_may_be_said(
    demo: AsyncSession, shipped: Catalogue
) -> None:
    in_force = await texts.in_force(demo, shipped)

    for language, units in shipped.bodies.items():
        for unit in units:
            assert in_force.has(language, unit) or language not in APPROVERS, (language, unit)


async def test_a_second_start_changes_nothing(fresh_database: Database, shipped: Catalogue) -> None:
    counts = []
    for _ in range(2):
        async with fresh_database.begin() as session:
            await texts.ship(session, NOW, shipped)
            await world.build(session, NOW, SETTINGS, shipped)
            tables = (Person, Account, Session, Appointment, SimulatorPhone)
            counts.append([await session.scalar(select(func.count()).select_from(table)) for table in tables])

    assert counts[0] == counts[1]
