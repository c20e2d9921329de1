"""What a typed number means in a chat: the answers below the last message that went out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Choice
from core.ids import new_id
from core.tables.chats import Chat
from scheduler import forms


async def offer(
    session: AsyncSession, now: datetime, address_id: UUID, channel: str, choices: Sequence[Choice]
) -> None:
    """From now on a typed number in this chat means these answers; nothing where people tap buttons."""
    await offer_all(session, now, {address_id: forms.numbered(channel, choices)})


async def offer_all(session: AsyncSession, now: datetime, offers: Mapping[UUID, Mapping[str, str]]) -> None:
    """The same for many chats at once: address -> typed number -> action; an empty one changes nothing."""
    rows = [
        {"id": new_id(), "address_id": address_id, "scene": "", "choices": dict(numbered), "updated_at": now}
        # In one order for everybody: two workers must not wait for each other.
        for address_id, numbered in sorted(offers.items())
        if numbered
    ]
    if not rows:
        return
    statement = insert(Chat)
    await session.execute(
        statement.on_conflict_do_update(index_elements=[Chat.address_id], set_={"choices": statement.excluded.choices}),
        rows,
    )
