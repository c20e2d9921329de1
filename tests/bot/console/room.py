"""A console in a test: a real database, a clock that stands still, and browsers that are logged in."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from aiohttp import CookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.console import DemoStaff, Desk, add_to, sessions
from bot.console.access import COOKIE
from content import catalogue
from content.inforce import InForce, concepts
from core import accounts, addresses, people
from core.database import Database
from core.settings import Settings
from core.tables.audit import AuditEntry
from core.tables.people import Account, Person
from core.values import Handle
from tests.fakes.clock import FakeClock
from tests.scheduler.world import NOW, settings

PASSWORD = "voorbeeld voorbeeld"
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
TEXTS: InForce = concepts(catalogue.load())


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a browser shows."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def leads_to(self) -> str:
        """Where a 303 goes."""
        assert self.status == 303, f"{self.status}: {self.text}"
        return self.headers["Location"]


class Browser:
    """A browser without scripts; it doesn't follow a 303 by itself."""

    def __init__(self, client: "TestClient[Any, Any]") -> None:
        self.client = client

    async def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        async with self.client.get(path, allow_redirects=False, headers=headers) as answer:
            return Answer(status=answer.status, text=await answer.text(), headers=answer.headers)

    async def post(self, path: str, form: Mapping[str, Any] | FormData | None = None, **headers: str) -> Answer:
        """Send a form; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post(path, data=form or {}, allow_redirects=False, headers=named) as answer:
            return Answer(status=answer.status, text=await answer.text(), headers=answer.headers)

    async def send(self, path: str, form: Mapping[str, Any] | FormData | None = None) -> Answer:
        """Send a form that must succeed, and open the page it leads to."""
        return await self.get((await self.post(path, form)).leads_to)

    async def upload(self, path: str, content: bytes, filename: str) -> Answer:
        """Send a file."""
        form = FormData()
        form.add_field("file", BytesIO(content), filename=filename, content_type="application/octet-stream")
        return await self.post(path, form)

    async def close(self) -> None:
        """Close the browser."""
        await self.client.close()


class Room:
    """One installation's console."""

    def __init__(self, database: Database, **values: Any) -> None:
        self.database = database
        self.clock = FakeClock(NOW)
        self.settings: Settings = settings(**values)
        self.texts: InForce = TEXTS
        self.browsers: list[Browser] = []

    def application(self, *, demo: bool = False, demo_staff: tuple[DemoStaff, ...] = ()) -> web.Application:
        """The service with nothing but its console."""
        app = web.Application()
        add_to(
            app,
            Desk(
                database=self.database,
                settings=self.settings,
                clock=self.clock,
                texts=lambda: self.texts,
                demo=demo,
                demo_staff=demo_staff,
            ),
        )
        return app

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction beside the console's own."""
        async with self.database.begin() as session:
            yield session

    async def until_somebody_waits(self) -> None:
        """Return when somebody waits for a row that another holds."""
        waiting = 0
        while not waiting:
            await asyncio.sleep(0.01)
            async with self.begin() as session:
                waiting = (await session.execute(_WAITING)).scalar_one()

    async def staff(self, role: str = "klantmanager", name: str = "Karin", *languages: str, **values: Any) -> Account:
        """An account that can log in."""
        async with self.begin() as session:
            return await accounts.add(
                session,
                NOW,
                email=f"{name.lower()}@voorbeeld.nl",
                name=name,
                role=role,
                languages=languages,
                **{"password": None, **values},
            )

    async def person(self, of: Account | None = None, **values: Any) -> Person:
        """An inburgeraar, in the caseload of a klantmanager or a begeleider."""
        bond = {f"{of.role}_id": of.id} if of else {}
        async with self.begin() as session:
            return await people.add(session, NOW, **{"name": "Selam", "languages": ["ti"], **bond, **values})

    async def phone(self, person: Person, channel: str = "telegram", handle: str = "+31612345678") -> UUID:
        """A phone that the person linked."""
        async with self.begin() as session:
            address = await addresses.ensure(session, NOW, channel, Handle(handle))
            await addresses.attach(session, NOW, person.id, address.id, verified=True)
            return address.id

    async def browser(self, account: Account | None = None, **values: Any) -> Browser:
        """A browser, logged in as this account."""
        client = TestClient(TestServer(self.application(**values)), cookie_jar=CookieJar(unsafe=True))
        await client.start_server()
        if account is not None:
            async with self.begin() as session:
                token = await sessions.start(session, self.clock.real(), account.id)
            client.session.cookie_jar.update_cookies({COOKIE: token}, client.make_url("/console/"))
        browser = Browser(client)
        self.browsers.append(browser)
        return browser

    async def audited(self, action: str) -> list[AuditEntry]:
        """What the audit log holds about an action."""
        async with self.begin() as session:
            return list(await session.scalars(select(AuditEntry).where(AuditEntry.action == action)))

    async def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table."""
        async with self.begin() as session:
            return list(await session.scalars(select(table)))


def on(text: str) -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text)
