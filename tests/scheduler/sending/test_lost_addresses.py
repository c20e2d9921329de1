from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.people import Address
from scheduler import tasks
from scheduler.queue import deliveries
from scheduler.sending import lostaddresses
from tests.scheduler import phones, world
from tests.scheduler.world import HOUSE, NOW

LATER = NOW + timedelta(minutes=1)


async def test_a_dead_phone_is_a_task_once(session: AsyncSession) -> None:
    person, (telegram, _) = await phones.reached_by(session, "telegram", "sms")
    await deliveries.bury(session, NOW, telegram, "blocked")
    assert await lostaddresses.report(session, LATER, HOUSE) == 1
    assert await lostaddresses.report(session, LATER, HOUSE) == 0
    (task,) = await world.open_tasks(session)
    assert (task.kind, task.reason, task.person_id, task.call) == ("address_dead", "blocked", person.id, False)


async def test_the_last_phone_puts_a_person_on_the_call_list(session: AsyncSession) -> None:
    _, (telegram,) = await phones.reached_by(session, "telegram")
    await deliveries.bury(session, NOW, telegram, "blocked")
    await lostaddresses.report(session, LATER, HOUSE)
    (task,) = await world.open_tasks(session)
    assert task.call


async def test_a_stop_that_the_provider_heard_is_no_reason_to_call(session: AsyncSession) -> None:
    _, (sms,) = await phones.reached_by(session, "sms")
    await deliveries.bury(session, NOW, sms, "stopped_at_provider")
    await lostaddresses.report(session, LATER, HOUSE)
    (task,) = await world.open_tasks(session)
    assert (task.kind, task.call) == ("stopped", False)


async def test_a_closed_task_stays_closed_until_the_phone_dies_again(session: AsyncSession) -> None:
    karin = await world.staff(session)
    _, (telegram,) = await phones.reached_by(session, "telegram")
    await deliveries.bury(session, NOW, telegram, "blocked")
    await lostaddresses.report(session, LATER, HOUSE)
    (task,) = await world.open_tasks(session)
    await tasks.close(session, LATER, task.id, karin.id, "called")
    assert await lostaddresses.report(session, LATER, HOUSE) == 0
    (await session.get_one(Address, telegram, populate_existing=True)).dead_at = LATER + timedelta(days=30)
    await session.flush()
    assert await lostaddresses.report(session, LATER + timedelta(days=30), HOUSE) == 1


async def test_who_left_or_said_stop_is_left_alone(session: AsyncSession) -> None:
    person, (telegram,) = await phones.reached_by(session, "telegram")
    await deliveries.bury(session, NOW, telegram, "blocked")
    person.left_at = NOW
    await session.flush()
    assert await lostaddresses.report(session, LATER, HOUSE) == 0
