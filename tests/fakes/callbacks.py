"""Status callbacks as Twilio really sends them: early, late, twice and out of order."""

import asyncio
import random
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.fakes.provider import Accepted
from tests.fakes.twilio import FakeTwilio

#: What Twilio tells of a message that arrives.
ARRIVES = ("queued", "sent", "delivered")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One callback and what our door answered."""

    message: Accepted
    status: str
    answer: int


class Callbacks:
    """Tells how far every message came. `answers` is what we said to each callback."""

    def __init__(
        self,
        account: FakeTwilio,
        *,
        public: str,
        door: str,
        statuses: tuple[str, ...] = ARRIVES,
        early: bool = False,
        latest: float = 0.0,
        twice: bool = False,
        seed: int | None = None,
    ) -> None:
        self.account = account
        self.told: list[Told] = []
        self._public, self._door = public, door
        self._statuses = statuses
        self._early = early  #: the first one comes before the answer to the call itself
        self._latest = latest  #: seconds within which the others come, each at a moment of its own
        self._twice = twice
        self._chance = random.Random(seed)  #: of the moments; without a seed they come in order
        self._in_order = seed is None
        self._under_way: set[asyncio.Task[None]] = set()
        account.on_taken = self._taken

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.account.on_taken = None
        for task in self._under_way:
            task.cancel()

    async def settled(self) -> None:
        """Wait until everything that was to be told was told."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def _taken(self, message: Accepted) -> None:
        statuses = [status for status in self._statuses for _ in range(2 if self._twice else 1)]
        if self._early:
            await self._tell(message, statuses.pop(0), 0)
        for place, status in enumerate(statuses, start=1):
            share = place / len(statuses) if self._in_order else self._chance.random()
            task = asyncio.create_task(self._tell(message, status, self._latest * share))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _tell(self, message: Accepted, status: str, after: float) -> None:
        await asyncio.sleep(after)
        answer = await self.account.report(message, status, public=self._public, door=self._door)
        self.told.append(Told(message=message, status=status, answer=answer))
