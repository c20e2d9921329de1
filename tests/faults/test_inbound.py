"""G3: kill -9 with hundreds of updates in hand."""

import random

from sqlalchemy import func, select

from core.tables.chats import Inbox, Reply
from core.tables.people import Address, PersonAddress
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


async def by_chat(house: House) -> dict[int, list[int]]:
    """The updates of each chat in the order in which they were handled."""
    async with house.database.begin() as session:
        rows = list(await session.scalars(select(Inbox).order_by(Inbox.handled_at)))
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.chat, []).append(int(row.provider_id))
    return found


@sizes(Size(messages=200, kills=2), Size(messages=1000, kills=10))
async def test_two_processes_keep_the_order_of_each_chat(house: House, provider: Provider, size: Size) -> None:
    """So many updates at once of a tenth as many people; one of both processes is killed again and again."""
    chance = random.Random(size.messages)
    chats = size.messages // 10
    for number in range(size.messages):
        await provider.update(text_update(9000 + number, 500_000 + number % chats, "Hallo"))
    staying = await house.start("bot")
    for kill in range(size.kills):
        going = await house.start("bot")
        aim = size.messages * (kill + chance.random()) / (size.kills + 1)

        async def reached(aim: float = aim) -> bool:
            return size.messages - await unread(house) >= aim and await stored(house) > aim

        await until(reached, 120, f"{aim:.0f} are handled", every=0.01)
        going.kill()

    async def all_handled() -> bool:
        return await stored(house) == size.messages and not await unread(house)

    await until(all_handled, 120, "everything is handled")
    assert staying.alive, staying.said
    orders = await by_chat(house)
    assert len(orders) == chats
    assert all(order == sorted(order) for order in orders.values())
    assert await house.scalar(select(func.count()).where(Inbox.failed.is_not(None))) == 0
    assert await house.scalar(select(func.count()).select_from(Reply)) == size.messages


async def unread(house: House) -> int:
    return int(await house.scalar(select(func.count()).where(Inbox.handled_at.is_(None))))


@sizes(Size(messages=120, kills=0), Size(messages=1000, kills=0))
async def test_one_person_sends_a_thousand_a_minute(house: House, provider: Provider, size: Size) -> None:
    await house.people(1)
    (flooder,) = house.chats.values()
    for number in range(size.messages):
        await provider.update(text_update(9000 + number, int(flooder), f"Hallo {number}"))
    await provider.update(text_update(20_001, 500_000, "Hallo"))
    await house.start("bot", "worker")

    async def handled(messages: int) -> None:
        async def settled() -> bool:
            return await stored(house) == messages and await house.settled()

        await until(settled, 120, "everything is handled")

    await handled(size.messages + 1)
    got = await provider.got()
    assert got == {flooder: 31, "500000": 1}
    await provider.update(text_update(20_002, int(flooder), "STOP"))  # answers that still wait would be stopped too
    await handled(size.messages + 2)
    assert (await provider.got())[flooder] == 32
    stopped = select(func.count()).where(PersonAddress.opted_out_at.is_not(None))
    assert await house.scalar(stopped) == 1
