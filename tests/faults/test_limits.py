"""G8 and what a provider asks: rates, pauses, a refused key, an hour away."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import servicetime
from core.tables.channels import ChannelState
from core.tables.notices import Notice
from tests.fakes.faults import refuse, throttle
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import JITTER, Provider, busiest_second


async def test_no_call_while_the_provider_said_wait(house: House, provider: Provider) -> None:
    before = await provider.calls()
    await house.plan(await house.people(150))
    await provider.script(throttle(2))
    worker = await house.start("worker", "timers", PIM_TELEGRAM_RATE="50")

    async def refused() -> bool:
        return await provider.calls() > before

    await until(refused, 30, "the provider was called")
    await asyncio.sleep(0.5)  # what was on its way arrives
    then = await provider.calls()
    for _ in range(5):
        assert await provider.calls() == then
        await asyncio.sleep(0.25)

    await until(house.settled, 60, "all went")
    assert await provider.taken() == 150
    assert await provider.calls() - before <= 1.1 * 150
    assert worker.alive


@pytest.mark.parametrize(
    "asked",
    [None, pytest.param("soon", marks=pytest.mark.soak), pytest.param(-1, marks=pytest.mark.soak)],
    ids=["unsaid", "no number", "negative"],
)
async def test_a_pause_without_a_length_we_can_use(house: House, provider: Provider, asked: object) -> None:
    """Then we wait a while of our own: nobody is called again and again."""
    before = await provider.calls()
    await house.plan(await house.people(60))
    await provider.script(throttle(asked))
    await house.start("worker", "timers", PIM_TELEGRAM_RATE="60")

    async def refused() -> bool:
        return await provider.calls() > before

    await until(refused, 30, "the provider was called")
    await asyncio.sleep(0.5)  # what was on its way arrives
    then = await provider.calls()
    await asyncio.sleep(2)
    assert await provider.calls() == then

    await until(house.settled, 60, "all went")
    assert set((await provider.got()).values()) == {1}
    assert await provider.taken() == 60
    assert await provider.calls() - before <= 1.1 * 60


async def test_a_refused_key_pauses_the_channel(house: House, provider: Provider) -> None:
    before = await provider.calls()
    await house.plan(await house.people(100))
    await provider.always(refuse(401, "Unauthorized"))
    worker = await house.start("worker", "timers")

    async def paused() -> bool:
        return await house.scalar(select(ChannelState.reason)) is not None

    await until(paused, 30, "the channel is paused")
    await until(house.at_rest, 30, "nothing is on its way")
    assert await house.scalar(select(ChannelState.reason)) == "key_refused"
    assert await provider.calls() - before <= 50  # what was on its way
    assert await house.states() == {"planned": 100}
    assert await house.scalar(select(func.max(Notice.attempts))) == 0  # nobody's chances are used up
    assert worker.alive

    worker.kill()
    await provider.always(None)
    await house.lapse()
    await house.start("worker", "timers")
    await until(house.settled, 60, "all went")
    assert set((await provider.got()).values()) == {1}


async def test_an_hour_away_and_back(house: House, provider: Provider) -> None:
    """Afterwards they go in order and paced, without those that became too late."""
    before = await provider.calls()
    hour, now = timedelta(hours=1), house.clock.now()
    valid, too_late = await house.people(60), await house.people(20)
    await house.plan(valid, use_by=now + 2 * hour)
    await house.plan(too_late, use_by=now + hour / 2)
    away = await house.start("worker", "timers", PIM_TELEGRAM_API_URL="http://127.0.0.1:9")
    await until(house.at_rest, 60, "all wait for another try")
    assert await house.states() == {"planned": 80}
    away.kill()
    await house.lapse()
    async with house.database.begin() as session:
        await servicetime.keep_offset(session, hour)

    await house.start("worker", "timers", PIM_TELEGRAM_RATE="20")
    await until(house.settled, 60, "all went, or was too late")

    went = await provider.messages()
    assert [line.to for line in went] == [house.chats[person] for person in valid]
    assert busiest_second(went) <= JITTER * 20
    assert await house.states() == {"sent": 60, "expired": 20}
    assert await provider.calls() - before <= 1.1 * 60
