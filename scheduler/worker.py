"""The worker: answers first, then notices; claim, render, hand over, record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.bell import Bell
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from messaging.channel import Outlet
from scheduler import deliveries, endings, leases, replies, tasks
from scheduler.bundles import Bundle
from scheduler.claims import Call, Claimed, Outcome
from scheduler.preparation import Preparation
from scheduler.sender import Sender

BATCH = 50
POLL_SECONDS = 1.0


class Worker:
    """Takes what is due from the queue and hands it to providers. Any number may run at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        channels: Mapping[str, Outlet],
        texts: Callable[[], InForce],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._preparation = Preparation(settings, texts)
        self._sender = Sender(database, clock, channels)
        #: Held by the time machine while it moves the clock.
        self.lock = asyncio.Lock()

    async def run(self, bell: Bell, stop: asyncio.Event) -> None:
        """Work until told to stop; what is in flight is finished first."""
        while not stop.is_set():
            async with self.lock:
                busy = await self.step()
            if not busy:
                await bell.wait(POLL_SECONDS)

    async def drain(self) -> int:
        """Send everything that can go now; returns how many calls were made. The caller holds the lock."""
        calls = 0
        while made := await self.step():
            calls += made
        return calls

    async def step(self) -> int:
        """One round: the answers that wait, then a batch of notices; returns how many rows moved."""
        return await self._replies() or await self._notices()

    async def _replies(self) -> int:
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            if await leases.on_hold(session):
                return 0
            paused = await deliveries.paused(session, real)
            calls = await replies.hand_over(session, now, real, BATCH, without=paused.keys())
        if not calls:
            return 0
        outcomes = await self._sender.send(calls)
        async with self._database.begin() as session:
            await replies.finish(session, self._clock.now(), self._clock.real(), outcomes)
        return len(calls)

    async def _notices(self) -> int:
        now, real = self._clock.now(), self._clock.real()
        async with self._database.begin() as session:
            if await leases.on_hold(session):
                return 0
            held = await leases.claim(session, now, real, BATCH)
            held += await self._preparation.later_today(session, now, real, held)
        if not held:
            return 0
        async with self._database.begin() as session:
            planned = await self._preparation.calls(session, now, real, held)
            calls = (
                await leases.hand_over(session, now, real, [(b.lead, call) for b, call in planned]) if planned else []
            )
        outcomes = await self._sender.send(calls)
        async with self._database.begin() as session:
            await self._finish(session, planned, outcomes)
        return len(held)

    async def _finish(
        self, session: AsyncSession, planned: Sequence[tuple[Bundle, Call]], outcomes: Sequence[Outcome]
    ) -> None:
        now, real = self._clock.now(), self._clock.real()
        await endings.finish(session, now, real, outcomes)
        ended = {outcome.call.delivery_id: outcome for outcome in outcomes}
        for bundle, call in planned:
            outcome = ended.get(call.delivery_id)
            if bundle.joined and outcome is not None and outcome.sent is not None:
                await leases.join(session, now, bundle.lead.id, bundle.joined)
            elif bundle.joined:
                await leases.put_back(session, bundle.joined)
            if outcome is not None and outcome.error is not None:
                await self._tell_staff(session, now, bundle.lead)

    async def _tell_staff(self, session: AsyncSession, now: datetime, notice: Claimed) -> None:
        """Money in doubt is never sent again by itself: a person decides."""
        if await leases.state_of(session, notice.id) == "unsure" and notice.kind == "leefgeld":
            await tasks.open_task(
                session,
                now,
                self._settings,
                kind=tasks.Kind.DELIVERY_UNSURE,
                person_id=notice.person_id,
                reason="unsure",
                source_kind=notice.source_kind,
                source_id=notice.source_id,
                call=True,
            )
