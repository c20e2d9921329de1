"""The fake provider in a process of its own, as a test asks it: its ledger is the judge."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import aiohttp

from tests.fakes.faults import Fault
from tests.fakes.provider import Accepted
from tests.fakes.telegram import TOKEN

#: Calls that left at an even pace arrive unevenly on a machine with other work; the benchmarks judge it strictly.
JITTER = 1.25


class Provider:
    """One provider, from its birth or since the last `new`: several tests may use the same one in turn."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self.url = url
        self._client = client
        self._seen: list[Accepted] = []
        self._begins = 0
        self._reading = asyncio.Lock()

    async def new(self, *, latency: float = 0.06) -> None:
        """Forget what was; no faults any more, and no update waits."""
        await self.always(None)
        await self.latency(latency)
        await self._confirm_updates()
        await self.ledger()
        self._begins = len(self._seen)

    async def ledger(self) -> list[Accepted]:
        """Everything that was taken, in order; `at` is the machine's monotonic clock."""
        async with (
            self._reading,
            self._client.get(f"{self.url}/ledger", params={"after": len(self._seen)}) as answer,
        ):
            self._seen += [Accepted(**line) for line in await answer.json()]
        return self._seen[self._begins :]

    async def messages(self) -> list[Accepted]:
        """New bubbles and texts, in order."""
        return [line for line in await self.ledger() if line.method in ("sendMessage", "Messages")]

    async def taken(self) -> int:
        """How many new bubbles and texts."""
        return len(await self.messages())

    async def got(self) -> Counter[str]:
        """Chat or number -> how many messages it got."""
        return Counter(line.to for line in await self.messages())

    async def calls(self, method: str = "sendMessage") -> int:
        """How often it was called, also in vain, since its birth."""
        async with self._client.get(f"{self.url}/counts") as answer:
            return int((await answer.json())["calls"].get(method, 0))

    async def script(self, *faults: Fault) -> None:
        """What happens to the next calls, in order; after them all is well."""
        await self._post("faults", {"script": [asdict(fault) for fault in faults]})

    async def always(self, fault: Fault | None) -> None:
        """What happens to every call from now on."""
        await self._post("faults", {"always": None if fault is None else asdict(fault)})

    async def latency(self, seconds: float) -> None:
        """How long it takes to answer."""
        await self._post("latency", {"seconds": seconds})

    async def update(self, update: Mapping[str, Any]) -> None:
        """Somebody types or taps; it waits for getUpdates."""
        await self._post("updates", update)

    async def _confirm_updates(self) -> None:
        offset = 0
        while True:
            body = {"offset": offset, "timeout": 0}
            async with self._client.post(f"{self.url}/bot{TOKEN}/getUpdates", json=body) as answer:
                waiting = (await answer.json())["result"]
            if not waiting:
                return
            offset = waiting[-1]["update_id"] + 1

    async def _post(self, what: str, body: Mapping[str, Any]) -> None:
        async with self._client.post(f"{self.url}/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()


def busiest_second(lines: Sequence[Accepted]) -> int:
    """The most messages in any sliding second."""
    moments = [line.at for line in lines]
    return max(sum(1 for at in moments if begin <= at < begin + 1) for begin in moments)
