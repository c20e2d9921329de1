"""The house's own way from due rows to what a provider accepted, for one channel and so many people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from time import perf_counter
from uuid import UUID

from sqlalchemy import delete, func, select

from content import catalogue
from content.inforce import concepts
from content.parts import Value
from core import addresses, people
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.values import Handle
from messaging.channel import Outlet
from scheduler import notices
from scheduler.notices import Plan
from scheduler.worker import Worker
from tests.bench import ground

LANGUAGES = ("nl", "en", "ar", "ti", "fa", "tr")

#: At once on the wire, on either side.
CONCURRENCY = 50

_VALUES: Mapping[str, Value] = {"day": date(2027, 1, 12), "time": time(10)}


@dataclass(frozen=True, kw_only=True)
class Blast:
    """So many people on one channel, all of them to be reminded now."""

    database: Database
    channel: str
    settings: Settings
    messages: int

    async def invite(self) -> None:
        """Make the people and their addresses."""
        now = Clock().now()
        async with self.database.begin() as session:
            for number in range(self.messages):
                language = LANGUAGES[number % len(LANGUAGES)]
                person = await people.add(session, now, name="Voorbeeld", languages=[language])
                handle = Handle(f"+316{10_000_000 + number}" if self.channel == "sms" else str(1000 + number))
                address = await addresses.ensure(session, now, self.channel, handle)
                await addresses.attach(session, now, person.id, address.id, verified=True)

    async def send(self, outlet: Outlet) -> float:
        """Messages a second: claimed, rendered, handed over and recorded."""
        texts = concepts(catalogue.load(LANGUAGES))
        worker = Worker(self.database, Clock(), self.settings, {self.channel: outlet}, lambda: texts)
        await self._plan()
        start = perf_counter()
        async with worker.still():
            await worker.drain()
        seconds = perf_counter() - start
        async with self.database.begin() as session:
            accepted = select(func.count()).select_from(Delivery).where(Delivery.state == "sent")
            assert await session.scalar(accepted) == self.messages
        return self.messages / seconds

    async def _plan(self) -> None:
        now = Clock().now()
        async with self.database.begin() as session:
            await session.execute(delete(Delivery))
            await session.execute(delete(Notice))
            everybody = (await session.scalars(select(Person.id))).all()
            await notices.plan(session, now, [_reminder(person_id, now) for person_id in everybody])
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
