"""The inbox: raw updates are stored before a provider hears of it, and handled once, in order."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from bot import conversation
from bot.keeper import keeper
from content.inforce import InForce
from core import addresses, crypto
from core.bell import Bell
from core.clock import Clock
from core.database import Database, ring
from core.settings import Settings
from core.tables.chats import Inbox as Row
from messaging.channel import Channel, Incoming
from scheduler import receipts

__all__ = ["MOST_ATTEMPTS", "MOST_TAKEN", "Inbox", "keeper"]

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0

#: Counted before the work: an update that breaks the conversation is set aside, the others go on.
MOST_ATTEMPTS = 3

#: An update that was taken so often without an end took its process with it each time.
MOST_TAKEN = 6


@dataclass(frozen=True, kw_only=True)
class _Taken:
    id: UUID
    channel: str
    sealed: bytes
    attempts: int


class Inbox:
    """Handles stored updates: receipts to the queue, messages to the conversation."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        channels: Mapping[str, Channel],
        texts: Callable[[], InForce],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._channels = channels
        self._texts = texts
        #: One at a time in this process: answers keep the order of the messages.
        self.lock = asyncio.Lock()

    async def run(self, bell: Bell, stop: asyncio.Event) -> None:
        """Handle what comes in until told to stop."""
        ear = bell.ear()
        while not stop.is_set():
            if not await self.step():
                await ear.wait(POLL_SECONDS)

    async def drain(self) -> int:
        """Handle everything that waits; returns how many updates."""
        handled = 0
        while await self.step():
            handled += 1
        return handled

    async def step(self) -> bool:
        """Handle the oldest update; False when none waits."""
        async with self.lock:
            taken = await self._take()
            if taken is None:
                return False
            if taken.attempts > MOST_TAKEN:
                log.error("update_set_aside", channel=taken.channel, error="process_lost")
                await self._set_aside(taken, "process_lost")
                return True
            try:
                await self._handle(taken)
            except Exception as error:
                # Counted already: tried again, and after the last try set aside where staff can see it.
                log.error("update_broke", channel=taken.channel, error=type(error).__name__)
                if taken.attempts >= MOST_ATTEMPTS:
                    await self._set_aside(taken, type(error).__name__)
            return True

    async def _take(self) -> _Taken | None:
        async with self._database.begin() as session:
            # Where another process is handling it, wait: its order is that of arrival, for every chat.
            oldest = select(Row.id).where(Row.handled_at.is_(None)).order_by(Row.n).limit(1).with_for_update()
            taken = await session.execute(
                update(Row)
                .where(Row.id == oldest.scalar_subquery())
                .values(attempts=Row.attempts + 1)
                .returning(Row.id, Row.channel, Row.payload_sealed, Row.attempts)
            )
            row = taken.one_or_none()
        if row is None:
            return None
        return _Taken(id=row.id, channel=row.channel, sealed=row.payload_sealed, attempts=row.attempts)

    async def _handle(self, taken: _Taken) -> None:
        channel = self._channels.get(taken.channel)
        payload = Row.payload.open(Row.__tablename__, taken.id, taken.sealed)
        messages = channel.receive(payload) if channel else ()
        receipt = channel.receipt(payload) if channel else None
        async with self._database.begin() as session:
            waits = select(Row.id).where(Row.id == taken.id, Row.handled_at.is_(None)).with_for_update()
            if (await session.scalars(waits)).one_or_none() is None:
                return  # another process was faster
            if receipt is not None:
                await receipts.apply(session, self._clock.now(), receipt)
            for message in messages:
                assert channel is not None
                await conversation.answer(
                    session, self._settings, self._texts(), self._clock.now(), message, edits=channel.edits
                )
            handled = update(Row).where(Row.id == taken.id).values(handled_at=self._clock.now(), **_who(messages))
            await session.execute(handled)
            await ring(session)
        for message in messages:
            if message.tap is not None and channel is not None:
                await channel.confirm_tap(message.tap)

    async def _set_aside(self, taken: _Taken, failed: str) -> None:
        """Never again, but kept where staff can see it."""
        async with self._database.begin() as session:
            waits = (Row.id == taken.id) & Row.handled_at.is_(None)
            await session.execute(update(Row).where(waits).values(handled_at=self._clock.now(), failed=failed))

    async def waiting(self) -> int:
        """How many stored updates are not handled yet."""
        async with self._database.begin() as session:
            query = select(func.count()).select_from(Row).where(Row.handled_at.is_(None))
            return int((await session.execute(query)).scalar_one())


def _who(messages: Sequence[Incoming]) -> dict[str, bytes]:
    """Look-up values of who wrote and what: for what must be deleted at the provider, and to notice echoes."""
    if not messages:
        return {}
    first = messages[0]
    found = {"sender_hash": addresses.handle_hash(first.channel, first.handle)}
    return found if first.text is None else {**found, "text_hash": crypto.index("inbox text", first.text)}
