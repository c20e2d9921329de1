"""Addresses: where a channel reaches people, who chose them, and who said stop."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import crypto
from core.tables.people import Address, Person, PersonAddress
from core.values import Handle


def handle_hash(channel: str, handle: Handle) -> bytes:
    """The look-up value of an address."""
    return crypto.index(f"handle {channel}", handle.reveal())


def chat_key(channel: str, handle: Handle) -> int:
    """The number of an address, from 0 to 2^63-1: also the key of its chat's lock in the database."""
    return crypto.number(f"chat {channel}", handle.reveal())


async def at(session: AsyncSession, channel: str, handle: Handle) -> Address | None:
    """The address, if we know it."""
    wanted = (Address.channel == channel) & (Address.handle_hash == handle_hash(channel, handle))
    return (await session.scalars(select(Address).where(wanted))).one_or_none()


async def ensure(session: AsyncSession, now: datetime, channel: str, handle: Handle) -> Address:
    """The address, made if we didn't know it; two transactions at once end with one row."""
    found = await at(session, channel, handle)
    if found is not None:
        return found
    fresh = Address(
        channel=channel, handle=handle, handle_hash=handle_hash(channel, handle), shared=False, created_at=now
    )
    made = await session.scalars(
        insert(Address)
        .values(
            id=fresh.id,
            channel=channel,
            handle_sealed=fresh.handle_sealed,
            handle_hash=fresh.handle_hash,
            shared=False,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Address)
    )
    address = made.one_or_none() or await at(session, channel, handle)
    assert address is not None, "the row stands: we or another transaction just wrote it"
    return address


async def persons_of(session: AsyncSession, address_id: UUID) -> list[Person]:
    """Who verified this address and is still with us."""
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.address_id == address_id, PersonAddress.verified_at.is_not(None), Person.left_at.is_(None))
        .order_by(PersonAddress.verified_at)
    )
    return list(await session.scalars(query))


async def of_person(session: AsyncSession, person_id: UUID) -> list[tuple[PersonAddress, Address]]:
    """A person's addresses, first choice first."""
    query = (
        select(PersonAddress, Address)
        .join(Address, Address.id == PersonAddress.address_id)
        .where(PersonAddress.person_id == person_id)
        .order_by(PersonAddress.rank, PersonAddress.id)
    )
    return [(bond, address) for bond, address in await session.execute(query)]


async def attach(
    session: AsyncSession,
    now: datetime,
    person_id: UUID,
    address_id: UUID,
    *,
    verified: bool,
    rank: int | None = None,
    language: str | None = None,
    text_hash: str | None = None,
) -> PersonAddress:
    """Give a person an address. A verified one becomes the first choice, unless `rank` says otherwise."""
    where = (PersonAddress.person_id == person_id) & (PersonAddress.address_id == address_id)
    bond = (await session.scalars(select(PersonAddress).where(where))).one_or_none()
    if bond is None:
        bond = PersonAddress(person_id=person_id, address_id=address_id, rank=await _rank(session, person_id, verified))
        session.add(bond)
    elif verified and bond.verified_at is None:
        bond.rank = await _rank(session, person_id, verified)
    if rank is not None:
        bond.rank = rank
    if verified:
        bond.verified_at = bond.verified_at or now
        bond.chosen_at, bond.choice_language, bond.choice_text_hash = now, language, text_hash
        bond.opted_out_at = None
    await session.flush()
    return bond


async def _rank(session: AsyncSession, person_id: UUID, verified: bool) -> int:
    """Before all others for a verified address, after them for one that staff only wrote down."""
    edge = func.min(PersonAddress.rank) - 1 if verified else func.max(PersonAddress.rank) + 1
    query = select(func.coalesce(edge, 0)).where(PersonAddress.person_id == person_id)
    return int((await session.execute(query)).scalar_one())


#: Why an address was given up that is plainly there when somebody writes from it. Not among them: a number that was
#: given back (its next owner writes from it too), and a STOP that the provider keeps.
_THERE_AFTER_ALL = frozenset({"blocked", "chat_gone", "no_whatsapp", "not_mobile"})


def heard(address: Address, now: datetime) -> None:
    """Somebody wrote from it: WhatsApp's window opens, and what a provider said against it may be over."""
    address.last_inbound_at = now
    if address.dead_reason in _THERE_AFTER_ALL:
        address.dead_at = address.dead_reason = None


async def stop(session: AsyncSession, now: datetime, address_id: UUID) -> int:
    """STOP: nothing goes to this address any more, for all who share it; returns how many persons."""
    stopped = await session.scalars(
        update(PersonAddress)
        .where(PersonAddress.address_id == address_id, PersonAddress.opted_out_at.is_(None))
        .values(opted_out_at=now)
        .returning(PersonAddress.id)
    )
    return len(stopped.all())


async def start(session: AsyncSession, address_id: UUID) -> int:
    """START: this address is welcome again, for all who share it; the provider's own STOP ends with it."""
    kept = (Address.id == address_id) & (Address.dead_reason == "stopped_at_provider")
    await session.execute(update(Address).where(kept).values(dead_at=None, dead_reason=None))
    started = await session.scalars(
        update(PersonAddress)
        .where(PersonAddress.address_id == address_id, PersonAddress.opted_out_at.is_not(None))
        .values(opted_out_at=None)
        .returning(PersonAddress.id)
    )
    return len(started.all())
