"""A scripted provider: Telegram's Bot API and Twilio's Messages on one small server, with a ledger.

The ledger is the judge: what stands in it was accepted, whatever the caller heard of it.
"""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.faults import Fault, throttle

DRIP_PAUSE = 0.05  #: seconds between two bytes

#: Calls that count for a provider's limit; asking for updates doesn't.
LIMITED = frozenset({"sendMessage", "sendVoice", "sendPhoto", "editMessageText", "editMessageCaption", "Messages"})


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One call that a provider took."""

    at: float  #: time of the event loop
    method: str  #: sendMessage, editMessageText, deleteMessages, answerCallbackQuery or Messages
    to: str  #: chat id, or number as Twilio writes it
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""  #: of the message


class FakeProvider:
    """The server; `url` is what PIM_TELEGRAM_API_URL and PIM_TWILIO_API_URL are set to."""

    def __init__(self, *, latency: float = 0.0, limit: int | None = None) -> None:
        self.latency = latency  #: seconds before any answer
        self.limit = limit  #: calls taken in any sliding second; one more is refused
        self.rejected = 0  #: by that limit
        self._taken: deque[float] = deque()
        self.ledger: list[Accepted] = []
        self.calls: Counter[str] = Counter()  #: also those that were not taken
        self.faults: list[Fault] = []  #: one per call, in order
        self.always: Fault | None = None  #: once the list is empty
        self.app = web.Application(client_max_size=10**7)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens, or listened."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def messages(self) -> list[Accepted]:
        """What a person got: new bubbles and texts, no edits."""
        return [call for call in self.ledger if call.method in ("sendMessage", "sendVoice", "sendPhoto", "Messages")]

    def script(self, *faults: Fault) -> None:
        """What happens to the next calls, in order; after them all is well again."""
        self.faults.extend(faults)

    async def start(self) -> None:
        """Listen on a free port, or again on the one it had."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening: from now on connections are refused."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def next_fault(self, method: str) -> Fault | None:
        """The fault for this call: too fast, or else what the script says."""
        self.calls[method] += 1
        if method in LIMITED and self._too_fast():
            self.rejected += 1
            return throttle(1)
        for place, fault in enumerate(self.faults):
            if fault.method in (None, method):
                return self.faults.pop(place)
        return self.always if self.always is None or self.always.method in (None, method) else None

    async def wait(self) -> None:
        """Let the network and the provider take their time."""
        if self.latency:
            await asyncio.sleep(self.latency)

    def _too_fast(self) -> bool:
        if self.limit is None:
            return False
        now = asyncio.get_running_loop().time()
        while self._taken and self._taken[0] <= now - 1.0:
            self._taken.popleft()
        if len(self._taken) >= self.limit:
            return True
        self._taken.append(now)
        return False

    def accept(self, method: str, to: str, text: str, fields: Mapping[str, Any], message_id: str) -> None:
        """Write a line in the ledger."""
        at = asyncio.get_running_loop().time()
        self.ledger.append(Accepted(at=at, method=method, to=to, text=text, fields=dict(fields), id=message_id))


async def misbehave(request: web.Request, fault: Fault, body: Mapping[str, Any]) -> web.StreamResponse:
    """Give the answer that should come as the fault has it."""
    whole = json.dumps(body).encode()
    match fault.how:
        case "hang":
            await asyncio.sleep(fault.seconds)
            if request.transport is not None:  # the caller may have given up
                request.transport.abort()
        case "slow":
            await asyncio.sleep(fault.seconds)
            return web.json_response(dict(body))
        case "reset" | "lose":
            assert request.transport is not None
            request.transport.abort()
        case "truncate":
            return web.Response(body=whole[: len(whole) // 2], content_type="application/json")
        case "html":
            page = "<html><body>Welcome to nginx!</body></html>"
            return web.Response(text=page, content_type="text/html", status=fault.status)
        case "cut" | "drip":
            return await _slowly(request, whole, cut=fault.how == "cut")
        case "answer":
            return web.json_response(dict(body), status=fault.status)
    return web.Response()


async def _slowly(request: web.Request, whole: bytes, *, cut: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await response.prepare(request)
    for place in range(len(whole) // 2 if cut else len(whole)):
        await response.write(whole[place : place + 1])
        if not cut:
            await asyncio.sleep(DRIP_PAUSE)
    if cut:
        assert request.transport is not None
        request.transport.abort()
    return response
