"""Who speaks, on which chat, and where that chat stands."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.scene import Turn
from content.inforce import InForce
from core import accounts, addresses
from core.ids import new_id
from core.settings import Settings
from core.tables.chats import Chat
from core.tables.people import Address, Person, PersonAddress
from messaging.channel import Incoming
from scheduler.sending import forms


async def turn_of(
    session: AsyncSession, settings: Settings, texts: InForce, now: datetime, incoming: Incoming, *, edits: bool
) -> Turn:
    """The turn of this message; its chat is locked until the caller's transaction ends."""
    address = await addresses.ensure(session, now, incoming.channel, incoming.handle)
    chat = await _chat(session, now, address)
    persons = tuple(await addresses.persons_of(session, address.id))
    turn = Turn(
        session=session,
        settings=settings,
        texts=texts,
        now=now,
        incoming=incoming,
        edits=edits,
        chat=chat,
        address=address,
        persons=persons,
        person=None,
        invited=await _invited(session, address),
        heard_before=address.last_inbound_at,
    )
    turn.person = _who(turn)
    turn.accounts = tuple(await accounts.of_person(session, turn.person.id)) if turn.person else ()
    return turn


async def _chat(session: AsyncSession, now: datetime, address: Address) -> Chat:
    """The chat of an address, locked: what is answered keeps the order of what was asked."""
    made = insert(Chat).values(id=new_id(), address_id=address.id, scene="", choices={}, updated_at=now)
    # One statement makes it or locks it: an update holds the row until the transaction ends.
    held = made.on_conflict_do_update(index_elements=[Chat.address_id], set_={"updated_at": now}).returning(Chat)
    return (await session.scalars(held, execution_options={"populate_existing": True})).one()


async def _invited(session: AsyncSession, address: Address) -> tuple[Person, ...]:
    """Whom staff gave this number for SMS; nobody on a channel where a card is needed."""
    if address.channel not in forms.TEXT_ONLY:
        return ()
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.address_id == address.id, PersonAddress.verified_at.is_(None), Person.left_at.is_(None))
    )
    return tuple(await session.scalars(query))


def _who(turn: Turn) -> Person | None:
    """The one person of this phone; on a shared one, whoever opened it with the pictures."""
    if not turn.shared:
        return next(iter(turn.persons), None)
    if turn.chat.open_until is None or turn.chat.open_until <= turn.now:
        return None
    return next((person for person in turn.persons if person.id == turn.chat.person_id), None)
