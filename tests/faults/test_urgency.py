"""G5 and G6: who goes first, and how late, when much is due at once."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from core.clock import Clock
from core.ids import new_id
from scheduler.queue import notices
from tests.fakes.provider import Accepted
from tests.faults.conftest import Size, sizes
from tests.faults.house import House, a_plan
from tests.faults.processes import until
from tests.faults.provider import JITTER, Provider, busiest_second
from tests.faults.test_hang import TAPS, answered

RATE = 30

#: Seconds over which the most are due in the busiest minute, and how many that is.
MINUTE, BUSIEST = 60.0, 5000

#: Seconds in which an urgent change overtakes everything else.
OVERTAKES = 5.0


async def due_in_turn(house: House, persons: Sequence[UUID], begin: float) -> list[float]:
    """Reminders that fall due one after another as in the busiest minute, from `begin` (monotonic) on."""
    clock, moments = Clock(), [begin + number * MINUTE / BUSIEST for number in range(len(persons))]
    origin = clock.now() - timedelta(seconds=time.monotonic())
    plans = [
        a_plan(person_id, "appointment", "day", new_id(), due=origin + timedelta(seconds=moment))
        for person_id, moment in zip(persons, moments, strict=True)
    ]
    async with house.database.begin() as session:
        await notices.plan(session, clock.now(), plans)
    return moments


def lateness(went: Sequence[Accepted], due: Sequence[float]) -> list[float]:
    """Seconds of each behind the later of its due moment and the first free slot, sorted."""
    free, late = 0.0, []
    for line, moment in zip(went, due, strict=True):
        slot = max(moment, free)
        free = slot + 1 / RATE
        late.append(line.at - slot)
    return sorted(late)


@sizes(Size(messages=150, kills=0), Size(messages=BUSIEST, kills=0))
async def test_five_thousand_in_a_minute(house: House, provider: Provider, size: Size) -> None:
    persons = await house.people(size.messages)
    worker = await house.start("worker", "timers", PIM_TELEGRAM_RATE=str(RATE))
    due = await due_in_turn(house, persons, time.monotonic() + 1)
    await asyncio.sleep(1)

    await until(house.settled, 30 + 1.3 * size.messages / RATE, "all went", every=0.5)

    late = lateness(await provider.messages(), due)
    assert len(late) == size.messages
    assert late[int(0.95 * size.messages)] < 10
    assert late[int(0.99 * size.messages)] < 30
    assert worker.alive


async def test_the_nearest_use_by_goes_first(house: House, provider: Provider) -> None:
    """They are due at the same moment, planned in any order, and more than one claim takes."""
    persons, chance, now = await house.people(240), random.Random(5), house.clock.now()
    ends = [now + timedelta(minutes=10 + number) for number in range(len(persons))]
    order = list(range(len(persons)))
    chance.shuffle(order)
    async with house.database.begin() as session:
        plans = [a_plan(persons[place], "appointment", "day", new_id(), due=now, use_by=ends[place]) for place in order]
        await notices.plan(session, now, plans)
    await house.start("worker", "timers", PIM_TELEGRAM_RATE="100")

    await until(house.settled, 30, "all went")

    went = [line.to for line in await provider.messages()]
    places = {house.chats[person]: place for place, person in enumerate(persons)}
    out_of_place = [abs(places[chat] - place) for place, chat in enumerate(went)]
    assert sorted(out_of_place)[-5] <= 50, "nearest first, but for calls under way at once"


def slowness(went: Sequence[Accepted], since: float) -> float:
    """How much slower than its pace this machine is: 1 where it keeps it."""
    span = [line.at for line in went if line.at >= since]
    return max(1.0, RATE * (span[-1] - since) / len(span))


async def test_taps_and_an_urgent_change_overtake_a_broadcast(house: House, provider: Provider) -> None:
    await house.plan(await house.people(300))
    process = await house.start("bot", "worker", "timers", PIM_TELEGRAM_RATE=str(RATE))

    async def under_way() -> bool:
        return await provider.taken() >= RATE

    await until(under_way, 30, "the broadcast is under way")
    urgent = await house.people(5)
    changed = time.monotonic()
    await house.plan(urgent, "appointment", "changed")
    taps = []
    for number in range(TAPS):
        taps.append(asyncio.create_task(answered(provider, 100 + number)))
        await asyncio.sleep(0.2)
    waits = await asyncio.gather(*taps)
    chats = {house.chats[person] for person in urgent}

    async def all_heard() -> bool:
        return chats <= (await provider.got()).keys()

    await until(all_heard, 60, "the change was told")
    slow = slowness(await provider.messages(), changed)
    arrived = [line.at - changed for line in await provider.messages() if line.to in chats]
    assert max(arrived) < slow * OVERTAKES, f"told after {arrived}"
    assert sorted(waits)[-2] < slow, f"answered after {sorted(waits)[-3:]}"
    assert (await house.states())["planned"] > 0  # the broadcast still goes on
    assert busiest_second(await provider.messages()) <= JITTER * RATE  # answers, changes and news share one pace
    assert process.alive
