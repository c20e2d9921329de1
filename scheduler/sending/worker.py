"""The worker: answers before anything else, and bursts of notices; any number of workers may run at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.bell import Bell, Ear
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from messaging.channel import Outlet
from scheduler.queue import claiming, endings, holds, replies
from scheduler.queue.claims import Call, Outcome
from scheduler.sending import forms
from scheduler.sending.answering import Answering
from scheduler.sending.burst import Burst
from scheduler.sending.lanes import AHEAD_SECONDS, GROUP
from scheduler.sending.preparation import Planned, Preparation
from scheduler.sending.sender import Sender

log = structlog.get_logger(__name__)

#: Notices leased in one claim, where no channel is paced.
BATCH = 4 * GROUP

HALTED_SECONDS = 0.02

#: A worker that broke begins anew after so long.
AGAIN_SECONDS = 1.0


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
        self._preparation = Preparation(settings, texts, outlets.keys())
        self._sender = Sender(database, clock, outlets)
        self._answering, self._bursting = asyncio.Lock(), asyncio.Lock()
        self._halt = asyncio.Event()  #: set: what runs winds down
        self._ears: Sequence[Ear] = ()
        rates = [outlet.rate for outlet in outlets.values()]
        #: What the quickest channel sends while the next batch is prepared, where all channels are paced.
        self._batch = BATCH if 0 in rates or not rates else max(1, min(BATCH, int(AHEAD_SECONDS * max(rates))))

    async def run(self, bell: Bell, stop: asyncio.Event) -> None:
        """Work until told to stop; what is in flight is finished first."""
        self._ears = for_answers, for_notices = bell.ear(), bell.ear()
        roads = (
            asyncio.create_task(self._forever(stop, self._answering, self._answers, for_answers)),
            asyncio.create_task(self._forever(stop, self._bursting, self._burst, for_notices)),
        )
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped, *roads}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            self._wind_down()
            await asyncio.gather(*roads)

    def _wind_down(self) -> None:
        self._halt.set()
        for ear in self._ears:
            ear.ring()

    async def _forever(
        self, stop: asyncio.Event, still: asyncio.Lock, work: Callable[[Ear], Awaitable[int]], ear: Ear
    ) -> None:
        while not stop.is_set():
            if self._halt.is_set():
                await asyncio.sleep(HALTED_SECONDS)  # somebody asked for stillness and doesn't have it yet
            async with still:
                if stop.is_set():
                    return
                try:
                    await work(ear)
                except Exception as error:
                    # What it held is free when its leases lapse; one broken notice must not end the service.
                    log.error("worker_broke", error=type(error).__name__)
                    await asyncio.sleep(AGAIN_SECONDS)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is sent meanwhile but by `drain`: the time machine moves the clock in here."""
        self._wind_down()
        async with self._answering, self._bursting:
            self._halt = asyncio.Event()
            yield

    async def drain(self) -> int:
        """Send everything that can go now; returns how many calls were made. Only inside `still`, or without `run`."""
        calls = 0
        while made := await self._answers() or await self._burst():
            calls += made
        return calls

    async def _answers(self, ear: Ear | None = None) -> int:
        """The answers that wait, the next of each chat, before anything else."""
        answering = Answering(self._database, self._clock, self._sender, self._outlets)
        return await answering.run(self._halt, ear)

    async def _burst(self, ear: Ear | None = None) -> int:
        """Notices: as long as anything is due, or until halted."""
        burst = Burst(
            self._database,
            self._clock,
            self._outlets,
            self._sender,
            claim=self._claim,
            finish=self._finish,
            halt=self._halt,
        )
        return await burst.run(ear)

    async def _claim(self, full: Sequence[str], ahead: Mapping[str, int]) -> Sequence[Planned] | None:
        """Lease and render the next batch; None: nothing is due but for channels that are full."""
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            if await holds.on_hold(session):
                return None
            claimed = await claiming.claim(session, now, real, self._batch, without=full)
            if not claimed:
                return None
            planned = await self._preparation.plan(session, now, real, claimed, sms_ahead=ahead.get("sms", 0))
        await self._sender.ready([one.call for one in planned])
        return planned

    async def _finish(self, ended: Sequence[tuple[Planned, Outcome]]) -> None:
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            outcomes = [outcome for _, outcome in ended]
            along = {planned.bundle.lead.id: planned.bundle.joined for planned, _ in ended if planned.bundle.joined}
            await endings.finish(session, now, real, self._settings, outcomes, along)
            for outcome in outcomes:
                if outcome.sent is not None:
                    await self._heard_after(session, now, outcome.call)

    async def _heard_after(self, session: AsyncSession, now: datetime, call: Call) -> None:
        """Where a voice is a message of its own, it follows the words that were taken."""
        message = call.message
        if message.voice and message.template is None and call.channel not in forms.CAPTIONED:
            due = now + forms.VOICE_AFTER
            await replies.put(session, now, call.address_id, forms.alone(message), due=due)
