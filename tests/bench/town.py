"""A municipality of 10,000 people: names to search, phones, appointments, tasks, bank accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core import accounts, addresses, clock, people
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.people import Account
from core.values import Handle
from scheduler import tasks
from tests.bench import ground

PEOPLE = 10_000
STAFF = 20
APPOINTMENTS = 3  #: of each person, in the coming weeks
PASSWORD = "voorbeeld voorbeeld"

#: Made of these, and of nobody's real name.
_FIRST = (
    *("Abel", "Amina", "Berhane", "Dilan", "Elif", "Farid", "Goran", "Hanna"),
    *("Idil", "Jonas", "Karim", "Leila", "Marek", "Nadia", "Oksana", "Piotr"),
)
_LAST = (
    *("Akar", "Bakker", "Cohen", "Demir", "Eshete", "Fikre", "Gebre", "Haile"),
    *("Ibrahim", "Jansen", "Kaya", "Lemma", "Mulder", "Nowak", "Omar", "Petro"),
)


@dataclass(frozen=True, kw_only=True)
class Town:
    """What stands in the database."""

    people: Sequence[UUID]
    klantmanager: Account
    regisseur: Account


def name_of(number: int) -> str:
    """The name of the person with this number: 256 pairs, with a syllable of their own behind."""
    first, last = _FIRST[number % 16], _LAST[number // 16 % 16]
    return f"{first} {last}{chr(97 + number // 256 % 26)}{chr(97 + number // 6656 % 26)}"


def handle_of(number: int) -> Handle:
    """The chat of the person with this number."""
    return Handle(str(100_000 + number))


def iban_of(number: int) -> str:
    """The made-up account of the person with this number, with check digits that are right."""
    account = f"TEST{number:010}"
    digits = "".join(str(int(letter, 36)) for letter in f"{account}NL00")
    return f"NL{98 - int(digits) % 97:02}{account}"


async def build(database: Database, settings: Settings) -> Town:
    """Fill an empty database."""
    now = Clock().now()
    async with database.begin() as session:
        managers = [
            await accounts.add(
                session, now, email=f"k{number}@voorbeeld.nl", name=f"K{number}", role="klantmanager", password=PASSWORD
            )
            for number in range(STAFF)
        ]
        regisseur = await accounts.add(
            session, now, email="regisseur@voorbeeld.nl", name="Regisseur", role="regisseur", password=PASSWORD
        )
    known: list[UUID] = []
    for start in range(0, PEOPLE, 500):
        async with database.begin() as session:
            for number in range(start, start + 500):
                person = await people.add(
                    session,
                    now,
                    name=name_of(number),
                    languages=["nl"],
                    klantnummer=f"K{number:06}",
                    iban=iban_of(number),
                    klantmanager_id=managers[number % STAFF].id,
                )
                address = await addresses.ensure(session, now, "telegram", handle_of(number))
                await addresses.attach(session, now, person.id, address.id, verified=True)
                session.add_all(_appointments(person.id, number, now, settings))
                known.append(person.id)
    await _open_tasks(database, settings, now, known)
    await ground.tidy(database)
    return Town(people=known, klantmanager=managers[0], regisseur=regisseur)


def _appointments(person_id: UUID, number: int, now: datetime, settings: Settings) -> list[Appointment]:
    """One today for every hundredth person, and some later for everybody."""
    nine = clock.wall(now, settings.timezone).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [0, 7, 14] if number % 100 < STAFF else [1 + number % 5, 8, 15]
    walls = [nine + timedelta(days=day, minutes=15 * (number % 28)) for day in days[:APPOINTMENTS]]
    return [
        Appointment(
            person_id=person_id,
            kind="voortgangsgesprek",
            wall_time=wall,
            zone=settings.timezone,
            starts_at=clock.instant(wall, settings.timezone),
            minutes=45,
            status="planned",
            version=1,
            created_at=now,
        )
        for wall in walls
    ]


async def _open_tasks(database: Database, settings: Settings, now: datetime, known: Sequence[UUID]) -> None:
    """Something to do for every twentieth person."""
    async with database.begin() as session:
        for person_id in known[:: STAFF + 1]:
            await tasks.open_task(
                session, now, settings, kind=tasks.Kind.NOT_REACHED, person_id=person_id, reason="blocked", call=True
            )
