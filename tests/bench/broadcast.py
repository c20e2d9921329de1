"""Reminders from due row to accepted by a loopback provider, against a bare aiogram loop."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID

import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import URL, delete, func, select, text

from content import catalogue
from content.inforce import concepts
from content.parts import Value
from core import addresses, crypto, migrate, people
from core.clock import Clock
from core.crypto import Keyring
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.ids import new_id
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.values import Handle
from messaging.telegram.send import Sender
from scheduler import notices
from scheduler.notices import Plan
from scheduler.worker import Worker
from tests.bench import provider
from tests.bench.rows import Row, ratio

MESSAGES = 2000
PAIRS = 5
CONCURRENCY = 50

_LANGUAGES = ("nl", "en", "ar", "ti", "fa", "tr")


def run() -> list[Row]:
    """The row `telegram_broadcast_vs_aiogram`: each side on the loop that it would have, the house on uvloop."""
    crypto.install(Keyring(["bench " * 8], "index " * 8))
    ours, theirs = [], []
    with TemporaryDirectory(prefix="pim-bench-") as folder, provider.running() as url:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres.start(Path(folder)) as postgres:
            database = postgres.create_database("bench")
            uvloop.run(_prepared(database))
            for _ in range(PAIRS):
                ours.append(uvloop.run(_house(Database(database), url)))
                theirs.append(asyncio.run(_bare(url)))
    return [ratio("telegram_broadcast_vs_aiogram", ours, theirs)]


async def _prepared(url: URL) -> None:
    database = Database(url)
    await migrate.upgrade(database.engine)
    await _people(database)
    await database.close()


async def _people(database: Database) -> None:
    now = Clock().now()
    async with database.begin() as session:
        for number in range(MESSAGES):
            language = _LANGUAGES[number % len(_LANGUAGES)]
            person = await people.add(session, now, name="Voorbeeld", languages=[language])
            address = await addresses.ensure(session, now, "telegram", Handle(str(1000 + number)))
            await addresses.attach(session, now, person.id, address.id, verified=True)


async def _house(database: Database, url: str) -> float:
    settings = Settings(_env_file=None, telegram_rate=0)
    sender = Sender(token=provider.TOKEN, api_url=url, rate=0)
    texts = concepts(catalogue.load(_LANGUAGES))
    worker = Worker(database, Clock(), settings, {"telegram": sender}, lambda: texts)
    await _due(database)
    start = perf_counter()
    async with worker.still():
        await worker.drain()
    seconds = perf_counter() - start
    await sender.close()
    async with database.begin() as session:
        accepted = select(func.count()).select_from(Delivery).where(Delivery.state == "sent")
        assert (await session.execute(accepted)).scalar_one() == MESSAGES
    await database.close()
    return MESSAGES / seconds


async def _due(database: Database) -> None:
    now = Clock().now()
    values: Mapping[str, Value] = {"day": date(2027, 1, 12), "time": time(10)}
    async with database.begin() as session:
        await session.execute(delete(Delivery))
        await session.execute(delete(Notice))
        persons = (await session.scalars(select(Person.id))).all()
        await notices.plan(session, now, [_reminder(person_id, now, values) for person_id in persons])
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))


def _reminder(person_id: UUID, now: datetime, values: Mapping[str, Value]) -> Plan:
    return Plan(
        person_id=person_id,
        kind="appointment",
        step="day",
        source_kind="appointment",
        source_id=new_id(),
        due=now,
        values=values,
    )


async def _bare(url: str) -> float:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(token="1000:" + "b" * 35, session=session)
    free = asyncio.Semaphore(CONCURRENCY)

    async def send(chat: int) -> None:
        async with free:
            await bot.send_message(chat, "Morgen heeft u een afspraak: dinsdag 12 januari, 10:00 uur.")

    start = perf_counter()
    await asyncio.gather(*(send(1000 + number) for number in range(MESSAGES)))
    seconds = perf_counter() - start
    await session.close()
    return MESSAGES / seconds
