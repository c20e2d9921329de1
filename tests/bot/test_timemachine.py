import asyncio
from datetime import timedelta

import pytest

from bot.timemachine import TimeMachine, TimeMachineBusy
from core import servicetime
from core.clock import Clock
from core.database import Database
from core.tables.people import Person
from messaging.simulator.faults import Fault
from scheduler.meetings import workshops
from tests.journeys.house import House, Phone
from tests.scheduler import world
from tests.scheduler.world import at


@pytest.fixture
def house(fresh_database: Database) -> House:
    made = House(fresh_database)
    made.clock.moment = at("2026-12-21 13:00")  # on Monday morning the week's overview could still come
    return made


async def somebody(house: House) -> tuple[Person, Phone]:
    """Somebody with a phone, who reads Dutch."""
    person = await house.person(languages=["nl"])
    return person, await house.linked(person)


async def planned(house: House, person: Person, start: str) -> None:
    async with house.database.begin() as session:
        await world.appointment(session, person, start, now=house.clock.now())


async def moments(house: House, phone: Phone) -> list[str]:
    """When pushes arrived on a phone, as it shows them."""
    return [house.clock_text(bubble.at) for bubble in await phone.got() if bubble.pushed]


async def test_what_falls_due_on_the_way_goes_at_its_own_moment(house: House) -> None:
    person, phone = await somebody(house)
    await planned(house, person, "2026-12-24 15:00")
    await house.until("2026-12-24 14:00")
    assert await moments(house, phone) == ["2026-12-21 13:02", "2026-12-23 15:00", "2026-12-24 13:00"]
    assert house.clock.now() == at("2026-12-24 14:00")


async def test_two_people_hear_in_the_order_of_their_moments(house: House) -> None:
    (one, first), (two, second) = await somebody(house), await somebody(house)
    await planned(house, two, "2026-12-24 14:00")
    await planned(house, one, "2026-12-24 15:00")
    await house.until("2026-12-24 14:30")
    arrived = [*await first.got(), *await second.got()]
    reminders = sorted((bubble.at for bubble in arrived if bubble.pushed and bubble.at), key=lambda moment: moment)
    assert [house.clock_text(moment) for moment in reminders[-2:]] == ["2026-12-24 12:00", "2026-12-24 13:00"]


async def test_what_a_tick_plans_on_the_way_goes_on_the_way(house: House) -> None:
    (one, first), (two, second) = await somebody(house), await somebody(house)
    async with house.database.begin() as session:
        row = await world.day(session, "2027-02-03 13:00", capacity=1)
        for person in (one, two):
            await workshops.sign_up(session, house.clock.now(), house.settings, row.id, person.id)
        await workshops.step_back(session, house.clock.now(), house.settings, row.id, one.id)
    await house.until("2026-12-21 14:00")
    assert len(await second.pushes()) == 1
    assert await first.pushes() == []


async def test_the_clock_never_goes_back(house: House) -> None:
    before = house.clock.now()
    await house.machine.move(before - timedelta(days=1))
    assert house.clock.now() == before


async def test_a_second_mover_is_refused_and_the_first_arrives(house: House) -> None:
    target = house.clock.now() + timedelta(days=1)
    first = asyncio.create_task(house.machine.move(target))
    await asyncio.sleep(0)
    with pytest.raises(TimeMachineBusy):
        await house.machine.move(target)
    await first
    assert house.clock.now() == target
    await house.machine.move(target + timedelta(hours=1))


async def test_a_move_that_breaks_lets_the_next_one_go(house: House) -> None:
    moving = asyncio.create_task(house.machine.move(house.clock.now() + timedelta(days=30)))
    await asyncio.sleep(0.05)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    await house.settle()


async def test_where_it_was_moved_to_is_kept_for_the_next_start(house: House) -> None:
    await house.until("2026-12-25 09:00")
    async with house.database.begin() as session:
        assert await servicetime.offset(session) == house.clock.offset
    started = Clock()
    await TimeMachine(house.database, started, house.settings, house.worker, house.inbox).restore()
    assert started.offset == house.clock.offset > timedelta(days=3)


async def test_the_machines_own_time_is_not_moved(house: House) -> None:
    real = house.clock.real()
    await house.until("2027-03-28 04:00")
    assert house.clock.real() == real


class TestWaiting:
    async def test_what_waits_for_a_provider_is_counted_and_left_behind(self, house: House) -> None:
        person, phone = await somebody(house)
        await planned(house, person, "2026-12-24 15:00")
        house.phones.trouble("telegram", Fault.THROTTLE, 30)
        assert await house.machine.move(at("2026-12-21 14:00")) == 1
        assert house.clock.now() == at("2026-12-21 14:00")
        assert await phone.pushes() == []
        assert not await house.machine.idle(0)

    async def test_after_the_provider_is_back_nothing_waits(self, house: House) -> None:
        person, phone = await somebody(house)
        await planned(house, person, "2026-12-24 15:00")
        house.phones.trouble("telegram", Fault.THROTTLE, 30)
        await house.machine.move(at("2026-12-21 14:00"))
        house.phones.trouble("telegram", Fault.NONE)
        house.clock.moment += timedelta(minutes=15)
        await house.settle()
        assert await house.machine.waiting() == 0
        assert len(await phone.pushes()) == 1


class TestIdle:
    async def test_an_empty_house_is_idle_at_once(self, house: House) -> None:
        assert await house.machine.idle(0)

    async def test_a_message_that_came_in_is_work(self, house: House) -> None:
        phone = await house.phone()
        await house.phones.say(phone.id, "hallo")
        assert not await house.machine.idle(0)
        await house.settle()
        assert await house.machine.idle(0)

    async def test_what_is_planned_for_later_is_none(self, house: House) -> None:
        person, _ = await somebody(house)
        await planned(house, person, "2026-12-24 15:00")
        assert await house.machine.idle(0)

    async def test_who_asks_may_wait_for_it(self, house: House) -> None:
        phone = await house.phone()
        await house.phones.say(phone.id, "hallo")
        waiting = asyncio.create_task(house.machine.idle(10))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await house.settle()
        assert await waiting
