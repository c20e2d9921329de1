"""The telephone number of an imported person: which address it becomes, and whether it may be used."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses, clock
from core.settings import Settings
from core.tables.people import Address, Consent, PersonAddress
from core.values import Handle
from scheduler.imports import desk
from scheduler.imports.people_rows import PersonRow

Bond = tuple[PersonAddress, Address]

#: After any address a person chose: a number for staff to call, used for nothing else.
LAST = 9


async def bonds_of(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, list[Bond]]:
    """The addresses of many people in one query."""
    query = (
        select(PersonAddress, Address)
        .join(Address, Address.id == PersonAddress.address_id)
        .where(desk.among(PersonAddress.person_id, people))
    )
    found: dict[UUID, list[Bond]] = {}
    for bond, address in await session.execute(query):
        found.setdefault(bond.person_id, []).append((bond, address))
    return found


def differs(row: PersonRow, bonds: Sequence[Bond]) -> bool:
    """Whether the file says something new about this person's telephone."""
    if row.phone is None:
        return False
    own = _own(row, bonds)
    return own is None or bool(_stale(row, bonds)) or _agrees(row, own[0]) or _says_shared(row, own[1])


async def give(session: AsyncSession, now: datetime, settings: Settings, row: PersonRow, person_id: UUID) -> bool:
    """Write the telephone down; True where this person chose SMS and must now get the first one.

    An SMS address counts as verified from the day of consent; all others wait for card or answer. The number
    of a Telegram user is kept as one for staff to call. STOP stands, unless the consent is of a later day.
    """
    if row.phone is None:
        return False
    bonds = (await bonds_of(session, [person_id])).get(person_id, [])
    for bond, _ in _stale(row, bonds):
        await session.delete(bond)
    address = await addresses.ensure(session, now, channel_of(row), Handle(row.phone.reveal()))
    before = _own(row, bonds)
    bond = before[0] if before else await _attach(session, now, row, person_id, address)
    unsaid = before is None and row.shared is None and row.channel != "telegram"  # not saying counts as yes
    if unsaid or _says_shared(row, address) or await _others(session, address, person_id):
        address.shared = True
    chooses = _agrees(row, bond)
    if chooses:
        _choose(session, settings, row, bond, now)
    await session.flush()
    return chooses


def channel_of(row: PersonRow) -> str:
    """The channel on which the number itself is an address."""
    return "whatsapp" if row.channel == "whatsapp" else "sms"


async def _attach(
    session: AsyncSession, now: datetime, row: PersonRow, person_id: UUID, address: Address
) -> PersonAddress:
    rank = LAST if row.channel == "telegram" else None
    bond = await addresses.attach(session, now, person_id, address.id, verified=False, rank=rank)
    query = select(PersonAddress.opted_out_at).where(
        PersonAddress.address_id == address.id, PersonAddress.opted_out_at.is_not(None)
    )
    bond.opted_out_at = (await session.scalars(query.limit(1))).first()
    return bond


def _choose(session: AsyncSession, settings: Settings, row: PersonRow, bond: PersonAddress, now: datetime) -> None:
    assert row.sms_since is not None
    chosen = min(now, clock.instant(datetime.combine(row.sms_since, time()), settings.timezone))
    bond.verified_at, bond.chosen_at, bond.opted_out_at, bond.rank = now, chosen, None, 0
    bond.choice_language = row.language
    session.add(Consent(person_id=bond.person_id, purpose="channel:sms", given=True, at=chosen, language=row.language))


def _own(row: PersonRow, bonds: Sequence[Bond]) -> Bond | None:
    assert row.phone is not None
    handle = Handle(row.phone.reveal())
    return next((it for it in bonds if it[1].channel == channel_of(row) and it[1].handle == handle), None)


def _stale(row: PersonRow, bonds: Sequence[Bond]) -> list[Bond]:
    """Numbers that the municipality no longer has for this person: they may be somebody else's by now."""
    assert row.phone is not None
    others = [it for it in bonds if it[1].handle != Handle(row.phone.reveal())]
    return [
        (bond, address)
        for bond, address in others
        if address.channel == "sms" or (address.channel == "whatsapp" and bond.verified_at is None)
    ]


def _agrees(row: PersonRow, bond: PersonAddress) -> bool:
    """Whether the file holds a choice for SMS that isn't written down yet."""
    if row.channel != "sms" or row.sms_since is None:
        return False
    if bond.opted_out_at is not None:
        return row.sms_since > bond.opted_out_at.date()
    return bond.verified_at is None


def _says_shared(row: PersonRow, address: Address) -> bool:
    """Whether the file says that others use this phone, and we didn't know; never the other way round."""
    return row.shared is True and not address.shared


async def _others(session: AsyncSession, address: Address, person_id: UUID) -> bool:
    query = select(exists().where(PersonAddress.address_id == address.id, PersonAddress.person_id != person_id))
    return bool((await session.execute(query)).scalar_one())
