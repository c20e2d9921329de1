"""The house's own way from due rows to what a provider accepted, for one channel and so many people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from time import perf_counter, process_time
from uuid import UUID

from sqlalchemy import delete, func, select

from content import catalogue
from content.inforce import concepts
from content.parts import Value
from core import memory
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from messaging.channel import Outlet
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.sending.worker import Worker
from tests.bench import crowd, ground

LANGUAGES = ("nl", "en", "ar", "ti", "fa", "tr")

#: At once on the wire, on either side.
CONCURRENCY = 50

_VALUES: Mapping[str, Value] = {"day": date(2027, 1, 12), "time": time(10)}

#: Planned in one transaction.
_BATCH = 5000


@dataclass(frozen=True, kw_only=True)
class Run:
    """What sending so many messages took."""

    rate: float  #: messages a second
    cpu: float  #: seconds of CPU for one message


@dataclass(frozen=True, kw_only=True)
class Blast:
    """So many people on one channel, all of them to be reminded now."""

    database: Database
    channel: str
    settings: Settings
    messages: int
    spent: Callable[[], float] = process_time  #: CPU seconds so far, of whatever works for it

    async def invite(self) -> None:
        """Make the people and their addresses."""
        await crowd.invite(self.database, self.channel, self.messages, LANGUAGES)

    async def send(self, outlet: Outlet) -> Run:
        """Claimed, rendered, handed over and recorded."""
        texts = concepts(catalogue.load(LANGUAGES))
        worker = Worker(self.database, Clock(), self.settings, {self.channel: outlet}, lambda: texts)
        await self._plan()
        with memory.settled():
            start, before = perf_counter(), self.spent()
            async with worker.still():
                await worker.drain()
            seconds, cpu = perf_counter() - start, self.spent() - before
        async with self.database.begin() as session:
            accepted = select(func.count()).select_from(Delivery).where(Delivery.state == "sent")
            assert await session.scalar(accepted) == self.messages
        return Run(rate=self.messages / seconds, cpu=cpu / self.messages)

    async def _plan(self) -> None:
        now = Clock().now()
        async with self.database.begin() as session:
            await session.execute(delete(Delivery))
            await session.execute(delete(Notice))
            everybody = (await session.scalars(select(Person.id))).all()
            for begin in range(0, len(everybody), _BATCH):
                some = everybody[begin : begin + _BATCH]
                await notices.plan(session, now, [_reminder(person_id, now) for person_id in some])
        await ground.tidy(self.database)


def _reminder(person_id: UUID, now: datetime) -> Plan:
    return Plan(
        person_id=person_id,
        kind="appointment",
        step="day",
        source_kind="appointment",
        source_id=new_id(),
        due=now,
        values=_VALUES,
    )
