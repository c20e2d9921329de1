"""A worker with a still clock, and people with addresses and appointments for it to write to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from content import catalogue
from content.inforce import concepts
from core import addresses
from core.database import Database
from core.tables.notices import Notice
from core.values import Handle
from messaging.channel import Outgoing
from scheduler.meetings import appointments
from scheduler.queue import replies
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

DUTCH = concepts(catalogue.load(("nl",)))


class Desk:
    """A worker with a still clock, and one person with a telegram address and an appointment."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(NOW)
        self.telegram, self.sms = RecordingOutlet("telegram"), RecordingOutlet("sms", edits=False)
        self.outlets = {"telegram": self.telegram, "sms": self.sms}
        self.worker = Worker(database, self.clock, HOUSE, self.outlets, lambda: DUTCH)

    async def person(self, **channels: str) -> UUID:
        """Somebody with these addresses, in this order of preference."""
        async with self.database.begin() as session:
            person = await world.person(session, languages=["nl"])
            for rank, (channel, handle) in enumerate((channels or {"telegram": "1001"}).items()):
                address = await addresses.ensure(session, NOW, channel, Handle(handle))
                await addresses.attach(session, NOW, person.id, address.id, verified=True, rank=rank)
        return person.id

    async def appointment(self, person_id: UUID, start: str = "2027-01-12 10:00", *, kind: str = "pip_gesprek") -> UUID:
        async with self.database.begin() as session:
            row = await appointments.make(
                session,
                self.clock.now(),
                HOUSE,
                person_id=person_id,
                kind=kind,
                wall_time=datetime.fromisoformat(start),
                minutes=30,
                place=None,
                with_whom=None,
                tolk=None,
                by=None,
            )
        return row.id

    async def until(self, text: str) -> list[str]:
        """Move to a wall time and send what is due; what telegram got meanwhile."""
        before = len(self.telegram.sent)
        self.clock.moment = at(text)
        await self.worker.drain()
        return self.telegram.texts[before:]

    async def answer(self, handle: str) -> None:
        """An answer that waits for an address of its own."""
        async with self.database.begin() as session:
            address = await addresses.ensure(session, NOW, "telegram", Handle(handle))
            await replies.put(session, NOW, address.id, Outgoing(text="Goed.", language="nl"))

    async def states(self) -> dict[str, str]:
        async with self.database.begin() as session:
            return {row.step: row.state for row in await session.scalars(select(Notice))}

    async def all(self, row: type[Any]) -> list[Any]:
        async with self.database.begin() as session:
            return list(await session.scalars(select(row)))
