"""G4: money is never sent again by itself; a reminder at most once more, and it says so."""

from uuid import UUID

from sqlalchemy import select

from core.tables.work import Task
from tests.fakes.faults import LOST
from tests.faults.house import House
from tests.faults.processes import Process, until
from tests.faults.provider import Provider

AGAIN = "Misschien las u dit al."


async def to_the_end(house: House, process: Process) -> None:
    """Let what waits for a second chance have it, whoever was lost meanwhile."""

    for _ in range(2):
        await until(house.at_rest, 60, "nothing is on its way")
        process.kill()
        await house.lapse()
        process = await house.start("worker", "timers")
    await until(house.settled, 60, "everything came to its end")


async def told_of(house: House) -> set[UUID | None]:
    """The persons of whom staff have a task about a message in doubt."""
    async with house.database.begin() as session:
        query = select(Task.person_id).where(Task.kind == "delivery_unsure", Task.closed_at.is_(None))
        return set(await session.scalars(query))


async def test_lost_answers(house: House, provider: Provider) -> None:
    """The provider takes every message, and we never hear of the first ones."""
    money, reminders, news = await house.people(10), await house.people(10), await house.people(10)
    await house.plan(money, "leefgeld", "paid")
    await house.plan(reminders, "appointment", "day")
    await house.plan(news)
    await provider.script(*[LOST] * 30)

    await to_the_end(house, await house.start("worker", "timers"))

    got = await provider.got()
    assert [got[house.chats[person]] for person in money] == [1] * 10
    assert [got[house.chats[person]] for person in news] == [1] * 10
    assert [got[house.chats[person]] for person in reminders] == [2] * 10
    marked = [line for line in await provider.messages() if AGAIN in line.text]
    assert sorted(line.to for line in marked) == sorted(house.chats[person] for person in reminders)
    assert await house.states() == {"unsure": 20, "sent": 10}
    assert await told_of(house) == set(money)


async def test_a_worker_lost_between_the_providers_yes_and_our_own_record(house: House, provider: Provider) -> None:
    money, reminders = await house.people(10), await house.people(10)
    await house.plan(money, "leefgeld", "paid")
    await house.plan(reminders, "appointment", "day")
    await provider.latency(3)
    worker = await house.start("worker", "timers")

    async def all_taken() -> bool:
        return await provider.taken() == 20

    await until(all_taken, 30, "the provider took them all")
    worker.kill()
    await provider.latency(0)
    await house.lapse()
    await to_the_end(house, await house.start("worker", "timers"))

    got = await provider.got()
    assert [got[house.chats[person]] for person in money] == [1] * 10
    assert [got[house.chats[person]] for person in reminders] == [2] * 10
    assert len([line for line in await provider.messages() if AGAIN in line.text]) == 10


async def test_staff_hear_of_money_that_a_lost_worker_leaves_behind(house: House, provider: Provider) -> None:
    money = await house.people(5)
    await house.plan(money, "leefgeld", "paid")
    await provider.latency(3)
    worker = await house.start("worker")

    async def all_taken() -> bool:
        return await provider.taken() == 5

    await until(all_taken, 30, "the provider took them all")
    worker.kill()
    await provider.latency(0)
    await house.lapse()
    await house.start("worker", "timers")

    async def in_doubt() -> bool:
        return await house.states() == {"unsure": 5}

    await until(in_doubt, 30, "the sweep found them")
    await until(house.settled, 10, "nothing is on its way")
    assert await told_of(house) == set(money)
    assert set((await provider.got()).values()) == {1}
