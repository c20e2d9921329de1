"""APScheduler's own tick over its own job store in PostgreSQL, on the same server."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import URL, insert

from core.clock import Clock


def remind() -> None:
    """What every job would call."""


class _Quiet(BaseExecutor):  # type: ignore[misc,unused-ignore]
    """Runs nothing: only finding and moving the jobs is measured."""

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:
        """Leave it at that."""

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        """Never asked."""


class _Stepped(BaseScheduler):  # type: ignore[misc,unused-ignore]
    """A scheduler without a thread: the benchmark takes its steps."""

    def shutdown(self, wait: bool = True) -> None:
        """Let go of the store."""
        super().shutdown(wait)

    def wakeup(self) -> None:
        """Nobody sleeps."""

    def step(self) -> None:
        """What its thread would do now: find what is due, hand it to the executor, store when it is due again."""
        self._process_jobs()


class JobStore:
    """A store with so many jobs, of which the caller makes some due."""

    def __init__(self, scheduler: _Stepped, store: SQLAlchemyJobStore, ids: list[str]) -> None:
        self._scheduler = scheduler
        self._store = store
        self._ids = ids
        self._random = Random(1)

    def tick(self, due: int) -> float:
        """Seconds that one step takes with so many due."""
        now = Clock().real()
        for name in self._random.sample(self._ids, due):
            job = self._store.lookup_job(name)
            job._modify(next_run_time=now)
            self._store.update_job(job)
        start = perf_counter()
        self._scheduler.step()
        seconds = perf_counter() - start
        assert not self._store.get_due_jobs(now)
        return seconds


@contextmanager
def filled(url: URL, jobs: int) -> Iterator[JobStore]:
    """A job store with so many jobs, due between tomorrow and a year from now."""
    store = SQLAlchemyJobStore(url=url.set(drivername="postgresql+psycopg"))
    scheduler = _Stepped(timezone="UTC", executors={"default": _Quiet()}, jobstores={"default": store})
    scheduler.start()
    ids = [f"reminder-{number}" for number in range(jobs)]
    _load(store, scheduler, ids)
    try:
        yield JobStore(scheduler, store, ids)
    finally:
        scheduler.shutdown()


def _load(store: SQLAlchemyJobStore, scheduler: _Stepped, ids: list[str]) -> None:
    """What add_job would have written, but all in one go."""
    now, random = Clock().real(), Random(1)
    trigger = IntervalTrigger(days=1, timezone="UTC", start_date=now)
    rows = []
    for name in ids:
        due = now + timedelta(seconds=86_400 + random.randrange(31_536_000))
        job = Job(
            scheduler,
            id=name,
            func=remind,
            trigger=trigger,
            executor="default",
            args=(),
            kwargs={},
            name="remind",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=due,
        )
        state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
        rows.append({"id": name, "next_run_time": due.timestamp(), "job_state": state})
    with store.engine.begin() as connection:
        connection.execute(insert(store.jobs_t), rows)
