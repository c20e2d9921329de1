"""A Telegram broadcast through the house, against a task per message on procrastinate with aiogram."""

from time import perf_counter

import procrastinate
import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import URL

from core.settings import Settings
from messaging.telegram.send import Sender
from tests.bench import ground, provider
from tests.bench.blast import CONCURRENCY, Blast
from tests.bench.rows import Row, ratio

ROWS = ("telegram_broadcast_vs_procrastinate",)

OURS, THEIRS = 10_000, 1000
PAIRS = 3

_TEXT = "Morgen heeft u een afspraak: dinsdag 12 januari, 10:00 uur."


def run() -> list[Row]:
    """The row."""
    with provider.running() as api_url, ground.server() as postgres:
        return uvloop.run(_pairs(postgres.create_database("house"), postgres.create_database("tasks"), api_url))


async def _pairs(house: URL, queue: URL, api_url: str) -> list[Row]:
    ours, theirs = [], []
    async with ground.house(house) as database:
        settings = Settings(_env_file=None, telegram_rate=0, telegram_chat_rate=0)
        blast = Blast(database=database, channel="telegram", settings=settings, messages=OURS)
        await blast.invite()
        await _schema(queue)
        for _ in range(PAIRS):
            sender = Sender(token=provider.TOKEN, api_url=api_url, rate=0)
            ours.append((await blast.send(sender)).rate)
            await sender.close()
            theirs.append(await _tasks(queue, api_url))
    return [ratio(ROWS[0], ours, theirs, target=">= 15")]


def _app(queue: URL) -> procrastinate.App:
    where = {"host": str(queue.query["host"]), "port": str(queue.query["port"])}
    return procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            kwargs={**where, "user": queue.username, "dbname": queue.database}, max_size=10
        )
    )


async def _schema(queue: URL) -> None:
    async with _app(queue).open_async() as app:
        await app.schema_manager.apply_schema_async()


async def _tasks(queue: URL, api_url: str) -> float:
    """Messages a second; to put the tasks into the queue isn't counted, as planning isn't."""
    app = _app(queue)
    bot = Bot("1000:" + "b" * 35, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    sent = 0

    async def remind(chat: int) -> None:
        nonlocal sent
        await bot.send_message(chat, _TEXT)
        sent += 1

    task = app.task(name="remind")(remind)
    async with app.open_async():
        await task.batch_defer_async(*({"chat": 1000 + number} for number in range(THEIRS)))
        start = perf_counter()
        await app.run_worker_async(wait=False, concurrency=CONCURRENCY, install_signal_handlers=False)
        seconds = perf_counter() - start
    await bot.session.close()
    assert sent == THEIRS
    return THEIRS / seconds
