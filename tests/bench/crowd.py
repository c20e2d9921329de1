"""Many people at once, each reached on one address of their own: written as plain rows, for speed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert

from core import addresses
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.tables.people import Address, Person, PersonAddress
from core.values import Handle, PersonName

_BATCH = 5000


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A person with her address."""

    person_id: UUID
    address_id: UUID
    handle: str
    language: str


async def invite(database: Database, channel: str, count: int, languages: Sequence[str], first: int = 0) -> list[Guest]:
    """So many people, in these languages by turns; numbered from `first` on."""
    guests = [
        Guest(
            person_id=new_id(),
            address_id=new_id(),
            handle=f"+316{10_000_000 + number}" if channel == "sms" else str(100_000 + number),
            language=languages[number % len(languages)],
        )
        for number in range(first, first + count)
    ]
    for begin in range(0, count, _BATCH):
        await _write(database, channel, guests[begin : begin + _BATCH])
    return guests


async def _write(database: Database, channel: str, guests: Sequence[Guest]) -> None:
    now = Clock().now()
    known = {
        Person: [_person(guest, created_at=now) for guest in guests],
        Address: [_address(guest, channel, created_at=now) for guest in guests],
        PersonAddress: [_link(guest, verified_at=now, chosen_at=now) for guest in guests],
    }
    async with database.begin() as session:
        for kind, rows in known.items():
            await session.execute(insert(cast(Table, kind.__table__)), rows)


def _person(guest: Guest, **more: Any) -> dict[str, Any]:
    name = Person.name.seal(Person.__tablename__, guest.person_id, PersonName("Voorbeeld"))
    return {"id": guest.person_id, "languages": [guest.language], "name_sealed": name, **more}


def _address(guest: Guest, channel: str, **more: Any) -> dict[str, Any]:
    handle = Handle(guest.handle)
    sealed = Address.handle.seal(Address.__tablename__, guest.address_id, handle)
    hashed = addresses.handle_hash(channel, handle)
    return {"id": guest.address_id, "channel": channel, "handle_sealed": sealed, "handle_hash": hashed, **more}


def _link(guest: Guest, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "person_id": guest.person_id, "address_id": guest.address_id, **more}
