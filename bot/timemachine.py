"""The demo's time machine: moves the service's time and lets everything that falls due on the way happen, in order."""

import asyncio
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import Inbox
from core import servicetime
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.tables.chats import Reply
from core.tables.notices import Notice
from scheduler import timers
from scheduler.sending.worker import Worker

_LOOK_SECONDS = 0.02


class TimeMachineBusy(Exception):
    """Somebody else is moving the clock now."""


class Wording(Protocol):
    """The texts in force: some of them only from a moment on."""

    async def refresh(self) -> None:
        """Read again what may be said now."""

    async def next_change(self) -> datetime | None:
        """When that changes by itself."""


class TimeMachine:
    """Owns the offset of the service's time; one move at a time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        worker: Worker,
        inbox: Inbox,
        wording: Wording | None = None,
    ) -> None:
        self._wording = wording
        self._database = database
        self._clock = clock
        self._settings = settings
        self._worker = worker
        self._inbox = inbox
        self._moving = False

    async def restore(self) -> None:
        """Take up the time where an earlier run left it."""
        async with self._database.begin() as session:
            self._clock.offset = await servicetime.offset(session)

    async def move(self, target: datetime) -> int:
        """Go forward to a moment; returns how many messages wait for a provider then."""
        if self._moving:
            raise TimeMachineBusy
        self._moving = True
        try:
            async with self._worker.still():
                await self._settle()
                while (now := self._clock.now()) < target:
                    await self._set(min(target, await self._next(now) or target))
                    await self._settle()
        finally:
            self._moving = False
        return await self.waiting()

    async def _set(self, moment: datetime) -> None:
        self._clock.offset = moment - self._clock.real()
        async with self._database.begin() as session:
            await servicetime.keep_offset(session, self._clock.offset)

    async def _settle(self) -> None:
        """Let all that is due happen, until nothing moves any more."""
        if self._wording is not None:
            await self._wording.refresh()
        for tick in timers.TICKS:
            await timers.run_tick(tick, self._database, self._clock, self._settings)
        while await self._worker.drain() + await self._inbox.drain():
            pass

    async def _next(self, now: datetime) -> datetime | None:
        """The next moment at which something falls due."""
        async with self._database.begin() as session:
            notice = select(func.min(Notice.due)).where(Notice.is_open, Notice.state == "planned", Notice.due > now)
            reply = select(func.min(Reply.due)).where(Reply.state == "planned", Reply.due > now)
            moments = [(await session.scalars(query)).one_or_none() for query in (notice, reply)]
        moments.append(await timers.next_moment(self._database, self._clock, self._settings))
        if self._wording is not None:
            moments.append(await self._wording.next_change())
        return min((moment for moment in moments if moment is not None), default=None)

    async def waiting(self) -> int:
        """How many messages are due but wait for a provider."""
        async with self._database.begin() as session:
            return await self._count(session, Notice.retry_at.is_not(None), Reply.retry_at.is_not(None))

    async def idle(self, seconds: float) -> bool:
        """Whether inbox and due queue are empty, waiting at most so long for it."""
        until = self._clock.real().timestamp() + seconds
        while not (empty := await self._empty()):
            if self._clock.real().timestamp() >= until:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return empty

    async def _empty(self) -> bool:
        if await self._inbox.waiting():
            return False
        async with self._database.begin() as session:
            return not await self._count(session, Notice.id.is_not(None), Reply.id.is_not(None))

    async def _count(self, session: AsyncSession, notices: ColumnElement[bool], replies: ColumnElement[bool]) -> int:
        now = self._clock.now()
        total = 0
        for row, condition in ((Notice, notices), (Reply, replies)):
            due = or_((row.state == "planned") & (row.due <= now), row.state.in_(("claimed", "handing")))
            query = select(func.count()).select_from(row).where(due, condition)
            total += int((await session.execute(query)).scalar_one())
        return total
