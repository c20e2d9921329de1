"""A service whose webhooks are open, as providers and strangers reach it."""

import io
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.fakes.twilio import ACCOUNT, sign
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN
from tests.faults.house import House
from tests.faults.processes import Process

SECRET = "een-lang-geheim-voor-de-proef"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
PUBLIC = "https://pim.voorbeeld"

TELEGRAM, MESSAGES, STATUS = "/webhooks/telegram", "/webhooks/twilio/messages", "/webhooks/twilio/status"

FORM = "application/x-www-form-urlencoded"


class Doors:
    """One process with its webhooks."""

    def __init__(self, process: Process, url: str, client: aiohttp.ClientSession) -> None:
        self.process, self.url, self.client = process, url, client

    async def post(self, path: str, headers: Mapping[str, str], body: Any) -> int:
        """The status of the answer; 0 where the line was cut instead, which only a body that is too large may see."""
        data = io.BytesIO(body) if isinstance(body, bytes) else body
        try:
            async with self.client.post(self.url + path, headers=headers, data=data) as answer:
                await answer.read()
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def update(self, update: Mapping[str, Any]) -> int:
        """As Telegram posts it."""
        return await self.post(TELEGRAM, {**HEADER, "Content-Type": "application/json"}, json.dumps(update))

    async def form(self, path: str, fields: Mapping[str, str], **headers: str) -> int:
        """As Twilio posts it, signed."""
        signature = sign(TWILIO_TOKEN, PUBLIC + path, fields)
        return await self.post(path, {"X-Twilio-Signature": signature, **headers}, dict(fields))

    @property
    def megabytes(self) -> float:
        """What the process holds in memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * 4096 / 1e6


@asynccontextmanager
async def doors(house: House, *roles: str, aloud: bool = False, **env: str) -> AsyncIterator[Doors]:
    """A process of these roles beside `web`, with all three webhooks; `aloud`: it logs at DEBUG."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    only = ",".join(("web", *roles))
    command = ("tests.faults.aloud", only) if aloud else ("bot", "run", "--only", only)
    process = house.process(
        *command,
        PIM_BIND=bind,
        PIM_PUBLIC_URL=PUBLIC,
        PIM_CHANNELS="telegram,sms,whatsapp",
        PIM_TELEGRAM_MODE="webhook",
        PIM_TELEGRAM_WEBHOOK_SECRET=SECRET,
        PIM_TWILIO_ACCOUNT_SID=ACCOUNT,
        PIM_TWILIO_AUTH_TOKEN=TWILIO_TOKEN,
        PIM_TWILIO_SMS_FROM="+3197010200000",
        PIM_TWILIO_WHATSAPP_FROM="+3197010200000",
        **env,
    )
    await process.ready()
    # A line of its own for each: one that was cut says nothing about the next.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0)) as client:
        yield Doors(process, f"http://{bind}", client)
