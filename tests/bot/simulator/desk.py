"""A simulator on a small server, with an inbox in memory and a time machine that only notes where it was sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.console.desk import DemoStaff
from bot.simulator import Desk, add_to
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from messaging.channel import Button, Outgoing
from messaging.simulator import Simulator
from tests.fakes.inbox import MemoryInbox

NOW = datetime.fromisoformat("2027-03-27T09:00:00+01:00")  #: the day before the clock goes forward

YES = Button(id="appointment.yes:1", label="✅ Ik kom", digit=1)
KARIN = DemoStaff(email="karin@voorbeeld.example", password="welkom-voorbeeld", name="Karin", role="klantmanager")


class StillClock(Clock):
    """A clock that stands still until it is set."""

    def real(self) -> datetime:
        return NOW


class Machine:
    """Moves the clock at once; `gate` keeps a move going for as long as it is closed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    async def move(self, target: datetime) -> int:
        self.begun.set()
        await self.gate.wait()
        self._clock.offset = target - NOW
        return await self.waiting()

    async def waiting(self) -> int:
        return 2

    async def idle(self, seconds: float) -> bool:
        return seconds > 0


@dataclass(kw_only=True)
class Phones:
    """What a check from outside has: the calls."""

    client: TestClient[web.Request, web.Application]
    simulator: Simulator
    inbox: MemoryInbox
    machine: Machine
    clock: Clock
    database: Database

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of one call."""
        given = {} if body is None else {"json": body}
        async with self.client.request(method, f"/simulator/api/{path}", **given) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> Any:
        status, found = await self.call("GET", path)
        assert status == 200, found
        return found

    async def new(self, channel: str = "telegram", language: str = "ar") -> dict[str, Any]:
        """A new phone, as the list of phones shows it."""
        _, made = await self.call("POST", "phones", {"channel": channel, "language": language})
        (phone,) = [phone for phone in await self.get("phones") if phone["id"] == made["id"]]
        return dict(phone)


def question(text: str = "Komt u?", **more: Any) -> Outgoing:
    return Outgoing(text=text, language="nl", buttons=(YES,), **more)


@asynccontextmanager
async def phones(database: Database) -> AsyncIterator[Phones]:
    """The simulator's calls and page, served."""
    clock, inbox = StillClock(timedelta()), MemoryInbox()
    machine, simulator = Machine(clock), Simulator(database, clock, inbox.keep)
    app = web.Application()
    desk = Desk(
        database=database,
        clock=clock,
        settings=Settings(timezone="Europe/Amsterdam"),
        simulator=simulator,
        move=machine.move,
        waiting=machine.waiting,
        idle=machine.idle,
        staff=(KARIN,),
    )
    add_to(app, desk)
    async with TestClient(TestServer(app)) as client:
        yield Phones(client=client, simulator=simulator, inbox=inbox, machine=machine, clock=clock, database=database)
