"""Made-up people, one per situation, and the phones in their hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.staff import ROLMODELLEN
from content.catalogue import Catalogue
from core import addresses, people
from core.tables.people import Account, Address, Consent, Household, Person
from core.values import Handle
from messaging.simulator import phones as simulator_phones

_TERM: Final = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One inburgeraar, with what makes her case another one."""

    first: str
    languages: tuple[str, ...]
    klantmanager: str
    begeleider: str | None = None
    doelgroep: str = "nieuwkomer"
    leerroute: str | None = None
    sense: str = "read"
    phone: str | None = None  #: name of a phone in PHONES
    number: str | None = None  #: the digits of klantnummer and, with leefgeld, hhbnummer
    iban: str | None = None
    bijstand_days: int | None = None  #: ago
    hours: tuple[int, int] = (0, 0)  #: Z-route: course, participation
    pictures: tuple[int, int] | None = None
    household: str | None = None


#: Phone -> channel, handle, language of its app. The handles belong to nobody.
PHONES: Final[Mapping[str, tuple[str, str, str]]] = {
    "amira": ("telegram", "7100000001", "ar"),
    "abeba": ("telegram", "7100000002", "ti"),
    "farid": ("whatsapp", "+31685550003", "fa-AF"),
    "elif": ("whatsapp", "+31685550004", "tr"),
    "hodan": ("sms", "+31685550005", "so"),
    "piotr": ("telegram", "7100000006", "pl"),
    "gezin": ("telegram", "7100000007", "ar"),
}

SITUATIONS: Final = (
    Situation(
        first="Amira",
        languages=("ar", "en", "nl"),
        klantmanager="Karin",
        begeleider="Els",
        leerroute="b1",
        phone="amira",
        number="000201",
        iban="NL04TEST0000000201",
        bijstand_days=40,
        pictures=(0, 4),
    ),
    Situation(
        first="Abeba",
        languages=("ti", "am", "en", "nl"),
        klantmanager="Karin",
        begeleider="Henk",
        leerroute="z",
        sense="hear",
        phone="abeba",
        number="000123",
        iban="NL73TEST0000000123",
        bijstand_days=130,
        hours=(310, 120),
        pictures=(2, 5),
    ),
    Situation(
        first="Farid",
        languages=("prs", "fa", "nl"),
        klantmanager="Joost",
        begeleider="Wilma",
        doelgroep="gezinsmigrant",
        phone="farid",
        pictures=(7, 1),
    ),
    Situation(
        first="Elif",
        languages=("tr", "nl"),
        klantmanager="Joost",
        begeleider="Theo",
        doelgroep="overig",
        phone="elif",
        pictures=(6, 3),
    ),
    Situation(first="Hodan", languages=("so", "en", "nl"), klantmanager="Joost", begeleider="Anja", phone="hodan"),
    Situation(
        first="Piotr",
        languages=("pl", "en", "nl"),
        klantmanager="Nadia",
        doelgroep="arbeidsmigrant",
        phone="piotr",
        pictures=(8, 9),
    ),
    Situation(
        first="Rania",
        languages=("ar", "nl"),
        klantmanager="Nadia",
        begeleider="Bart",
        leerroute="b1",
        phone="gezin",
        number="000202",
        iban="NL74TEST0000000202",
        bijstand_days=75,
        pictures=(0, 1),
        household="gezin",
    ),
    Situation(
        first="Samir",
        languages=("ar", "nl"),
        klantmanager="Nadia",
        begeleider="Bart",
        leerroute="z",
        phone="gezin",
        number="000203",
        iban="NL74TEST0000000202",
        bijstand_days=75,
        hours=(96, 40),
        pictures=(9, 2),
        household="gezin",
    ),
    #: Without a phone: the first card of a visitor can be hers.
    Situation(first="Yordanos", languages=("ti", "nl"), klantmanager="Karin", begeleider="Henk", leerroute="b1"),
)


async def add(
    session: AsyncSession, now: datetime, catalogue: Catalogue, accounts: Mapping[str, Account]
) -> dict[str, Person]:
    """Everybody with her phone, rolmodellen too, by first name; and one phone that nobody knows yet."""
    text_hash = catalogue.source_hash("welcome")
    handed = {name: await _phone(session, now, *PHONES[name]) for name in PHONES}
    homes: dict[str, Household] = {}
    made: dict[str, Person] = {}
    for order, situation in enumerate(SITUATIONS, start=1):
        person = await _person(session, now, situation, accounts, homes, order)
        made[situation.first] = person
        if situation.phone:
            await _link(session, now, person, handed[situation.phone], text_hash)
    for order, rolmodel in enumerate(ROLMODELLEN, start=1):
        person = await people.add(session, now, name=rolmodel.name, languages=rolmodel.languages)
        accounts[rolmodel.first].person_id = person.id
        phone = await _phone(session, now, "telegram", f"72000000{order:02}", rolmodel.languages[0])
        await _link(session, now, person, phone, text_hash)
        made[rolmodel.first] = person
    await _stranger(session, now)
    await session.flush()
    return made


async def _person(
    session: AsyncSession,
    now: datetime,
    situation: Situation,
    accounts: Mapping[str, Account],
    homes: dict[str, Household],
    order: int,
) -> Person:
    person = await people.add(
        session,
        now,
        name=f"{situation.first} (voorbeeld)",
        languages=situation.languages,
        klantnummer=f"VB{situation.number or f'9{order:05}'}",
        hhbnummer=f"HHB{situation.number}" if situation.number else None,
        iban=situation.iban,
        sense=situation.sense,
        doelgroep=situation.doelgroep,
        leerroute=situation.leerroute,
        klantmanager_id=accounts[situation.klantmanager].id,
        begeleider_id=accounts[situation.begeleider].id if situation.begeleider else None,
        household_id=await _home(session, homes, situation.household),
        bijstand_start=_ago(now, situation.bijstand_days),
    )
    person.hours_course, person.hours_participation = situation.hours
    person.pictures = list(situation.pictures) if situation.pictures else None
    if situation.leerroute:
        person.term_start = (now - timedelta(days=120)).date()
        person.term_end = person.term_start + _TERM
    return person


async def _home(session: AsyncSession, homes: dict[str, Household], name: str | None) -> UUID | None:
    if name is None:
        return None
    if name not in homes:
        homes[name] = Household()
        session.add(homes[name])
        await session.flush()
    return homes[name].id


def _ago(now: datetime, days: int | None) -> date | None:
    return None if days is None else (now - timedelta(days=days)).date()


async def _phone(session: AsyncSession, now: datetime, channel: str, handle: str, language: str) -> Address:
    """A phone in the simulator, and its address as the service knows it."""
    name = simulator_phones.name_of(channel)
    await simulator_phones.add(session, now, channel, name=name, language=language, handle=Handle(handle))
    return await addresses.ensure(session, now, channel, Handle(handle))


async def _link(session: AsyncSession, now: datetime, person: Person, address: Address, text_hash: str) -> None:
    """As if card and pictures had brought them together; everybody here wants news."""
    if await addresses.persons_of(session, address.id):
        address.shared = True
    language = person.languages[0]
    await addresses.attach(session, now, person.id, address.id, verified=True, language=language, text_hash=text_hash)
    for purpose in (f"channel:{address.channel}", "news"):
        session.add(
            Consent(person_id=person.id, purpose=purpose, given=True, at=now, language=language, text_hash=text_hash)
        )


async def _stranger(session: AsyncSession, now: datetime) -> None:
    name = simulator_phones.name_of("telegram")
    await simulator_phones.add(session, now, "telegram", name=name, language="ti", handle=Handle("7300000001"))
