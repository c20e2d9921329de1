"""Who the phones belong to, and which notice a push was about: what the service knows, beside what a phone shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.simulator import moments
from core import links
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from core.tables.people import Account, Address, Person, PersonAddress
from core.tables.simulator import SimulatorPhone
from messaging.simulator import phones as simulator_phones
from messaging.simulator.phones import Bubble


@dataclass(kw_only=True)
class Owners:
    """The people who verified a phone's address."""

    persons: list[Person] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)  #: of accounts bound to them


async def listed(session: AsyncSession) -> list[dict[str, Any]]:
    """All phones as JSON, oldest first."""
    owners = await _owners(session)
    return [_plain(phone, owners.get(phone.id, Owners())) for phone in await simulator_phones.every(session)]


async def _owners(session: AsyncSession) -> dict[UUID, Owners]:
    same = (Address.channel == SimulatorPhone.channel) & (Address.handle_hash == SimulatorPhone.handle_hash)
    query = (
        select(SimulatorPhone.id, Person)
        .join(Address, same)
        .join(PersonAddress, PersonAddress.address_id == Address.id)
        .join(Person, Person.id == PersonAddress.person_id)
        .where(PersonAddress.verified_at.is_not(None), Person.left_at.is_(None))
        .order_by(PersonAddress.verified_at, Person.id)
    )
    accounts = select(Account.person_id, Account.role).where(
        Account.person_id.is_not(None), Account.disabled_at.is_(None)
    )
    roles = {row.person_id: row.role for row in await session.execute(accounts)}
    found: dict[UUID, Owners] = {}
    for phone_id, person in await session.execute(query):
        owners = found.setdefault(phone_id, Owners())
        owners.persons.append(person)
        if person.id in roles:
            owners.roles.append(roles[person.id])
    return found


def _plain(phone: SimulatorPhone, owners: Owners) -> dict[str, Any]:
    names = [person.name.reveal() for person in owners.persons if person.name is not None]
    inhabited = "inburgeraar" if owners.persons else None
    return {
        "id": str(phone.id),
        "name": " · ".join(names) or phone.name,
        "language": phone.language,
        "channel": phone.channel,
        "role": next(iter(owners.roles), inhabited),
        "address": phone.handle.reveal() if phone.handle else "",
        "persons": [str(person.id) for person in owners.persons],
        "blocked": phone.blocked,
        "pictures": [_pictures(person) for person in owners.persons if person.pictures],
    }


def _pictures(person: Person) -> list[str]:
    """The two pictures as they look: in the demo everybody may know them."""
    return [links.PICTURES[number] for number in person.pictures or ()]


async def written(session: AsyncSession, settings: Settings, bubbles: Iterable[Bubble]) -> list[dict[str, Any]]:
    """Bubbles as JSON, each push with the notice it was about."""
    shown = list(bubbles)
    notices = await _notices(session, [UUID(b.delivery) for b in shown if b.pushed and b.delivery])
    return [_bubble(settings, bubble, notices) for bubble in shown]


async def _notices(session: AsyncSession, delivery_ids: list[UUID]) -> dict[str, dict[str, Any]]:
    query = (
        select(Delivery.id, Notice.id.label("notice_id"), Notice.kind, Notice.step)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.id.in_(delivery_ids))
    )
    if not delivery_ids:
        return {}
    return {
        str(row.id): {"id": str(row.notice_id), "kind": row.kind, "step": row.step or None}
        for row in await session.execute(query)
    }


def _bubble(settings: Settings, bubble: Bubble, notices: Mapping[str, Any]) -> dict[str, Any]:
    assert bubble.at is not None, "a bubble that was read has its moment"
    return {
        "n": bubble.n,
        "from": bubble.by,
        "text": bubble.text,
        "language": bubble.language,
        "direction": bubble.direction,
        "bold": bubble.bold,
        "opens": bubble.opens,
        "choices": [{"id": offer.id, "label": offer.label} for offer in bubble.choices],
        "voice": _file(bubble.voice),
        "picture": _file(bubble.picture),
        "at": moments.written(bubble.at, settings.timezone),
        "notice": notices.get(bubble.delivery or ""),
        "pushed": bubble.pushed,
        "replaces": bubble.replaces,
        "columns": bubble.columns,
        "silent": bubble.silent,
        "removed": bubble.removed,
        "tapped": bubble.tapped,
    }


def _file(name: str | None) -> str | None:
    """Where a phone's page plays or shows it."""
    return None if name is None else f"/simulator/api/files/{name}"
