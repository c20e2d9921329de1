"""Send moments: a provider's allowance is a row from which all processes take their next moment, answers first.

One moment at a time is taken per process and channel, just before it is needed: whoever is most urgent when
it comes uses it. For the many a process takes the next moment only when it is near, so that several processes
don't stand in line ahead of an answer that comes to one of them. A moment missed by more than a few
milliseconds is given up, so that no two calls ever stand closer together than the provider allows.
"""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from core.clock import Clock
from core.database import Database, surely
from core.ids import new_id
from core.tables.channels import ChannelState, RateSlot

#: We stay a little under what a provider allows: its clock isn't ours, and a call may be some milliseconds on its
#: way longer than the one before it.
PACE = 0.975

#: A moment is taken so long ahead, or a step ahead where that is longer: time for the transaction that takes it.
NEAR = timedelta(milliseconds=25)

#: A moment that is missed by more than this is given up.
LATE = timedelta(milliseconds=8)

#: A call starts so long after its moment: time to put it on record, and the same for every call, answers too.
LEAD = timedelta(milliseconds=10)

#: No line of ours is as long as this, or so many steps: a moment beyond it was taken before a clock was set back.
LONGEST_LINE, LONGEST_STEPS = timedelta(minutes=1), 20

#: Who must wait longer than this for a moment gives its call back to the queue.
PATIENCE = timedelta(seconds=5)


class Allowance:
    """The send moments of one channel, as one process takes them."""

    def __init__(self, database: Database, clock: Clock, name: str, rate: float) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._step = timedelta(seconds=1 / (rate * PACE)) if rate else None
        self._near = max(self._step or NEAR, NEAR)
        self._urgent: deque[asyncio.Future[bool]] = deque()
        self._bulk: deque[asyncio.Future[bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()  #: somebody urgent came
        self._closed_until: datetime | None = None  #: real time; a provider said wait

    async def turn(self, *, urgent: bool) -> bool:
        """Wait for the next moment; False where it is too far away (the channel is paused): give the call back."""
        if self._closed_until is not None and self._clock.real() < self._closed_until:
            return False
        if self._step is None:
            return True
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._bulk).append(waiting)
        if urgent:
            self._hurry.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        return await waiting

    def close_until(self, moment: datetime) -> None:
        """The provider said wait (real time): nobody gets a turn before."""
        self._closed_until = max(moment, self._closed_until or moment)

    def closed_until(self) -> datetime | None:
        """Until when (real time) the provider said to wait, as far as this process knows."""
        return self._closed_until

    async def _serve(self) -> None:
        try:
            await self._serve_all()
        except Exception:
            # Nobody waits for ever: they ask again, or give their call back.
            self._answer_all(False)
            raise

    async def _serve_all(self) -> None:
        while self._urgent or self._bulk:
            moment, taken = await surely(self._take)
            wait = moment - self._clock.real()
            if not taken and wait <= PATIENCE:
                # Others of this installation are before us; it comes nearer, or somebody urgent does.
                await self._until_near(wait)
                continue
            if wait > PATIENCE:
                self.close_until(moment)
                self._answer_all(False)
                return
            if wait > timedelta():
                await asyncio.sleep(wait.total_seconds())
            if self._clock.real() - moment <= LATE:
                self._answer_first()

    async def _until_near(self, wait: timedelta) -> None:
        self._hurry.clear()
        if not self._urgent:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(wait - self._near, timedelta()).total_seconds()):
                    await self._hurry.wait()

    def _answer_first(self) -> None:
        for line in (self._urgent, self._bulk):
            while line:
                waiting = line.popleft()
                if not waiting.done():
                    waiting.set_result(True)
                    return

    def _answer_all(self, turn: bool) -> None:
        for line in (self._urgent, self._bulk):
            while line:
                waiting = line.popleft()
                if not waiting.done():
                    waiting.set_result(turn)

    async def _take(self) -> tuple[datetime, bool]:
        """The next moment (real time) of the whole installation, never inside a pause, and whether it is ours now.

        One that isn't near yet is left to others until it is near, unless somebody urgent waits.
        """
        assert self._step is not None
        real = self._clock.real()
        paused = select(ChannelState.paused_until).where(ChannelState.channel == self._name).scalar_subquery()
        earliest = func.greatest(real, paused)
        void = RateSlot.next_at > earliest + max(LONGEST_LINE, LONGEST_STEPS * self._step)
        next_one = case((void, earliest), else_=func.greatest(RateSlot.next_at, earliest))
        near = true() if self._urgent else or_(void, RateSlot.next_at <= real + self._near)
        statement = (
            insert(RateSlot)
            .values(id=new_id(), key=self._name, next_at=earliest + self._step)
            .on_conflict_do_update(index_elements=[RateSlot.key], set_={"next_at": next_one + self._step}, where=near)
            .returning(RateSlot.next_at)
        )
        async with self._database.begin() as session:
            after: datetime | None = (await session.execute(statement)).scalar()
            if after is not None:
                return after - self._step, True
            query = select(next_one).where(RateSlot.key == self._name)
            return (await session.execute(query)).scalar_one(), False
