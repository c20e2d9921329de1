"""A burst of notices: claim, put on record, call and write down overlap, with a bounded number in between.

What a crash can make unsure is what stands on record and isn't written down yet: at most `MOST_ON_RECORD`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.clock import Clock
from core.database import Database
from messaging.channel import Outlet
from scheduler import leases
from scheduler.claims import Outcome
from scheduler.preparation import Planned
from scheduler.sender import Sender

#: Calls that may stand on record without their end: 50 in flight and 200 not yet written down.
MOST_ON_RECORD = 250

#: A group that is put on record in one transaction, and calls under way at once per channel.
GROUP = 50

#: Ends are written down when so many wait, or after so long.
FLUSH_ROWS = 200
FLUSH_SECONDS = 0.05

Claim = Callable[[], Awaitable[Sequence[Planned] | None]]  #: None: nothing is due
Finish = Callable[[Sequence[tuple[Planned, Outcome]]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One channel's part of a burst: what is rendered, and what is on record and waits for its call."""

    outlet: Outlet
    ready: deque[Planned]
    on_record: "asyncio.Queue[Planned]"

    @property
    def group(self) -> int:
        """How many to put on record at once: what leaves within half a second, where the channel is paced."""
        rate = self.outlet.rate
        return GROUP if not rate else max(1, min(GROUP, int(rate / 2)))

    @property
    def hungry(self) -> bool:
        """Whether its senders will soon have nothing to do."""
        return self.on_record.qsize() < self.group


class Burst:
    """Runs until nothing is due any more, or it is told to stop; then everything on record is written down."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outlets: Mapping[str, Outlet],
        sender: Sender,
        *,
        claim: Claim,
        finish: Finish,
        stop: asyncio.Event,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._claim = claim
        self._finish = finish
        self._stop = stop
        self._lanes = {
            name: Lane(outlet=outlet, ready=deque(), on_record=asyncio.Queue()) for name, outlet in outlets.items()
        }
        self._ended: list[tuple[Planned, Outcome]] = []
        self._open: dict[UUID, Planned] = {}  #: calls on record whose end isn't written down, by notice
        self._calls = 0
        self._renew_at = clock.real() + leases.RENEW
        self._news = asyncio.Event()
        self._full = asyncio.Event()

    async def run(self) -> int:
        """Send what is due; returns how many calls were made."""
        first = await self._claim()
        if first is None:
            return 0
        self._sort(first)
        work = [asyncio.create_task(self._flush())]
        work += [asyncio.create_task(self._send(lane)) for lane in self._lanes.values() for _ in range(GROUP)]
        try:
            await self._feed(work[0])
            while self._open:
                await self._wait(work[0])
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._write_down()
        return self._calls

    async def _feed(self, flusher: "asyncio.Task[None]") -> None:
        """Claim and put on record, ahead of the senders by one group."""
        more = True
        while more or any(lane.ready for lane in self._lanes.values()):
            if self._stop.is_set():
                return
            moved = False
            if more and sum(len(lane.ready) for lane in self._lanes.values()) < self._low:
                claimed = await self._claim()
                self._sort(claimed or ())
                more = moved = claimed is not None
            moved = await self._put_on_record() or moved
            if not moved and self._open:
                await self._wait(flusher)

    @property
    def _low(self) -> int:
        """How few rendered calls may wait before more are claimed."""
        return 2 * max(lane.group for lane in self._lanes.values())

    def _sort(self, planned: Sequence[Planned]) -> None:
        for one in planned:
            self._lanes[one.call.channel].ready.append(one)

    async def _put_on_record(self) -> bool:
        """The next group of every hungry lane, as far as there is room; True where any was put on record."""
        group: list[Planned] = []
        for lane in self._lanes.values():
            room = min(lane.group, MOST_ON_RECORD - len(self._open) - len(group))
            if lane.hungry:
                group += [lane.ready.popleft() for _ in range(min(room, len(lane.ready)))]
        if not group:
            return False
        async with self._database.begin() as session:
            kept = await leases.hand_over(
                session, self._clock.now(), self._clock.real(), [(one.bundle.lead, one.call) for one in group]
            )
        standing = {call.delivery_id for call in kept}
        for one in group:
            if one.call.delivery_id in standing:
                self._open[one.bundle.lead.id] = one
                self._lanes[one.call.channel].on_record.put_nowait(one)
        return True

    async def _send(self, lane: Lane) -> None:
        while True:
            one = await lane.on_record.get()
            if lane.hungry:
                self._news.set()
            outcome = await self._sender.send(one.call, urgent=False)
            self._calls += 1
            self._ended.append((one, outcome))
            if len(self._ended) >= FLUSH_ROWS:
                self._full.set()

    async def _flush(self) -> None:
        while True:
            try:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            await self._write_down()
            await self._renew()

    async def _write_down(self) -> None:
        ended, self._ended = self._ended[:FLUSH_ROWS], self._ended[FLUSH_ROWS:]
        if not ended:
            return
        await self._finish(ended)
        for one, _ in ended:
            del self._open[one.bundle.lead.id]
        self._news.set()

    async def _renew(self) -> None:
        """A provider that hangs must not cost us the leases of calls that are still under way."""
        real = self._clock.real()
        if real < self._renew_at or not self._open:
            return
        self._renew_at = real + leases.RENEW
        async with self._database.begin() as session:
            await leases.renew(session, real, list(self._open))

    async def _wait(self, flusher: "asyncio.Task[None]") -> None:
        """Until something moved; an error of the flusher ends the burst."""
        waiting = asyncio.create_task(self._news.wait())
        await asyncio.wait({waiting, flusher}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self._news.clear()
        if flusher.done():
            flusher.result()
