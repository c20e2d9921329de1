import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, texts, updates
from content.voice import media
from content.voice.attachments import Voice
from core.clock import Clock
from core.database import Database
from core.tables.work import Task
from scheduler import timers
from scheduler.errands import Errand
from scheduler.meetings import workshops
from scheduler.news import broadcasts
from scheduler.queue import leases
from scheduler.timers import TICKS, Tick
from tests.content import community
from tests.fakes.clock import FakeClock
from tests.scheduler import rolmodellen, world
from tests.scheduler.desk import Desk
from tests.scheduler.payments import TESFAY, Pay, pain
from tests.scheduler.queueing import Queue
from tests.scheduler.world import HOUSE, NOW, at


async def lapsed_lease(session: AsyncSession) -> datetime:
    queue = Queue(session)
    await queue.plan(await queue.person())
    await queue.claim()
    return NOW + leases.LEASE + timedelta(microseconds=1)


async def approved_news(session: AsyncSession) -> datetime:
    await community.make_listener(session)
    news = await community.make_news(session, await community.make_account(session))
    speaker = await community.make_account(session)
    settings = community.SETTINGS
    await updates.approve(session, community.NOW, settings, news.text.id, speaker, seen=news.seen)
    await broadcasts.plan(session, community.NOW, settings, news.text, speaker)
    return community.NOW + timedelta(minutes=2)


async def offered_seat(session: AsyncSession) -> datetime:
    row = await world.day(session, capacity=1)
    people = [await world.person(session) for _ in range(3)]
    for minute, person in enumerate(people):
        await workshops.sign_up(session, at(f"2027-01-04 10:0{minute}"), HOUSE, row.id, person.id)
    await workshops.step_back(session, at("2027-01-20 10:00"), HOUSE, row.id, people[0].id)
    return at("2027-01-21 10:00")


async def full_week(session: AsyncSession) -> datetime:
    await world.appointment(session, await world.person(session), kind="taalles")
    return at("2027-01-10 18:00")


async def unanswered_question(session: AsyncSession) -> datetime:
    await world.told(session)
    return at("2027-01-11 14:00")


async def unseen_payment(session: AsyncSession) -> datetime:
    await world.person(session, iban=TESFAY)
    await (await Desk.of(session)).bring(pain(Pay()))
    return at("2026-12-29 09:00")


async def waiting_file(session: AsyncSession) -> datetime:
    await world.person(session, iban=TESFAY)
    await (await Desk.of(session)).stage(pain(Pay()))
    return NOW + timedelta(hours=24)


async def old_notice(session: AsyncSession) -> datetime:
    await Queue(session).plan(await Queue(session).person(), use_by=NOW + timedelta(hours=1))
    return NOW + timedelta(hours=1)


async def waiting_text(session: AsyncSession) -> datetime:
    """In the evening, when no rolmodel is asked any more."""
    person = await community.make_listener(session)
    await community.make_account(session, person_id=person.id)
    await texts.ship(session, NOW, catalogue.load(("ti",)))
    return at("2026-12-22 09:00")


async def question_of_nobody(session: AsyncSession) -> datetime:
    return (await rolmodellen.asked(session)).due


async def unused_recording(session: AsyncSession) -> datetime:
    voice = Voice(content=b"OggS", milliseconds=900, recorded=900, loudness=-20, peak=-4)
    await media.keep(session, NOW, voice)
    return NOW + timedelta(hours=24)


async def news_that_nobody_got(session: AsyncSession) -> datetime:
    await community.make_news(session, await community.make_account(session))
    return at("2027-02-20 00:00")


#: What gives each tick something to do; it gives back the moment from which on.
WORK: dict[str, Callable[[AsyncSession], Awaitable[datetime]]] = {
    "sweep": lapsed_lease,
    "sweep_whole": lapsed_lease,
    "fan_out": approved_news,
    "offers": offered_seat,
    "week": full_week,
    "chase": unanswered_question,
    "questions": question_of_nobody,
    "late_payments": unseen_payment,
    "forget_files": waiting_file,
    "reviews": waiting_text,
    "sweep_media": unused_recording,
    "retention": news_that_nobody_got,
    "expire": old_notice,
}


