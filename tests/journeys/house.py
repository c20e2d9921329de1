"""The whole house in one test: real database, simulated phones, console pages, and a clock that tests move."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.console import Desk, add_to
from bot.inbox import Inbox, keeper
from bot.timemachine import TimeMachine
from content import catalogue
from content.inforce import InForce, concepts
from core import accounts, links, people
from core.clock import wall
from core.database import Database
from core.settings import Settings
from core.tables.people import Account, Person
from messaging.channel import Channel
from messaging.simulator import Simulator
from messaging.simulator.phones import Bubble
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.scheduler.world import at

NOW = at("2026-12-21 11:00")  # a Monday
PASSWORD = "voorbeeld voorbeeld"


class House:
    """A running service without a process of its own: every step is taken by the test."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(NOW)
        self.settings = Settings(
            _env_file=None, contact_phone="14 0413", emergency_phone="0413 00 00 00", caller_shown="0413 11 11 11"
        )
        self.texts: InForce = concepts(catalogue.load())
        self.phones = Simulator(database, self.clock, keeper(database, self.clock))
        channels: dict[str, Channel] = {name: self.phones.channel(name) for name in self.settings.channels}
        self.worker = Worker(database, self.clock, self.settings, channels, lambda: self.texts)
        self.inbox = Inbox(database, self.clock, self.settings, channels, lambda: self.texts)
        self.machine = TimeMachine(database, self.clock, self.settings, self.worker, self.inbox)

    async def staff(self, role: str, email: str, *languages: str, person_id: UUID | None = None) -> Account:
        """An account that can log in."""
        async with self.database.begin() as session:
            return await accounts.add(
                session,
                self.clock.now(),
                email=email,
                name=email.partition("@")[0].title(),
                role=role,
                languages=languages,
                person_id=person_id,
                password=PASSWORD,
            )

    async def person(self, **values: Any) -> Person:
        """An inburgeraar whom nobody has linked to a phone yet."""
        async with self.database.begin() as session:
            return await people.add(session, self.clock.now(), **{"name": "Voorbeeld", "languages": ["ti"], **values})

    async def card(self, person: Person, pictures: tuple[int, int] = (1, 8)) -> str:
        """The code of a new card."""
        async with self.database.begin() as session:
            kept = await session.get_one(Person, person.id)
            card = await links.issue(session, self.clock.now(), kept, pictures=pictures)
        return links.normal(card.code)

    async def phone(self, channel: str = "telegram", language: str | None = None) -> "Phone":
        """A new, unknown phone."""
        return Phone(house=self, id=await self.phones.add(channel, language))

    async def linked(self, person: Person, channel: str = "telegram", *, news: bool = True) -> "Phone":
        """A phone that went through the card, the choices and the pictures."""
        phone = await self.phone(channel)
        code = await self.card(person)
        await phone.say(f"/start {code}" if channel == "telegram" else f"PIM {code}")
        steps = ["welcome.what", "welcome.data", "welcome.choose", "welcome.here", "welcome.alone"]
        for step in [*steps, "welcome.news" if news else "welcome.no_news", "link.first:1", "link.second:8"]:
            await phone.tap(step)
        return phone

    async def answer(self) -> None:
        """Handle what came in and send what that brings about."""
        await self.inbox.drain()
        async with self.worker.still():
            await self.worker.drain()
        await self.inbox.drain()

    async def settle(self) -> None:
        """Let all that is due now happen."""
        await self.machine.move(self.clock.now() + timedelta(microseconds=1))

    async def until(self, text: str) -> None:
        """Move the service's time to a wall time, sending what falls due on the way."""
        await self.machine.move(at(text))

    def clock_text(self, moment: datetime | None) -> str:
        """A moment as a clock in the municipality shows it."""
        assert moment is not None
        return f"{wall(moment, self.settings.timezone):%Y-%m-%d %H:%M}"

    async def console(self, email: str) -> "Console":
        """The console as this account sees it, logged in."""
        app = web.Application()
        add_to(
            app,
            Desk(database=self.database, settings=self.settings, clock=self.clock, texts=lambda: self.texts),
        )
        console = Console(TestClient(TestServer(app)))
        await console.client.start_server()
        await console.post("/console/login", {"email": email, "password": PASSWORD})
        return console


@dataclass(frozen=True, kw_only=True)
class Phone:
    """Somebody's phone, as she uses it."""

    house: House
    id: UUID

    async def say(self, text: str) -> None:
        """Type, and let the service answer."""
        await self.house.phones.say(self.id, text)
        await self.house.answer()

    async def tap(self, action: str) -> None:
        """Tap the newest button whose action begins so, and let the service answer."""
        offers = [offer.id for bubble in await self.bubbles() for offer in bubble.choices]
        wanted = [offer for offer in offers if offer == action or offer.startswith(f"{action}:")]
        assert wanted, f"no button {action} among {offers[-12:]}"
        await self.house.phones.tap(self.id, wanted[-1])
        await self.house.answer()

    async def bubbles(self) -> list[Bubble]:
        """Everything on the screen, oldest first."""
        return await self.house.phones.messages(self.id, 0, 0)

    async def got(self) -> list[Bubble]:
        """What the service sent."""
        return [bubble for bubble in await self.bubbles() if bubble.by == "service"]

    async def pushes(self) -> list[str]:
        """What arrived by itself."""
        return [bubble.text for bubble in await self.got() if bubble.pushed]

    async def last(self) -> Bubble:
        """The newest bubble of the service."""
        return (await self.got())[-1]

    async def opened(self) -> Bubble:
        """The newest bubble above the question whether it was clear."""
        asks = "understood.yes"
        return next(
            bubble
            for bubble in reversed(await self.got())
            if not any(offer.id.startswith(asks) for offer in bubble.choices)
        )


class Console:
    """A browser without scripts."""

    def __init__(self, client: "TestClient[Any, Any]") -> None:
        self.client = client

    async def page(self, path: str) -> str:
        """The text of a page that must be there."""
        async with self.client.get(path) as answer:
            assert answer.status == 200, f"{path}: {answer.status}"
            return await answer.text()

    async def post(self, path: str, form: Mapping[str, Any]) -> str:
        """Send a form; the text of the page it leads to."""
        async with self.client.post(path, data=form) as answer:
            text = await answer.text()
            assert answer.status == 200, f"{path}: {answer.status} {text[:300]}"
            return text

    async def close(self) -> None:
        """Close the browser."""
        await self.client.close()


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', page
    )
    assert found, f"no hidden field {name}"
    return found[1]
