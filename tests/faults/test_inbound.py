"""G3: kill -9 with hundreds of updates in hand."""

import random

from sqlalchemy import func, select

from core.tables.chats import Inbox, Reply
from core.tables.people import Address
from tests.fakes.telegram import text_update
from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider


async def unsure_chats(house: House) -> list[str]:
    """The chats of which an answer stands as unsure."""
    async with house.database.begin() as session:
        query = select(Address).join(Reply, Reply.address_id == Address.id).where(Reply.state == "unsure")
        return [address.handle.reveal() for address in await session.scalars(query) if address.handle]


async def stored(house: House) -> int:
    return int(await house.scalar(select(func.count()).select_from(Inbox)))


@sizes(Size(messages=80, kills=1), Size(messages=300, kills=10))
async def test_every_message_is_handled_once(house: House, provider: Provider, size: Size) -> None:
    chance = random.Random(size.messages)
    for number in range(size.messages):
        await provider.update(text_update(9000 + number, 500_000 + number, "Hallo"))
    for kill in range(size.kills):
        process = await house.start("bot", "worker", "timers")
        aim = size.messages * (kill + chance.random()) / (size.kills + 1)

        async def reached(aim: float = aim) -> bool:
            return await provider.taken() >= aim

        await until(reached, 60, f"{aim:.0f} answers went", every=0.01)
        process.kill()
        await house.lapse()
    await house.start("bot", "worker", "timers")

    async def settled() -> bool:
        return await stored(house) == size.messages and await house.settled()

    await until(settled, 60, "everybody was answered")
    got, unsure = await provider.got(), await unsure_chats(house)
    assert len(got) + len(set(unsure) - got.keys()) == size.messages
    assert max(got.values()) == 1
    failed = select(func.count()).where(Inbox.failed.is_not(None))
    assert await house.scalar(failed) == 0
