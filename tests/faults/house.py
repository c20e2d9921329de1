"""An installation of real processes on a real PostgreSQL, with people, news for them, and time that can pass."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from content.parts import Value
from core import addresses
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.tables.channels import ChannelState
from core.tables.chats import Inbox, Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, Person, PersonAddress
from core.values import Handle, PersonName
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from tests.fakes.telegram import TOKEN
from tests.faults.processes import Outputs, Process
from tests.faults.provider import Provider

#: The keys that tests/conftest.py gives this process, as processes get them.
KEYS = {
    "PIM_SECRET_KEYS": "voorbeeld-sleutel-van-een-gemeente",
    "PIM_INDEX_KEY": "voorbeeld-zoeksleutel-van-een-gemeente",
}

#: Longer than any lease: what a lost process held is free.
LEASES_OVER = timedelta(minutes=1)

_MANY = 1000


class House:
    """One installation; its processes are started and lost by the test."""

    def __init__(self, database: Database, provider: Provider, folder: Path) -> None:
        self.database, self.provider = database, provider
        self.clock = Clock()
        self.chats: dict[UUID, str] = {}  #: person -> chat
        self._folder = folder
        self._processes: list[Process] = []
        self.env = {
            **KEYS,
            "PIM_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "PIM_DATA_DIR": str(folder / "var"),
            "PIM_BIND": "127.0.0.1:0",
            "PIM_CHANNELS": "telegram",
            "PIM_TELEGRAM_TOKEN": TOKEN,
            "PIM_TELEGRAM_API_URL": provider.url,
            "PIM_TELEGRAM_RATE": "0",
            "PIM_TELEGRAM_CHAT_RATE": "0",
            "PIM_TWILIO_API_URL": provider.url,
            "PIM_QUIET_HOURS": "off",
            "PIM_CONTACT_PHONE": "14 0413",
            "PIM_EMERGENCY_PHONE": "0413 00 00 00",
        }

    def pim(self, *arguments: str, **env: str) -> Process:
        """A command under way."""
        return self.process("bot", *arguments, **env)

    def unread(self, outputs: Outputs, *arguments: str) -> Process:
        """A command of which nobody reads what it says."""
        return self._kept(Process(arguments, self.env, self._folder, outputs=outputs))

    def process(self, module: str, *arguments: str, **env: str) -> Process:
        """A program with this installation's settings."""
        return self._kept(Process(arguments, {**self.env, **env}, self._folder, module=module))

    def _kept(self, process: Process) -> Process:
        self._processes.append(process)
        return process

    async def start(self, *roles: str, **env: str) -> Process:
        """`pim run --only` these roles, once it works."""
        process = self.pim("run", "--only", ",".join(roles), **env)
        await process.ready()
        return process

    def end(self) -> None:
        """No process of the test outlives it."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.kill()

    async def people(self, count: int, **values: Any) -> list[UUID]:
        """So many persons, each with a Telegram chat of their own."""
        now, found = self.clock.now(), []
        for begin in range(0, count, _MANY):
            async with self.database.begin() as session:
                for _ in range(min(_MANY, count - begin)):
                    chat = str(100_000 + len(self.chats))
                    person, address = _person(now, chat, **values)
                    session.add_all([person, address])
                    self.chats[person.id] = chat
                    found.append((person.id, address.id))
                await session.flush()
                session.add_all(
                    PersonAddress(person_id=person_id, address_id=address_id, verified_at=now, chosen_at=now)
                    for person_id, address_id in found[begin:]
                )
        return [person_id for person_id, _ in found]

    async def plan(self, persons: Sequence[UUID], kind: str = "update", step: str = "", **values: Any) -> UUID:
        """One thing that is due now for all of them, in this order; gives its source."""
        now, source_id = self.clock.now(), new_id()
        plans = [
            a_plan(person_id, kind, step, source_id, due=now - timedelta(milliseconds=len(persons) - place), **values)
            for place, person_id in enumerate(persons)
        ]
        for begin in range(0, len(plans), _MANY):
            async with self.database.begin() as session:
                await notices.plan(session, now, plans[begin : begin + _MANY])
        return source_id

    async def states(self) -> Counter[str]:
        """State -> how many notices."""
        return Counter(dict(await self._rows(select(Notice.state, func.count()).group_by(Notice.state))))

    async def of(self, *states: str) -> list[str]:
        """The chats whose notice stands in one of these states."""
        rows = await self._rows(select(Notice.person_id).where(Notice.state.in_(states)))
        return [self.chats[person_id] for (person_id,) in rows]

    async def deliveries(self) -> Counter[str]:
        """State -> how many attempts."""
        return Counter(dict(await self._rows(select(Delivery.state, func.count()).group_by(Delivery.state))))

    async def settled(self) -> bool:
        """Whether nothing waits that is due, and nothing is on its way."""
        waiting = select(func.count()).where(Notice.state.in_(("planned", "claimed", "handing")))
        answers = select(func.count()).where(Reply.state.in_(("planned", "claimed", "handing")))
        unread = select(func.count()).where(Inbox.handled_at.is_(None))
        return not any([(await self._rows(query))[0][0] for query in (waiting, answers, unread)])

    async def at_rest(self) -> bool:
        """Whether nothing is on its way, and what is due waits for another try."""
        waits = Notice.retry_at > self.clock.real()
        moving = Notice.state.in_(("claimed", "handing")) | ((Notice.state == "planned") & waits.is_not(True))
        return not await self.scalar(select(func.count()).where(moving))

    async def lapse(self) -> None:
        """Real time passes: leases, waits for a retry and pauses are over. Only while no process holds any."""
        async with self.database.begin() as session:
            await session.execute(text("SET LOCAL lock_timeout = '20s'"))  # whoever holds a row fails the test
            for row in (Notice, Reply):
                await session.execute(update(row).values(lease_until=row.lease_until - LEASES_OVER))
                await session.execute(update(row).values(retry_at=row.retry_at - timedelta(hours=1)))
            await session.execute(update(ChannelState).values(paused_until=None))

    async def busy(self) -> list[Any]:
        """The connections of processes that stood in a transaction, or waited for its answer, for half a second."""
        return await self._rows(_BUSY)

    async def _rows(self, query: Any) -> list[Any]:
        async with self.database.begin() as session:
            return list(await session.execute(query))

    async def scalar(self, query: Any) -> Any:
        """The first value that a query finds."""
        rows = await self._rows(query)
        return rows[0][0] if rows else None


_BUSY = text("""
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (state LIKE 'idle in transaction%' OR state = 'active')
      AND clock_timestamp() - state_change > interval '500 milliseconds'
""")


def _person(now: datetime, chat: str, **values: Any) -> tuple[Person, Address]:
    person = Person(**{"languages": ["nl"], **values}, created_at=now)
    person.name = PersonName("Voorbeeld")
    handle = Handle(chat)
    address = Address(
        channel="telegram", handle=handle, handle_hash=addresses.handle_hash("telegram", handle), created_at=now
    )
    return person, address


def a_plan(person_id: UUID, kind: str, step: str, source_id: UUID, **values: Any) -> Plan:
    """One notice, as whoever makes something plans it."""
    return Plan(
        person_id=person_id, kind=kind, step=step, source_kind=kind, source_id=source_id, values=_VALUES[kind], **values
    )


#: What a push of each kind says, beside its own words.
_VALUES: Mapping[str, Mapping[str, Value]] = {
    "update": {},
    "leefgeld": {},
    "appointment": {"day": date(2031, 1, 14), "time": time(10), "old_day": date(2031, 1, 7)},
}
