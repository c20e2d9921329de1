"""Answers to taps, on a road of their own: the next of each chat, and none waits for another's."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from itertools import count
from uuid import UUID

import structlog

from core.bell import Ear
from core.clock import Clock
from core.database import Database, surely
from core.ids import new_id
from messaging.channel import Outlet
from scheduler.queue import deliveries, holds, replies
from scheduler.queue.claims import Call, Outcome
from scheduler.sending import sender
from scheduler.sending.sender import Sender

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0

#: Answers on their way at once, per channel: one that hangs must not hold up another's.
MOST = 50

#: Of a paced channel no more than leaves in this time: what waits for its turn must not outlive its lease.
HOLD_SECONDS = 5.0

#: Ends written down at once: the send moments and the inbox of this process need connections too.
WRITERS = 4

#: After a stop was asked for: calls under way may take so long to end.
PATIENCE_SECONDS = 7.0


class Answering:
    """Takes answers from the queue and hands them over, until told to halt."""

    def __init__(self, database: Database, clock: Clock, sender: Sender, outlets: Mapping[str, Outlet]) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._most = {name: held_at_once(outlet) for name, outlet in outlets.items()}
        self._busy: Counter[str] = Counter()
        self._under_way: dict[asyncio.Task[None], Call] = {}
        self._writers = asyncio.Semaphore(WRITERS)
        self._ear = Ear()

    async def run(self, halt: asyncio.Event, ear: Ear | None = None) -> int:
        """With an ear: until halted. Without: until none is due any more. Returns how many calls were made."""
        made, self._ear = 0, ear or Ear()
        try:
            while not halt.is_set():
                took = await self._take()
                made += took
                if not took and not self._under_way and ear is None:
                    break
                if not took:
                    await self._ear.wait(POLL_SECONDS)
        finally:
            await self._wind_down()
        return made

    async def _take(self) -> int:
        """Hand over the next answer of every chat, as far as there is room; how many."""
        # The token is made before the first try: what it took is found again where a commit's answer was lost.
        token, tries = new_id(), count()
        calls = await surely(lambda: self._handed_over(token, again=next(tries) > 0))
        for call in calls:
            self._busy[call.channel] += 1
            task = asyncio.create_task(self._answer(call))
            self._under_way[task] = call
            task.add_done_callback(self._gone)
        return len(calls)

    async def _handed_over(self, token: UUID, *, again: bool) -> list[Call]:
        now, real = self._clock.now(), self._clock.real()
        room = {channel: most - self._busy[channel] for channel, most in self._most.items()}
        full = [channel for channel, left in room.items() if left <= 0]
        if len(full) == len(room):
            return []
        async with self._database.begin() as session:
            if again and (taken := await replies.taken(session, token)):
                return taken
            if await holds.on_hold(session):
                return []
            paused = await deliveries.paused(session, real)
            most = min(left for left in room.values() if left > 0)
            return await replies.hand_over(session, now, real, most, token=token, without={*paused, *full})

    async def _answer(self, call: Call) -> None:
        """Each is written down when it ends: the next answer of its chat waits for that."""
        calling = False
        try:
            await self._sender.ready([call])
            outcome = await self._after_its_chat(call) or await self._sender.before_answer(call)
            if outcome is None:
                calling = True
                outcome = await self._sender.call(call)
        except asyncio.CancelledError:
            outcome = sender.cut_off(call) if calling else sender.never_left(call)
        await self._write_down(outcome)

    async def _after_its_chat(self, call: Call) -> Outcome | None:
        """Wait until its chat may be written to again; what is stopped meanwhile doesn't start."""
        wait = self._sender.chat_wait(call)
        if not wait:
            return None
        await asyncio.sleep(wait.total_seconds())

        async def still_wanted() -> bool:
            async with self._database.begin() as session:
                return await replies.still_wanted(session, call)

        return None if await surely(still_wanted) else sender.never_left(call)

    async def _write_down(self, outcome: Outcome) -> None:
        async def finish() -> None:
            async with self._writers, self._database.begin() as session:
                await replies.finish(session, self._clock.now(), self._clock.real(), [outcome])

        try:
            await surely(finish)
        except Exception as error:
            # Its lease lapses: it becomes unsure, visibly.
            log.error("answer_not_written_down", error=type(error).__name__)

    def _gone(self, task: "asyncio.Task[None]") -> None:
        self._busy[self._under_way.pop(task).channel] -= 1
        self._ear.ring()

    async def _wind_down(self) -> None:
        """No new answers; those under way may end, and what becomes of the others is written down."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=PATIENCE_SECONDS)
        for task in list(self._under_way):
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=PATIENCE_SECONDS)


def held_at_once(outlet: Outlet) -> int:
    """How many answers of one channel are in hand together."""
    return max(1, min(MOST, int(outlet.rate * HOLD_SECONDS))) if outlet.rate else MOST
