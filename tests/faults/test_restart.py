"""G11 and a killed migration: the database goes away under a service that works."""

import os
import signal

from sqlalchemy import select, text

from core import migrate
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.tables.people import Person
from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import until
from tests.faults.provider import Provider

#: Seconds from the server's return to the next message.
RESUMES = 15.0

#: What may have been put on record by a commit whose answer was lost with the server: one group each time.
GROUP = 50

RATE = 60


def gone(server: EmbeddedPostgres, number: int) -> None:
    """Restart the server: asked to stop, or killed."""
    if number % 2 and server.pid is not None:
        os.kill(server.pid, signal.SIGKILL)
    server.restart()


@sizes(Size(messages=240, kills=3), Size(messages=10_000, kills=5))
async def test_a_database_that_restarts_during_a_broadcast(
    own_house: House, own_server: EmbeddedPostgres, provider: Provider, size: Size
) -> None:
    reminders = await own_house.people(size.messages // 2)
    await own_house.plan(reminders, "appointment", "day")
    await own_house.plan(await own_house.people(size.messages - len(reminders)))
    process = await own_house.start("worker", "timers", PIM_TELEGRAM_RATE=str(RATE))
    for number in range(size.kills):
        aim = size.messages * (number + 1) // (size.kills + 1)

        async def reached(aim: int = aim) -> bool:
            assert process.alive, process.said
            return await provider.taken() >= aim

        await until(reached, 30 + size.messages / RATE, f"{aim} messages went")
        gone(own_server, number)
        # What was on its way when the server left may still arrive: more than that is new.
        before = await provider.taken() + RATE // 2

        async def more(before: int = before) -> bool:
            assert process.alive, process.said
            return await provider.taken() >= min(before, size.messages)

        await until(more, RESUMES + 1, "sending goes on")
    await until(own_house.settled, 60 + size.messages / RATE, "everything went")

    got, unsure = await provider.got(), await own_house.of("unsure")
    assert process.alive, process.said
    assert max(got.values()) == 1
    assert len(got) + len(unsure) == size.messages  # nobody is lost
    assert not got.keys() & set(unsure)  # every answer reached us
    assert len(unsure) <= GROUP * size.kills


async def test_a_migration_that_is_killed_leaves_nothing_half_done(house: House, server: EmbeddedPostgres) -> None:
    name = f"{house.database.url.database}_new"
    empty = Database(server.create_database(name))
    url = empty.url.render_as_string(hide_password=False)
    first = house.pim("migrate", PIM_DATABASE_URL=url)

    async def under_way() -> bool:
        assert first.alive, "it was faster than we look"
        async with empty.begin() as session:
            return bool((await session.execute(_MAKES_TABLES)).scalar_one() > 20)

    await until(under_way, 60, "tables are being made", every=0.01)
    first.kill()

    async def left() -> bool:
        async with empty.begin() as session:
            return not (await session.execute(_OTHERS)).scalar_one()

    await until(left, 30, "the server noticed")
    async with empty.begin() as session:
        assert (await session.execute(_TABLES)).scalar_one() == 0
    again = house.pim("migrate", PIM_DATABASE_URL=url)
    assert await again.ended(60) == 0, again.said
    assert await migrate.is_current(empty.engine)
    async with empty.begin() as session:
        assert list(await session.scalars(select(Person))) == []
    await empty.close()
    server.drop_database(name)


_MAKES_TABLES = text("""
    SELECT count(*) FROM pg_locks
    WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode = 'AccessExclusiveLock' AND granted
""")
_OTHERS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
_TABLES = text("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
