"""What a typed number means in a chat: the answers below the last message that went out."""

from collections.abc import Sequence
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
    numbered = forms.numbered(channel, choices)
    if not numbered:
        return
    await session.execute(
        insert(Chat)
        .values(id=new_id(), address_id=address_id, scene="", choices=numbered, updated_at=now)
        .on_conflict_do_update(index_elements=[Chat.address_id], set_={"choices": numbered})
    )
