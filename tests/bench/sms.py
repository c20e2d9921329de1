"""An SMS broadcast through the house, against the Twilio library's own asynchronous client."""

import asyncio
from time import perf_counter
from typing import Any

import uvloop
from sqlalchemy import URL
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from core.clock import Clock
from core.settings import Settings
from messaging.twilio.account import Account
from messaging.twilio.channels import Sms
from tests.bench import ground, provider
from tests.bench.blast import CONCURRENCY, Blast
from tests.bench.rows import Row, ratio

ROWS = ("sms_broadcast_vs_twilio",)

MESSAGES = 10_000
PAIRS = 5

_SID, _TOKEN, _FROM = "AC" + "1" * 32, "voorbeeld", "+3197010000000"
_TEXT = "PIM Welkom: morgen heeft u een afspraak, dinsdag 12 januari, 10:00 uur. 1 = ja, 2 = nee, 3 = bel mij."


class _Loopback(AsyncTwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """The library's client, whose calls go to the loopback provider."""

    def __init__(self, api_url: str) -> None:
        super().__init__()
        self._api_url = api_url

    async def request(self, method: str, url: str, *others: Any, **named: Any) -> Any:
        """The same call to another host."""
        return await super().request(method, url.replace("https://api.twilio.com", self._api_url), *others, **named)


def run() -> list[Row]:
    """The row."""
    with provider.running() as api_url, ground.server() as postgres:
        return uvloop.run(_pairs(postgres.create_database("house"), api_url))


async def _pairs(house: URL, api_url: str) -> list[Row]:
    settings = Settings(
        _env_file=None,
        twilio_account_sid=_SID,
        twilio_auth_token=_TOKEN,
        twilio_api_url=api_url,
        twilio_sms_from=_FROM,
        twilio_sms_rate=0,
        daily_sms_limit=1_000_000,
        quiet_hours="off",
        public_url="https://voorbeeld.test",
    )
    ours, theirs = [], []
    async with ground.house(house) as database:
        blast = Blast(database=database, channel="sms", settings=settings, messages=MESSAGES)
        await blast.invite()
        for _ in range(PAIRS):
            sms = Sms(Account(settings, Clock()), settings)
            ours.append((await blast.send(sms)).rate)
            await sms.close()
            theirs.append(await _bare(api_url))
    return [ratio(ROWS[0], ours, theirs, target=">= 1.2")]


async def _bare(api_url: str) -> float:
    """Messages a second of the library alone."""
    http = _Loopback(api_url)
    client = Client(_SID, _TOKEN, http_client=http)
    free = asyncio.Semaphore(CONCURRENCY)

    async def send(number: int) -> None:
        async with free:
            await client.messages.create_async(to=f"+316{10_000_000 + number}", from_=_FROM, body=_TEXT)

    start = perf_counter()
    await asyncio.gather(*(send(number) for number in range(MESSAGES)))
    seconds = perf_counter() - start
    await http.close()
    return MESSAGES / seconds
