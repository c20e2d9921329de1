"""G7, G15 and a cancelled broadcast: what changes while a message waits for its send moment still counts."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.tables.people import PersonAddress
from scheduler.news import broadcasts
from tests.fakes.telegram import text_update
from tests.faults import broadcast
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider

#: Seconds from our decision to the provider's own look at its clock, on a busy machine.
TRAVEL = 0.3

#: Seconds after which nothing of a cancelled broadcast starts any more.
CANCELLED = 2.0


async def reached(provider: Provider, count: int) -> None:
    """Until so many messages went."""

    async def there() -> bool:
        return await provider.taken() >= count

    await until(there, 30, f"{count} messages went", every=0.01)


async def after(provider: Provider, moment: float) -> list[float]:
    """Seconds after a moment at which messages still started, as the provider saw it."""
    return [line.at - moment for line in await provider.messages() if line.at > moment]


async def test_nothing_starts_after_its_use_by(house: House, provider: Provider) -> None:
    """200 are due at 20 a second and end after four seconds: those whose turn comes later stay."""
    worker = await house.start("worker", "timers", PIM_TELEGRAM_RATE="20")
    persons = await house.people(200)
    ends = time.monotonic() + 4
    await house.plan(persons, use_by=house.clock.now() + timedelta(seconds=4))
    await reached(provider, 20)
    await asyncio.sleep(max(0, ends - time.monotonic()))

    await until(house.settled, 30, "all went or was too late")

    assert await after(provider, ends + TRAVEL) == []
    went = await provider.taken()
    assert await house.states() == {"sent": went, "expired": 200 - went}
    assert worker.alive


async def stopped(house: House, persons: Sequence[UUID]) -> dict[UUID, float]:
    """When (monotonic) the STOP of each of these persons stood in the database."""
    seen: dict[UUID, float] = {}
    query = select(PersonAddress.person_id).where(PersonAddress.opted_out_at.is_not(None))

    async def all_of_them() -> bool:
        async with house.database.begin() as session:
            found = set(await session.scalars(query))
        now = time.monotonic()
        seen.update(dict.fromkeys(found - seen.keys(), now))
        return seen.keys() >= set(persons)

    await until(all_of_them, 20, "every STOP is accepted", every=0.01)
    return seen


async def test_nothing_starts_after_stop_was_accepted(house: House, provider: Provider) -> None:
    """People say STOP in the middle of a broadcast, some of them when they are next."""
    await house.start("bot", "worker", "timers", PIM_TELEGRAM_RATE="30")
    persons = await house.people(150)
    await house.plan(persons)
    await reached(provider, 30)
    news = (await provider.messages())[0].text
    said = [persons[place] for place in (*range(42, 84, 3), *range(90, 150, 10))]
    for number, person in enumerate(said):
        await provider.update(text_update(40_000 + number, int(house.chats[person]), "STOP"))

    accepted = await stopped(house, said)
    await until(house.settled, 30, "the broadcast came to its end")

    stop = {house.chats[person]: moment + TRAVEL for person, moment in accepted.items()}
    late = [line.at - stop[line.to] for line in await provider.messages() if line.text == news and line.to in stop]
    assert [seconds for seconds in late if seconds > 0] == []
    got = {line.to for line in await provider.messages() if line.text == news}
    assert got >= {house.chats[person] for person in persons if person not in said}  # the others heard it
    assert set(await house.states()) <= {"sent", "suppressed", "withdrawn"}


async def test_a_cancelled_broadcast_ends_within_two_seconds(house: House, provider: Provider) -> None:
    persons = await house.people(200)
    await broadcast.listen(house, persons)
    made, speaker = await broadcast.approved(house)
    await house.start("worker", "timers", PIM_TELEGRAM_RATE="20")
    await reached(provider, 80)

    async with house.database.begin() as session:
        await broadcasts.take_down(session, made.text.id, speaker)
    cancelled = time.monotonic()
    await until(house.settled, 30, "what was on its way ended")

    assert await after(provider, cancelled + CANCELLED) == []
    went = await provider.taken()
    assert await house.states() == {"sent": went, "withdrawn": 200 - went}
    assert went < 200