def tick(name: str) -> Tick:
    return next(tick for tick in TICKS if tick.name == name)


async def run(database: Database, clock: Clock, name: str) -> int:
    return await timers.run_tick(tick(name), database, clock, HOUSE)


#: They wait for no moment, and have tests of their own.
ELSEWHERE = {"heartbeat", "lost_addresses"}


def test_every_tick_is_tried_here_or_elsewhere() -> None:
    assert {tick.name for tick in TICKS} == WORK.keys() | ELSEWHERE


@pytest.mark.parametrize("name", WORK)
async def test_a_tick_does_its_work_at_its_moment_and_once(fresh_database: Database, name: str) -> None:
    async with fresh_database.begin() as session:
        moment = await WORK[name](session)
    clock = FakeClock(moment - timedelta(microseconds=1))
    assert await run(fresh_database, clock, name) == 0
    clock.moment = moment
    assert await run(fresh_database, clock, name) == 1
    assert await run(fresh_database, clock, name) == 0
    clock.advance(timedelta(minutes=1))
    assert await run(fresh_database, clock, name) == 0


@pytest.mark.parametrize("name", [name for name in WORK if tick(name).next is not None])
async def test_the_time_machine_is_told_of_that_moment(fresh_database: Database, name: str) -> None:
    async with fresh_database.begin() as session:
        moment = await WORK[name](session)
    clock = FakeClock(moment - timedelta(hours=1))
    for _ in range(10):
        found = await timers.next_moment(fresh_database, clock, HOUSE)
        assert found is not None
        assert found > clock.moment
        clock.moment = found
        if found >= moment:
            break
    assert clock.moment == moment


async def test_with_nothing_to_wait_for_there_is_only_the_next_sunday(fresh_database: Database) -> None:
    clock = FakeClock(NOW)
    assert await timers.next_moment(fresh_database, clock, HOUSE) == at("2026-12-27 18:00")
    clock.moment = at("2026-12-27 18:00")
    assert await timers.next_moment(fresh_database, clock, HOUSE) == at("2027-01-03 18:00")


async def test_all_ticks_run_on_an_empty_house(fresh_database: Database) -> None:
    clock = FakeClock(NOW)
    assert [await timers.run_tick(tick, fresh_database, clock, HOUSE) for tick in TICKS] == [0] * len(TICKS)


async def test_a_tick_that_breaks_half_way_leaves_nothing(fresh_database: Database) -> None:
    async def write_and_break(context: timers.Context) -> int:
        context.session.add(
            Task(kind="call_back", reason="asked", due=context.now, created_at=context.now, source_id=None)
        )
        await context.session.flush()
        raise RuntimeError("broken")

    broken = Tick(name="broken", every=timedelta(seconds=1), run=write_and_break)
    with pytest.raises(RuntimeError, match="broken"):
        await timers.run_tick(broken, fresh_database, FakeClock(NOW), HOUSE)
    async with fresh_database.begin() as session:
        assert await world.open_tasks(session) == []


async def test_after_the_clock_was_set_back_it_looks_at_once(fresh_database: Database) -> None:
    clock, looks = FakeClock(Clock().real()), asyncio.Queue[datetime]()

    async def look(_: Database, at: Clock) -> int:
        looks.put_nowait(at.real())
        return 0

    errand = Errand(name="look", every=timedelta(hours=2), run=look)
    watching = timers.Timers(fresh_database, clock, HOUSE, errands=[errand])
    watching.start()
    try:
        async with asyncio.timeout(10):
            assert await looks.get() == clock.moment
            clock.advance(-timedelta(hours=1))
            assert await looks.get() == clock.moment
    finally:
        await watching.stop()
