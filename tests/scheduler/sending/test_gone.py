import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import addresses
from core.tables.people import Address
from core.values import Handle
from messaging.channel import Back, Gone
from scheduler.queue import deliveries, receipts
from tests.scheduler.world import NOW

CHAT = Handle("700100200")
GONE = Gone(channel="telegram", handle=CHAT, reason="blocked")
BACK = Back(channel="telegram", handle=CHAT)


@pytest.fixture
async def address(session: AsyncSession) -> Address:
    return await addresses.ensure(session, NOW, "telegram", CHAT)


async def test_who_blocks_us_is_known_before_the_next_message(session: AsyncSession, address: Address) -> None:
    await receipts.apply(session, NOW, GONE)

    await session.refresh(address)
    assert (address.dead_at, address.dead_reason) == (NOW, "blocked")


async def test_who_lets_us_in_again_is_reached_again(session: AsyncSession, address: Address) -> None:
    await receipts.apply(session, NOW, GONE)
    await session.refresh(address)
    await receipts.apply(session, NOW, BACK)

    assert (address.dead_at, address.dead_reason) == (None, None)


async def test_what_staff_closed_stays_closed(session: AsyncSession, address: Address) -> None:
    await deliveries.bury(session, NOW, address.id, "number_gone")
    await session.refresh(address)

    await receipts.apply(session, NOW, BACK)

    assert address.dead_reason == "number_gone"


async def test_somebody_we_never_heard_of(session: AsyncSession) -> None:
    assert await receipts.apply(session, NOW, Gone(channel="telegram", handle=Handle("1"), reason="blocked")) is None
