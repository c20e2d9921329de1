"""G9, and what happens to calls in flight when the service must stop."""

import asyncio
import time

from tests.fakes.faults import Fault
from tests.fakes.telegram import text_update
from tests.faults.house import House
from tests.faults.processes import Process, until
from tests.faults.provider import Provider

#: Answers of which one in twenty may take longer than a second.
TAPS = 20

#: As many calls as are under way at once.
IN_FLIGHT = 50

#: What a crash may leave in doubt: 50 handed over and 200 not yet written down.
MOST_UNSURE = 250

HANGS = Fault(how="hang", seconds=30, method="sendMessage")


async def answered(provider: Provider, number: int) -> float:
    """Seconds until a person who typed something had an answer."""
    chat = str(700_000 + number)
    begun = time.monotonic()
    await provider.update(text_update(20_000 + number, int(chat), "Hallo"))

    async def there() -> bool:
        return any(line.to == chat for line in await provider.messages())

    await until(there, 20, "somebody was answered", every=0.02)
    return next(line.at for line in await provider.messages() if line.to == chat) - begun


async def all_hang(house: House, provider: Provider, *roles: str) -> Process:
    """A service that listens, whose first calls get no answer, each of them under way."""
    before, polls = await provider.calls(), await provider.calls("getUpdates")
    await house.plan(await house.people(200))
    await provider.script(*[HANGS] * IN_FLIGHT)
    process = await house.start(*roles)

    async def under_way() -> bool:
        listens = "bot" not in roles or await provider.calls("getUpdates") > polls
        return listens and await provider.calls() - before >= IN_FLIGHT

    await until(under_way, 30, "all senders wait for an answer")
    return process


async def test_taps_are_answered_while_the_provider_hangs_on_a_broadcast(house: House, provider: Provider) -> None:
    process = await all_hang(house, provider, "bot", "worker", "timers")
    taps = [asyncio.create_task(answered(provider, number)) for number in range(TAPS)]
    busy = []
    for _ in range(10):
        await asyncio.sleep(0.2)
        busy += await house.busy()
    waits = await asyncio.gather(*taps)

    assert sorted(waits)[-2] < 1.0, f"answered after {sorted(waits)[-3:]}"
    assert busy == []
    assert process.alive


async def in_turn(provider: Provider, first: int) -> list[float]:
    """Seconds that people waited who wrote one shortly after another, sorted."""
    taps = []
    for number in range(first, first + TAPS):
        taps.append(asyncio.create_task(answered(provider, number)))
        await asyncio.sleep(0.1)
    return sorted(await asyncio.gather(*taps))


async def test_one_answer_that_hangs_holds_back_nobody_else(house: House, provider: Provider) -> None:
    await house.start("bot", "worker", "timers")
    well = await in_turn(provider, 100)
    await provider.script(HANGS)
    before = await provider.calls()
    await provider.update(text_update(29_999, 799_999, "Hallo"))

    async def under_way() -> bool:
        return await provider.calls() > before

    await until(under_way, 20, "somebody waits for an answer that hangs")
    waits = await in_turn(provider, 200)

    # A machine with other work is judged by what it does while all is well.
    assert waits[-2] < max(1.0, 2 * well[-2]), f"answered after {waits[-3:]}, before that after {well[-3:]}"


async def test_a_stop_while_the_provider_hangs(house: House, provider: Provider) -> None:
    """What is in flight is in doubt, what waited for its turn goes later; nothing is left in between."""
    before = await provider.calls()
    await house.plan(await house.people(120))
    await provider.always(HANGS)
    worker = await house.start("worker", "timers", PIM_TELEGRAM_RATE="20")

    async def under_way() -> bool:
        return await provider.calls() - before >= 20

    await until(under_way, 30, "calls wait for an answer")
    worker.terminate()

    assert await worker.ended(15) == 0, worker.said
    states, called = await house.states(), await provider.calls() - before
    assert set(states) <= {"unsure", "planned", "claimed"}  # claimed surely never left
    assert states["unsure"] == called <= MOST_UNSURE
    assert (await house.deliveries())["handing"] == 0

    await provider.always(None)
    await house.lapse()
    await house.start("worker", "timers")
    await until(house.settled, 60, "everything went or is in doubt")
    got, unsure = await provider.got(), await house.of("unsure")
    assert not got.keys() & set(unsure)
    assert len(got) + len(unsure) == 120
    assert max(got.values()) == 1


async def test_a_stop_while_sending(house: House, provider: Provider) -> None:
    await house.plan(await house.people(300))
    worker = await house.start("worker", "timers", PIM_TELEGRAM_RATE="40")

    async def some() -> bool:
        return await provider.taken() >= 40

    await until(some, 30, "sending is under way")
    worker.terminate()

    assert await worker.ended(10) == 0

    went = await provider.taken()
    assert went < 300
    states = await house.states()
    assert states.pop("sent") == went
    assert set(states) <= {"planned", "claimed"}
