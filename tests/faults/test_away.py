"""A provider that is away for long: it is tried ever more seldom, and nobody is given up before the use-by."""

from datetime import timedelta

from sqlalchemy import func, select, update

from core.database import ring
from core.tables.notices import Delivery, Notice
from tests.fakes.provider import FakeProvider
from tests.fakes.telegram import FakeTelegram
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import JITTER, busiest_second

RATE = 30

#: As often as somebody is tried in an hour of waits that double up to ten minutes.
TRIES = 11


def bot() -> FakeProvider:
    """A provider of the test's own, so that it can stop listening."""
    made = FakeProvider()
    FakeTelegram(made)
    return made


async def tried(house: House) -> int:
    """How many calls were begun, in vain or not."""
    return int(await house.scalar(select(func.count()).select_from(Delivery)))


async def waited(house: House) -> None:
    """The waits between two tries pass; nothing is on its way meanwhile, so no lease is touched."""
    async with house.database.begin() as session:
        later = Notice.retry_at - timedelta(hours=1)
        await session.execute(update(Notice).where(Notice.state == "planned").values(retry_at=later))
        await ring(session)


async def test_who_was_tried_in_vain_for_an_hour_hears_it_when_the_provider_is_back(house: House) -> None:
    async with bot() as away:
        persons = await house.people(40)
        await house.plan(persons, use_by=house.clock.now() + timedelta(hours=5))
        await away.stop()
        worker = await house.start("worker", "timers", PIM_TELEGRAM_API_URL=away.url)
        for _ in range(TRIES):
            await until(house.at_rest, 30, "all wait for another try")
            await waited(house)
        await until(house.at_rest, 30, "all wait for another try")
        assert await tried(house) <= (TRIES + 1) * len(persons)
        assert await house.states() == {"planned": len(persons)}  # nobody is given up

        await away.start()
        await waited(house)
        await until(house.settled, 30, "all went")

        # All at once, without a pace: in which order they arrive is chance.
        assert sorted(line.to for line in away.messages) == [house.chats[person] for person in persons]
        assert worker.alive


async def test_the_return_is_no_herd(house: House) -> None:
    """Those that wait go at the channel's pace, with hardly a call more than there are messages."""
    async with bot() as away:
        await house.plan(await house.people(120))
        await away.stop()
        await house.start("worker", "timers", PIM_TELEGRAM_API_URL=away.url, PIM_TELEGRAM_RATE=str(RATE))
        await until(house.at_rest, 30, "all wait for another try")
        await away.start()
        await waited(house)

        await until(house.settled, 30, "all went")

        assert len(away.messages) == 120
        assert busiest_second(away.messages) <= JITTER * RATE
        assert away.calls["sendMessage"] <= 1.1 * 120
