"""People who tap during a broadcast, at moments of their own, and how long they wait for the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from random import Random
from time import monotonic
from typing import TypeVar

from messaging.channel import Outgoing
from scheduler import replies
from tests.bench.crowd import Guest
from tests.fakes.provider import LIMITED, Accepted
from tests.fakes.telegram import tap_update
from tests.faults.house import House
from tests.faults.processes import until

#: Nobody waits longer; a benchmark in which an answer never comes is broken.
LONGEST_SECONDS = 60.0

_ANSWER = Outgoing(text="Dit is uw agenda.", language="nl")

T = TypeVar("T")


async def by_turns(ones: Collection[T], seconds: float, tap: Callable[[T], Awaitable[None]]) -> None:
    """Each of them taps once, spread over so many seconds as people do: some close together, some far apart."""
    chance = Random(len(ones))  # the same moments in every run
    moments = sorted(chance.uniform(0, seconds) for _ in ones)
    begin = monotonic()
    for one, moment in zip(ones, moments, strict=True):
        await asyncio.sleep(begin + moment - monotonic())
        await tap(one)


async def stored(house: House, guests: Sequence[Guest], seconds: float) -> list[float]:
    """Milliseconds from an answer being due, just before it is stored, to its call arriving at the provider."""
    due: dict[str, float] = {}

    async def put(guest: Guest) -> None:
        due[guest.handle] = monotonic()
        async with house.database.begin() as session:
            await replies.put(session, house.clock.now(), guest.address_id, _ANSWER)

    await by_turns(guests, seconds, put)
    return await _waits(house, due)


async def tapped(house: House, bubbles: Sequence[Accepted], seconds: float, first: int) -> list[float]:
    """Milliseconds from a tap below one of these bubbles to the answer arriving at the provider.

    Telegram numbers the taps from `first` on.
    """
    at: dict[str, float] = {}

    async def tap(bubble: Accepted) -> None:
        update = tap_update(first + len(at), int(bubble.to), "agenda.open", int(bubble.id))
        at[bubble.to] = monotonic()
        await house.provider.update(update)

    await by_turns(bubbles, seconds, tap)
    return await _waits(house, at)


async def _waits(house: House, since: Mapping[str, float]) -> list[float]:
    """Milliseconds until the first call to each of these chats, once all came."""
    came: dict[str, float] = {}

    async def all_came() -> bool:
        for line in await house.provider.ledger():
            if line.method in LIMITED and line.at >= since.get(line.to, line.at + 1):
                came.setdefault(line.to, line.at)
        return came.keys() == since.keys()

    await until(all_came, LONGEST_SECONDS, "every tap was answered", every=1)
    return [1000 * (came[chat] - moment) for chat, moment in since.items()]
