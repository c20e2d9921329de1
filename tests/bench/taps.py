"""People who tap during a broadcast, at moments of their own, and how long they wait for the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from random import Random
from time import monotonic
from typing import TypeVar

from messaging.channel import Outgoing
from scheduler.queue import replies
from tests.bench.crowd import Guest
from tests.fakes.provider import Accepted
from tests.fakes.telegram import tap_update
from tests.faults.house import House

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


async def stored(house: House, guests: Sequence[Guest], seconds: float, _: int = 1) -> dict[str, float]:
    """An answer for each of these becomes due: chat -> when, just before it is stored."""
    due: dict[str, float] = {}

    async def put(guest: Guest) -> None:
        due[guest.handle] = monotonic()
        async with house.database.begin() as session:
            await replies.put(session, house.clock.now(), guest.address_id, _ANSWER)

    await by_turns(guests, seconds, put)
    return due


async def tapped(house: House, bubbles: Sequence[Accepted], seconds: float, first: int) -> dict[str, float]:
    """Somebody taps below each of these bubbles: chat -> when. Telegram numbers the taps from `first` on."""
    at: dict[str, float] = {}

    async def tap(bubble: Accepted) -> None:
        update = tap_update(first + len(at), int(bubble.to), "agenda.open", int(bubble.id))
        at[bubble.to] = monotonic()
        await house.provider.update(update)

    await by_turns(bubbles, seconds, tap)
    return at


def waits(since: Mapping[str, float], calls: Sequence[Accepted]) -> list[float]:
    """Milliseconds until the first call to each of these chats; AssertionError where one never came."""
    came: dict[str, float] = {}
    for call in calls:
        if call.to in since and call.at >= since[call.to]:
            came.setdefault(call.to, call.at)
    assert came.keys() == since.keys(), f"{len(since) - len(came)} of {len(since)} taps were never answered"
    return [1000 * (came[chat] - moment) for chat, moment in since.items()]
