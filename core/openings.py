"""What a card's QR opens: for each chat that can be opened by one, its address with the code behind it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.tables.channels import ChannelState


async def keep(session: AsyncSession, channel: str, address: str) -> None:
    """Remember how a chat is opened: `https://t.me/NAME?start=`, `https://wa.me/NUMBER?text=PIM%20`."""
    await session.execute(
        insert(ChannelState)
        .values(id=new_id(), channel=channel, opening=address)
        .on_conflict_do_update(index_elements=[ChannelState.channel], set_={"opening": address})
    )


async def of(session: AsyncSession, code: str) -> dict[str, str]:
    """Channel -> address for this code (as core.links.normal writes it); empty before a channel ever started."""
    query = select(ChannelState).where(ChannelState.opening.is_not(None)).order_by(ChannelState.channel)
    return {state.channel: f"{state.opening}{code}" for state in await session.scalars(query)}
