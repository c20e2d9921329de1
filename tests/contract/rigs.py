"""One rig per channel: the channel, its provider, and how that provider says things."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import webhooks
from core.clock import Clock
from core.settings import Settings, load
from core.values import Handle
from messaging.channel import Channel
from messaging.telegram.receive import Telegram
from messaging.twilio.channels import channels as twilio_channels
from messaging.twilio.signature import signature_fits
from tests.fakes.faults import Fault, refuse
from tests.fakes.inbox import MemoryInbox
from tests.fakes.provider import Accepted, FakeProvider
from tests.fakes.telegram import TOKEN, FakeTelegram, tap_update, text_update
from tests.fakes.twilio import ACCOUNT, FakeTwilio, message_fields, sign
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN

DEADLINE = 0.3  #: seconds, instead of the 15 of a real call
SECRET = "een-lang-geheim-voor-de-proef"
PUBLIC = "https://pim.voorbeeld"


class Judge(Protocol):
    """What a provider took and how it can be told to misbehave."""

    @property
    def calls(self) -> Counter[str]:
        """How often it was called, also in vain."""

    @property
    def ledger(self) -> Sequence[Accepted]:
        """Everything it took."""

    @property
    def messages(self) -> Sequence[Accepted]:
        """What a person got: no edits."""

    def script(self, *faults: Fault) -> None:
        """What happens to the next calls."""

    async def start(self) -> None:
        """Be there again."""

    async def stop(self) -> None:
        """Be away: connections are refused."""


class Rig(Protocol):
    """What the rows need of a channel; the simulator's rig says the same without a network."""

    @property
    def channel(self) -> Channel:
        """The channel under test."""

    @property
    def provider(self) -> Judge:
        """The judge."""

    @property
    def inbox(self) -> MemoryInbox:
        """Where its raw updates are kept."""

    @property
    def handle(self) -> Handle:
        """Somebody's address."""

    @property
    def gone(self) -> tuple[Fault, ...]:
        """Answers that mean: this address is dead for ever."""

    @property
    def to(self) -> str:
        """The handle as the ledger writes it."""

    @property
    def taps(self) -> bool:
        """Whether buttons can be tapped; elsewhere the number is typed."""

    def text(self, number: int, text: str) -> Any:
        """A raw update: the person typed something."""

    def tap(self, number: int, choice: str) -> Any:
        """A raw update: the person tapped a button, or typed its number."""

    async def post(self, raw: Any) -> int:
        """Send a raw update to our webhook as the provider does; the HTTP status."""


@dataclass(kw_only=True)
class TelegramRig:
    channel: Channel
    provider: FakeProvider
    client: TestClient[web.Request, web.Application]
    inbox: MemoryInbox
    handle: Handle = field(default_factory=lambda: Handle("700100200"))
    to: str = "700100200"
    taps: bool = True
    gone: tuple[Fault, ...] = (
        refuse(403, "Forbidden: bot was blocked by the user"),
        refuse(403, "Forbidden: user is deactivated"),
        refuse(400, "Bad Request: chat not found"),
    )

    def text(self, number: int, text: str) -> Any:
        return text_update(number, 700100200, text)

    def tap(self, number: int, choice: str) -> Any:
        return tap_update(number, 700100200, choice)

    async def post(self, raw: Any) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with self.client.post(webhooks.TELEGRAM, json=raw, headers=headers) as answer:
            return answer.status


@dataclass(kw_only=True)
class TwilioRig:
    channel: Channel
    provider: FakeProvider
    account: FakeTwilio
    client: TestClient[web.Request, web.Application]
    inbox: MemoryInbox
    prefix: str = ""
    handle: Handle = field(default_factory=lambda: Handle("+31612345678"))
    gone: tuple[Fault, ...] = (
        refuse(400, "Invalid 'To' Phone Number", 21211),
        refuse(400, "Attempt to send to unsubscribed recipient", 21610),
    )

    @property
    def taps(self) -> bool:
        return bool(self.prefix)

    @property
    def to(self) -> str:
        return f"{self.prefix}+31612345678"

    def text(self, number: int, text: str) -> Any:
        return message_fields(f"SM{number:032}", self.to, text, self.prefix + "+3197010200000")

    def tap(self, number: int, choice: str) -> Any:
        fields = self.text(number, choice)
        return {**fields, "ButtonPayload": choice, "ButtonText": "x"} if self.taps else fields

    async def post(self, raw: Any) -> int:
        headers = {"X-Twilio-Signature": sign(TWILIO_TOKEN, PUBLIC + webhooks.TWILIO_MESSAGES, raw)}
        async with self.client.post(webhooks.TWILIO_MESSAGES, data=raw, headers=headers) as answer:
            return answer.status

    async def report(self, message: Accepted, status: str, code: int | None = None) -> int:
        """Let Twilio tell us how far a message came."""
        door = str(self.client.make_url("")).rstrip("/")
        return await self.account.report(message, status, code, public=PUBLIC, door=door)


def settings(provider: FakeProvider, **more: Any) -> Settings:
    """An installation whose providers are the fake one."""
    return load(
        _env_file=None,
        public_url=PUBLIC,
        telegram_token=TOKEN,
        telegram_api_url=provider.url,
        telegram_webhook_secret=SECRET,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TWILIO_TOKEN,
        twilio_api_url=provider.url,
        twilio_sms_from="+3197010200000",
        twilio_whatsapp_from="+3197010200000",
        **more,
    )


async def content_sid(template: str, language: str) -> str | None:
    """Two templates that the fake Meta approved."""
    return {("afspraak", "nl"): "HXnl", ("afspraak", "ar"): "HXar"}.get((template, language))


@asynccontextmanager
async def doors(installation: Settings, inbox: MemoryInbox) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Our webhooks, open."""

    def fits(url: str, fields: Any, signature: str | None) -> bool:
        return signature_fits(installation.twilio_auth_token, url, fields, signature)

    app = web.Application()
    app.add_routes(webhooks.routes(installation, inbox.keep, signature_fits=fits))
    async with TestClient(TestServer(app)) as client:
        yield client


@asynccontextmanager
async def telegram_rig() -> AsyncIterator[Rig]:
    """Telegram."""
    provider, inbox = FakeProvider(), MemoryInbox()
    FakeTelegram(provider)
    async with provider, doors(settings(provider), inbox) as client:
        channel = Telegram(token=TOKEN, api_url=provider.url, rate=30, deadline=DEADLINE)
        yield TelegramRig(channel=channel, provider=provider, client=client, inbox=inbox)
        await channel.close()


@asynccontextmanager
async def twilio_rig(name: str, prefix: str) -> AsyncIterator[TwilioRig]:
    """One of the two channels through Twilio."""
    provider, inbox = FakeProvider(), MemoryInbox()
    account = FakeTwilio(provider)
    async with provider, doors(settings(provider), inbox) as client:
        both = twilio_channels(settings(provider), Clock(), content_sid, deadline=DEADLINE)
        channel = next(channel for channel in both if channel.name == name)
        yield TwilioRig(channel=channel, provider=provider, account=account, client=client, inbox=inbox, prefix=prefix)
        await channel.close()


#: Every channel the rows are run against.
RIGS: Mapping[str, Callable[[], AbstractAsyncContextManager[Rig]]] = {
    "telegram": telegram_rig,
    "sms": lambda: twilio_rig("sms", ""),
    "whatsapp": lambda: twilio_rig("whatsapp", "whatsapp:"),
}
