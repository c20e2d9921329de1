"""The worker: answers before anything else, and bursts of notices; any number of workers may run at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.bell import Bell, Ear
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from messaging.channel import Outlet
from scheduler import deliveries, endings, leases, replies, tasks
from scheduler.burst import GROUP, Burst
from scheduler.claims import Call, Claimed, Outcome
from scheduler.preparation import Planned, Preparation
from scheduler.sender import Sender

POLL_SECONDS = 1.0

#: Notices leased in one claim, where no channel is paced.
BATCH = 4 * GROUP

#: Answers on their way at once.
ANSWERS = 32


class Worker:
    """Takes what is due from the queue and hands it to providers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        outlets: Mapping[str, Outlet],
        texts: Callable[[], InForce],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._outlets = outlets
        self._preparation = Preparation(settings, texts)
        self._sender = Sender(database, clock, outlets)
        self._stop = asyncio.Event()
        self._answering, self._bursting = asyncio.Lock(), asyncio.Lock()
        rates = [outlet.rate for outlet in outlets.values()]
        #: What leaves in two seconds where all channels are paced; a lease must not lapse while a call waits.
        self._batch = BATCH if 0 in rates or not rates else max(1, min(BATCH, int(2 * max(rates))))

    async def run(self, bell: Bell, stop: asyncio.Event) -> None:
        """Work until told to stop; what is in flight is finished first."""
        self._stop = stop
        await asyncio.gather(
            self._forever(bell.ear(), stop, self._answering, self._answers),
            self._forever(bell.ear(), stop, self._bursting, self._burst),
        )

    async def _forever(
        self, ear: Ear, stop: asyncio.Event, still: asyncio.Lock, work: Callable[[], Awaitable[int]]
    ) -> None:
        while not stop.is_set():
            async with still:
                done = await work()
            if not done:
                await ear.wait(POLL_SECONDS)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is sent meanwhile but by `drain`: the time machine moves the clock in here."""
        async with self._answering, self._bursting:
            yield

    async def drain(self) -> int:
        """Send everything that can go now; returns how many calls were made. Only inside `still`, or without `run`."""
        calls = 0
        while made := await self._answers() or await self._burst():
            calls += made
        return calls

    async def _answers(self) -> int:
        """The answers that wait, the next of each chat, before anything else."""
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            if await leases.on_hold(session):
                return 0
            paused = await deliveries.paused(session, real)
            calls = await replies.hand_over(session, now, real, ANSWERS, without=paused.keys())
        if not calls:
            return 0
        for finished in asyncio.as_completed([self._sender.send(call, urgent=True) for call in calls]):
            # Each is written down when it ends: the next answer of its chat waits for that.
            outcome = await finished
            async with self._database.begin() as session:
                await replies.finish(session, self._clock.now(), self._clock.real(), [outcome])
        return len(calls)

    async def _burst(self) -> int:
        """Notices, until nothing is due any more."""
        burst = Burst(
            self._database,
            self._clock,
            self._outlets,
            self._sender,
            claim=self._claim,
            finish=self._finish,
            stop=self._stop,
        )
        return await burst.run()

    async def _claim(self) -> Sequence[Planned] | None:
        """Lease and render the next batch; None: nothing is due."""
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            if await leases.on_hold(session):
                return None
            claimed = await leases.claim(session, now, real, self._batch)
            if not claimed:
                return None
            return await self._preparation.plan(session, now, real, claimed)

    async def _finish(self, ended: Sequence[tuple[Planned, Outcome]]) -> None:
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            await endings.finish(session, now, real, [outcome for _, outcome in ended])
            for planned, outcome in ended:
                joined = planned.bundle.joined
                if joined and outcome.sent is not None:
                    await leases.join(session, now, planned.bundle.lead.id, joined)
                elif joined:
                    await leases.put_back(session, joined)
                if outcome.error is not None:
                    await self._tell_staff(session, planned.bundle.lead, planned.call)

    async def _tell_staff(self, session: AsyncSession, notice: Claimed, call: Call) -> None:
        """Money in doubt is never sent again by itself: a person decides."""
        if notice.kind != "leefgeld" or await leases.state_of(session, call.item_id) != "unsure":
            return
        await tasks.open_task(
            session,
            self._clock.now(),
            self._settings,
            kind=tasks.Kind.DELIVERY_UNSURE,
            person_id=notice.person_id,
            reason="unsure",
            source_kind=notice.source_kind,
            source_id=notice.source_id,
            call=True,
        )
