"""SIGSTOP: a worker that sleeps longer than its leases, and wakes when another has done its work."""

import asyncio

from tests.faults.house import House
from tests.faults.processes import Process, until
from tests.faults.provider import Provider
from tests.faults.test_doubt import AGAIN


async def asleep(house: House, process: Process) -> None:
    """Put it to sleep between two transactions: one that it holds would keep its rows, and this test, waiting."""
    for _ in range(50):
        process.sleep()
        await asyncio.sleep(0.6)
        if not await house.busy():
            return
        process.wake()
        await asyncio.sleep(0.1)
    raise AssertionError("it was never without a transaction")


async def test_a_worker_that_slept_doubles_nothing(house: House, provider: Provider) -> None:
    money, news = await house.people(40), await house.people(40)
    reminders = await house.people(40)
    await house.plan(money, "leefgeld", "paid")
    await house.plan(reminders, "appointment", "day")
    await house.plan(news)
    sleeper = await house.start("worker", PIM_TELEGRAM_RATE="20")

    async def under_way() -> bool:
        return await provider.taken() >= 20

    await until(under_way, 30, "sending is under way")
    await asleep(house, sleeper)
    await house.lapse()
    other = await house.start("worker", "timers")
    await until(house.at_rest, 60, "the other did what was left")
    await house.lapse()  # a second chance of reminders comes after a lease
    await until(house.settled, 60, "the other did what was left")

    sleeper.wake()
    await asyncio.sleep(5)
    await until(house.settled, 30, "both are at rest")

    got = await provider.got()
    assert max(got[house.chats[person]] for person in (*money, *news)) == 1
    assert max(got[house.chats[person]] for person in reminders) <= 2
    marked = {line.to for line in await provider.messages() if AGAIN in line.text}
    assert {chat for chat, times in got.items() if times == 2} <= marked
    in_doubt = set(await house.of("unsure"))
    assert {house.chats[person] for person in (*money, *news, *reminders)} <= got.keys() | in_doubt
    assert sleeper.alive, sleeper.said
    assert other.alive, other.said
