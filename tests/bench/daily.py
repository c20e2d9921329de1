"""What people and staff wait for in a municipality of 10,000: pages, the agenda on a phone, a seat that many want."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from time import perf_counter
from typing import Any

import uvloop
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import conversation
from bot.console import Desk, add_to
from content import catalogue
from content.inforce import InForce, concepts
from core import clock
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.tables.agenda import Partner, Place, Workshop
from core.tables.people import Account
from messaging.channel import Incoming
from scheduler.meetings import workshops
from tests.bench import ground, town
from tests.bench.rows import Row, measured, p95
from tests.bench.town import Town

ROWS = ("people_search_p95_ms", "home_p95_ms", "agenda_p95_ms", "signup_contended_p95_ms")

RUNS = 3
ASKED = 60  #: times in a run; its figure is their 95th percentile
WARM_UP = 10
SEATS, RUSH = 20, 60  #: seats of a workshop, and who taps at the same moment

Asks = Callable[[int], Awaitable[None]]


def run() -> list[Row]:
    """All four rows, in one town."""
    with ground.server() as postgres:
        return uvloop.run(_measured(postgres.create_database("town")))


async def _measured(url: Any) -> list[Row]:
    settings = Settings(_env_file=None, quiet_hours="off")
    texts = concepts(catalogue.load(("nl",)))
    async with ground.house(url) as database:
        built = await town.build(database, settings)
        async with _browser(database, settings, texts, built.klantmanager) as browser:
            search = [await _p95(_page(browser, "/console/people?q={}")) for _ in range(RUNS)]
            home = [await _p95(_page(browser, "/console/")) for _ in range(RUNS)]
        agenda = [await _p95(_agenda(database, settings, texts)) for _ in range(RUNS)]
        seats = [await _rush(database, settings, built, number) for number in range(1 + RUNS)][1:]
    return [
        measured("people_search_p95_ms", search, "ms"),
        measured("home_p95_ms", home, "ms"),
        measured("agenda_p95_ms", agenda, "ms"),
        measured("signup_contended_p95_ms", seats, "ms"),
    ]


async def _p95(ask: Asks) -> float:
    """Milliseconds, one after the other."""
    taken = []
    for number in range(WARM_UP + ASKED):
        start = perf_counter()
        await ask(number)
        taken.append(1000 * (perf_counter() - start))
    return p95(taken[WARM_UP:])


@asynccontextmanager
async def _browser(
    database: Database, settings: Settings, texts: InForce, account: Account
) -> AsyncIterator["TestClient[Any, Any]"]:
    """A browser that is logged in to the console."""
    app = web.Application()
    add_to(app, Desk(database=database, settings=settings, clock=Clock(), texts=lambda: texts))
    async with TestClient(TestServer(app)) as client:
        async with client.post("/console/login", data={"email": account.email, "password": town.PASSWORD}) as answer:
            assert answer.status == 200
        yield client


def _page(browser: "TestClient[Any, Any]", address: str) -> Asks:
    """Open a page; {} becomes a name."""

    async def ask(number: int) -> None:
        name = town.name_of(town.STAFF * number)
        async with browser.get(address.replace("{}", name)) as answer:
            page = await answer.text()
        assert answer.status == 200
        assert "{}" not in address or name in page

    return ask


def _agenda(database: Database, settings: Settings, texts: InForce) -> Asks:
    """Tap on the agenda: until the answer is written for the worker."""

    async def ask(number: int) -> None:
        tap = Incoming(channel="telegram", handle=town.handle_of(number), choice="agenda.open", tap="1")
        async with database.begin() as session:
            assert await conversation.answer(session, settings, texts, Clock().now(), tap, edits=True)

    return ask


async def _rush(database: Database, settings: Settings, built: Town, number: int) -> float:
    """Many sign up for one day at once: milliseconds from everybody's tap until her own answer, 95th percentile."""
    now = Clock().now()
    async with database.begin() as session:
        partner, place = Partner(name=f"Voorbeeld {number}"), Place(name=f"Voorbeeld {number}", town="Veghel")
        session.add_all([partner, place])
        await session.flush()
        theme = Workshop(
            title=f"Voorbeeld {number}", summary="Voorbeeld", leefgebied="wonen", partner_id=partner.id, minutes=120
        )
        session.add(theme)
        await session.flush()
        day = await workshops.schedule(
            session,
            now,
            settings,
            workshop_id=theme.id,
            wall_time=clock.wall(now, settings.timezone).replace(microsecond=0) + timedelta(days=30),
            place_id=place.id,
            capacity=SEATS,
        )
    start = perf_counter()

    async def tap(person: int) -> tuple[float, str]:
        async with database.begin() as session:
            seat = await workshops.sign_up(session, now, settings, day.id, built.people[person])
        return 1000 * (perf_counter() - start), seat.status

    ends = await asyncio.gather(*(tap(person) for person in range(RUSH)))
    assert [status for _, status in ends].count("enrolled") == SEATS
    return p95([taken for taken, _ in ends])
