"""A payment file of 10,000 transfers: read, matched and laid out for approval, then approved and planned."""

from datetime import timedelta
from time import perf_counter

import uvloop
from sqlalchemy import URL, func, select

from core.clock import Clock
from core.settings import Settings
from core.tables.leefgeld import Payment
from scheduler import leefgeld
from tests.bench import ground, town
from tests.bench.rows import Row, measured
from tests.scheduler.payments import Pay, pain

ROWS = ("pain001_10000_s",)

RUNS = 3


def run() -> list[Row]:
    """The row."""
    with ground.server() as postgres:
        return uvloop.run(_measured(postgres.create_database("town")))


async def _measured(url: URL) -> list[Row]:
    settings = Settings(_env_file=None)
    async with ground.house(url) as database:
        built = await town.build(database, settings)
        taken = []
        for number in range(RUNS):
            content = _file(number)
            start = perf_counter()
            async with database.begin() as session:
                staged = await leefgeld.stage(session, Clock().now(), settings, content, by=built.klantmanager.id)
            assert staged.import_id is not None, staged.problems[:3]
            async with database.begin() as session:
                await leefgeld.approve(session, Clock().now(), settings, staged.import_id, by=built.regisseur.id)
            taken.append(perf_counter() - start)
            async with database.begin() as session:
                assert await session.scalar(select(func.count()).select_from(Payment)) == (number + 1) * town.PEOPLE
    return [measured("pain001_10000_s", taken, "s")]


def _file(number: int) -> bytes:
    """One transfer to everybody, two weeks from now and a week later each time."""
    day = (Clock().now() + timedelta(weeks=2 + number)).date().isoformat()
    pays = [
        Pay(iban=town.iban_of(person), reference=f"voorbeeld-{number}-{person}", day=day)
        for person in range(town.PEOPLE)
    ]
    return pain(*pays, message=f"voorbeeld-{number}")
