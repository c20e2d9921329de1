"""A tick with 100 due: among a million pending against a thousand, and against a job store of APScheduler.

The million takes half a minute to make, so what else is measured on it (replan) is measured here.
"""

from statistics import median
from time import perf_counter

import uvloop
from sqlalchemy import URL

from core.clock import Clock
from core.database import Database
from scheduler.queue import claiming
from tests.bench import backlog, ground, jobstore, replan
from tests.bench.jobstore import JobStore
from tests.bench.rows import Row, ratio

ROWS = ("tick_1m_vs_1k", "tick_vs_apscheduler", "replan_30_at_1m_ms")

DUE = 100
MANY, FEW, JOBS = 1_000_000, 1_000, 100_000
PAIRS = 5
TICKS = 10  #: a run's figure is the median of so many
WARM_UP = 50  #: a prepared statement may change its mind after five; the index's low end fills with what went


def run() -> list[Row]:
    """All three rows, on one queue."""
    with ground.server() as postgres:
        many, few = postgres.create_database("many"), postgres.create_database("few")
        with jobstore.filled(postgres.create_database("jobs"), JOBS) as jobs:
            return uvloop.run(_measured(many, few, jobs))


async def _measured(many_url: URL, few_url: URL, jobs: JobStore) -> list[Row]:
    async with ground.house(many_url) as many, ground.house(few_url) as few:
        await backlog.fill(few, FEW)
        await backlog.fill(many, MANY)
        for _ in range(WARM_UP):
            await _tick(many)
            await _tick(few)
        among_many, among_few, theirs = [], [], []
        for _ in range(PAIRS):
            # Neighbours by the tick, so that a checkpoint or a busy machine falls on both.
            pairs = [(await _tick(many), await _tick(few)) for _ in range(TICKS)]
            among_many.append(median(pair[0] for pair in pairs))
            among_few.append(median(pair[1] for pair in pairs))
            theirs.append(median(jobs.tick(DUE) for _ in range(TICKS)))
        moved = await replan.run_on(many)
    return [
        ratio("tick_1m_vs_1k", among_many, among_few, target="<= 1.5"),
        ratio("tick_vs_apscheduler", theirs, among_many, target=">= 30"),
        moved,
    ]


async def _tick(database: Database) -> float:
    """Seconds to claim what is due and commit; what comes after a tick isn't counted."""
    now, real = await backlog.next_due(database, DUE), Clock().real()
    start = perf_counter()
    async with database.begin() as session:
        held = await claiming.claim(session, now, real, DUE)
    seconds = perf_counter() - start
    assert len(held) == DUE
    await backlog.gone(database, now, DUE)
    return seconds
