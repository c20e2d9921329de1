"""A burst of notices: claim, put on record, call and write down overlap, with a bounded number in between.

What a crash can make unsure is what stands on record and isn't written down yet: at most `MOST_ON_RECORD`. So that
a STOP, a use-by or a cancelled broadcast is heard until the last moment, a call of a paced channel goes on record
only when its send moment has come, and one that had to wait on record is looked at once more before it starts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from core.bell import Ear
from core.clock import Clock
from core.database import Database, surely
from messaging.channel import Outlet
from scheduler.queue.claims import Outcome
from scheduler.sending import sender
from scheduler.sending.allowance import LATE, LEAD
from scheduler.sending.lanes import GROUP, Lane, OnRecord
from scheduler.sending.preparation import Planned
from scheduler.sending.record import FLUSH_ROWS, Finish, Record
from scheduler.sending.sender import Sender

log = structlog.get_logger(__name__)

#: Ends are written down when FLUSH_ROWS of them wait, or after so long.
FLUSH_SECONDS = 0.05

#: Behind the bell stands a poll.
POLL_SECONDS = 1.0

#: What stood on record for longer is looked at again before its call.
FRESH = timedelta(seconds=0.25)

#: After a stop was asked for: calls under way may take so long to end, and writing them down so long.
PATIENCE_SECONDS = 7.0
WRITING_SECONDS = 4.0

Said = TypeVar("Said")

#: Given the channels that are full, and how many each holds that aren't on record; None: nothing else is due.
Claim = Callable[[Sequence[str], Mapping[str, int]], Awaitable[Sequence[Planned] | None]]


class Burst:
    """Sends what is due until it is told to halt; then everything on record is written down."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outlets: Mapping[str, Outlet],
        sender: Sender,
        *,
        claim: Claim,
        finish: Finish,
        halt: asyncio.Event,
    ) -> None:
        self._clock = clock
        self._sender = sender
        self._claim = claim
        self._halt = halt
        self._lanes = {name: Lane(name=name, outlet=outlet) for name, outlet in outlets.items()}
        self._record = Record(database, clock, finish)
        self._whole: set[asyncio.Task[Any]] = set()  #: steps that a halt must not leave half done
        self._calls = 0
        self._others_at = 0.0  #: the loop's time: when to look again for what goes to channels that aren't full
        self._news = asyncio.Event()
        self._quiet = asyncio.Event()  #: no call is under way
        self._quiet.set()
        self._full = asyncio.Event()

    async def run(self, ear: Ear | None = None) -> int:
        """With an ear: until halted. Without: until nothing is due any more. Returns how many calls were made."""
        if self._halt.is_set():
            return 0
        feeding = [asyncio.create_task(self._claim_ahead(ear))]
        feeding += [asyncio.create_task(self._fill(lane)) for lane in self._lanes.values()]
        ending = [asyncio.create_task(self._flush())]
        ending += [asyncio.create_task(self._send(lane)) for lane in self._lanes.values() for _ in range(GROUP)]
        halted = asyncio.create_task(self._halt.wait())
        try:
            done, _ = await asyncio.wait({halted, *feeding, *ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._wind_down([halted, *feeding], ending)
        for task in done:
            task.result()
        return self._calls

    async def _claim_ahead(self, ear: Ear | None) -> None:
        """Lease and render, a little ahead of the senders."""
        while True:
            self._news.clear()
            full = [lane.name for lane in self._lanes.values() if lane.is_full]
            if not any(lane.is_low for lane in self._lanes.values()):
                await self._news.wait()
            elif full and (wait := self._others_at - asyncio.get_running_loop().time()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), wait)
            elif not await self._wholly(self._claimed(full)) and not await self._more_comes(ear, full):
                return

    async def _claimed(self, full: Sequence[str]) -> bool:
        """Whether anything was due on a channel that isn't full; what can be said of it is ready then."""
        if full:
            # To look past all that waits for a full channel is dear: not at every message that leaves.
            self._others_at = asyncio.get_running_loop().time() + POLL_SECONDS
        ahead = {lane.name: len(lane.ready) for lane in self._lanes.values()}
        planned = await surely(lambda: self._claim(full, ahead))
        for lane in self._lanes.values():
            if mine := [one for one in planned or () if one.call.channel == lane.name]:
                lane.add(mine)
        return planned is not None

    async def _more_comes(self, ear: Ear | None, full: Sequence[str]) -> bool:
        """Nothing is due: wait for news, from outside or of what is under way; False where there is none to come."""
        if ear is not None and not full:
            await ear.wait(POLL_SECONDS)
        elif full or not self._record.is_empty or any(lane.ready for lane in self._lanes.values()):
            await self._news.wait()
        else:
            return False
        return True

    async def _fill(self, lane: Lane) -> None:
        """Put one lane's calls on record, when there is room and, where the channel is paced, a send moment."""
        while True:
            lane.news.clear()
            if lane.ready and (wait := self._sender.closed(lane.name)) is not None:
                await self._record.put_back(lane.take(len(lane.ready)), retry_at=self._clock.real() + wait)
            if not lane.ready or self._room(lane) <= 0:
                self._news.set()
                await lane.news.wait()
            elif not lane.paced or await self._sender.turn(lane.name, urgent=False):
                group = lane.take(self._room(lane))
                self._record.open(group)
                if lane.is_low:
                    self._news.set()
                await self._wholly(self._put_on_record(lane, group))

    def _room(self, lane: Lane) -> int:
        return min(lane.room, self._record.room)

    async def _put_on_record(self, lane: Lane, group: Sequence[Planned]) -> None:
        busy = [one for one in group if self._sender.chat_wait(one.call)]
        free = [one for one in group if one not in busy] if busy else group
        if busy:
            wait = max(self._sender.chat_wait(one.call) for one in busy)
            await self._record.put_back(busy, retry_at=self._clock.real() + wait)
        moment = self._clock.real()
        standing = await self._record.hand_over(free)
        for one in group:
            if one.call.delivery_id in standing:
                lane.waiting[one.call.delivery_id] = on_record = OnRecord(planned=one, since=moment)
                lane.on_record.put_nowait(on_record)
            else:
                self._record.close(one)

    async def _send(self, lane: Lane) -> None:
        while True:
            one = await lane.on_record.get()
            lane.calling += 1
            self._quiet.clear()
            try:
                outcome = await self._outcome(lane, one)
            except asyncio.CancelledError:
                waits = one.call.delivery_id in lane.waiting
                self._record.end(one.planned, sender.never_left(one.call) if waits else sender.cut_off(one.call))
                raise
            finally:
                lane.calling -= 1
                if not any(lane.calling for lane in self._lanes.values()):
                    self._quiet.set()
            self._calls += 1
            self._record.end(one.planned, outcome)
            if lane.room:
                lane.news.set()
            if self._record.unwritten >= FLUSH_ROWS:
                self._full.set()

    async def _outcome(self, lane: Lane, one: OnRecord) -> Outcome:
        if (refused := self._sender.not_now(one.call)) is not None:
            del lane.waiting[one.call.delivery_id]
            return refused
        waited = self._clock.real() - one.since
        if lane.paced and waited <= LEAD + LATE:
            await asyncio.sleep(min(max(LEAD - waited, timedelta()), LEAD).total_seconds())
        elif lane.paced and not await self._sender.turn(lane.name, urgent=False):
            # It came too late on record for its moment, and the next one is far away.
            del lane.waiting[one.call.delivery_id]
            return self._sender.not_now(one.call) or sender.never_left(one.call)
        if self._clock.real() - one.since > FRESH:
            async with lane.looking:
                if self._clock.real() - one.since > FRESH:
                    await surely(lambda: self._record.look_again(list(lane.waiting.values())))
        del lane.waiting[one.call.delivery_id]
        use_by = one.planned.bundle.lead.use_by
        in_time = use_by is None or self._clock.now() < use_by
        return await self._sender.call(one.call) if one.wanted and in_time else sender.never_left(one.call)

    async def _flush(self) -> None:
        while True:
            try:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            await self._wholly(self._write_down())
            await self._record.renew(one for lane in self._lanes.values() for one in lane.ready)

    async def _write_down(self) -> None:
        if await self._record.write_down():
            for lane in self._lanes.values():
                lane.news.set()
            self._news.set()

    async def _wholly(self, work: Coroutine[Any, Any, Said]) -> Said:
        """A step that goes on to its end when whoever asked for it is cancelled."""
        step = asyncio.create_task(work)
        self._whole.add(step)
        step.add_done_callback(self._whole.discard)
        return await asyncio.shield(step)

    async def _wind_down(
        self, feeding: Sequence["asyncio.Task[object]"], ending: Sequence["asyncio.Task[None]"]
    ) -> None:
        """No new calls; those under way may end, the others go back to the queue, and all is written down."""
        await _cancelled(feeding)
        if self._whole:
            await asyncio.wait(set(self._whole), timeout=WRITING_SECONDS)
        for lane in self._lanes.values():
            while not lane.on_record.empty():
                one = lane.on_record.get_nowait()
                self._record.end(one.planned, sender.never_left(one.call))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), PATIENCE_SECONDS)
        await _cancelled(ending)
        if self._whole:
            await asyncio.wait(set(self._whole), timeout=WRITING_SECONDS)
        try:
            async with asyncio.timeout(WRITING_SECONDS):
                while self._record.unwritten:
                    await self._write_down()
                await self._record.put_back(
                    [one for lane in self._lanes.values() for one in lane.take(len(lane.ready))]
                )
        except TimeoutError:
            # The leases lapse, and what became of the calls is in doubt, visibly.
            log.error("not_written_down", count=self._record.unwritten)


async def _cancelled(tasks: Sequence["asyncio.Task[object]"] | Sequence["asyncio.Task[None]"]) -> None:
    """Again and again: Python 3.11's wait_for forgets a cancellation that comes together with what it waits for."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=FLUSH_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
