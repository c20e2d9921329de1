"""Reminders from due row to accepted by a loopback provider, against a bare aiogram loop: messages, and CPU."""

import asyncio
from collections.abc import Sequence
from time import perf_counter, process_time

import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from core.embedded import EmbeddedPostgres
from core.settings import Settings
from messaging.telegram.send import Sender
from tests.bench import ground, procfs, provider, rows, size
from tests.bench.blast import CONCURRENCY, Blast, Run
from tests.bench.rows import Row

ROWS = ("telegram_broadcast_vs_aiogram", "telegram_cpu_vs_aiogram")

MESSAGES = 20_000
OURS = 3  #: runs, with one of theirs between each two

_TEXT = "Morgen heeft u een afspraak: dinsdag 12 januari, 10:00 uur."


def run() -> list[Row]:
    """Both rows, of the same runs."""
    with provider.running() as api_url, ground.server() as postgres:
        ours, theirs = uvloop.run(_runs(postgres, api_url))
    return [
        rows.neighbours(ROWS[0], [run.rate for run in ours], [run.rate for run in theirs], target=">= 1.5"),
        rows.neighbours(ROWS[1], [run.cpu for run in ours], [run.cpu for run in theirs], target="<= 0.7"),
    ]


async def _runs(postgres: EmbeddedPostgres, api_url: str) -> tuple[Sequence[Run], Sequence[Run]]:
    postmaster = postgres.pid
    assert postmaster is not None
    messages = size.of(MESSAGES, least=500)
    ours, theirs = [], []
    async with ground.house(postgres.create_database("house")) as database:
        blast = Blast(
            database=database,
            channel="telegram",
            settings=Settings(_env_file=None, telegram_rate=0, telegram_chat_rate=0),
            messages=messages,
            spent=lambda: procfs.cpu_seconds(postmaster),
        )
        await blast.invite()
        for number in range(OURS):
            if number:
                theirs.append(await _bare(api_url, messages))
            sender = Sender(token=provider.TOKEN, api_url=api_url, rate=0)
            ours.append(await blast.send(sender))
            await sender.close()
    return ours, theirs


async def _bare(api_url: str, messages: int) -> Run:
    """What a bot author would write: nothing kept, one language."""
    bot = Bot("1000:" + "b" * 35, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    free = asyncio.Semaphore(CONCURRENCY)

    async def send(chat: int) -> None:
        async with free:
            await bot.send_message(chat, _TEXT)

    start, before = perf_counter(), process_time()
    await asyncio.gather(*(send(100_000 + number) for number in range(messages)))
    seconds, spent = perf_counter() - start, process_time() - before
    await bot.session.close()
    return Run(rate=messages / seconds, cpu=spent / messages)
