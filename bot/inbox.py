"""The inbox: stored updates are handled once, in order per chat, several chats at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot import backlog, conversation, urgency
from bot.attempts import Attempts, Taken
from bot.backlog import NotOurs
from bot.fetching import Fetched, Fetching, FileWanted
from bot.keeper import keeper
from content.inforce import InForce
from core import addresses, crypto
from core.bell import Bell
from core.clock import Clock
from core.database import Database, is_away
from core.settings import Settings
from core.tables.chats import Inbox as Row
from messaging import flood
from messaging.channel import Channel, Incoming
from messaging.flood import Heard, Judged, Judgement
from scheduler.queue import deliveries, receipts

__all__ = ["HANDS", "MOST_ATTEMPTS", "MOST_TAKEN", "Inbox", "keeper"]

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0

#: Chats that one process works on at a time: each holds a connection, one more counts their attempts, and some of
#: the pool is left to the others in this process.
HANDS = 8

#: Counted before the work: an update that breaks the conversation is set aside, the others go on.
MOST_ATTEMPTS = 3

#: An update that was taken so often without an end took its process with it each time.
MOST_TAKEN = 6

#: More letters than a person types again and again: longer ones may be an absence message.
LONGEST_WORD = 25

_CALM = Judged(judgement=Judgement.ANSWER, flood=None)


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
        self._hands: set[asyncio.Task[None]] = set()
        self._taps: set[asyncio.Task[None]] = set()
        self._attempts = Attempts(database)
        self._fetching = Fetching(channels, self._go_on)
        self._stopping = False
        self._away: Counter[UUID] = Counter()  #: update -> tries that failed for want of a database
        self._rung = 0  #: grows with every ring
        self._ended = 0  #: updates that came to an end since the last drain
        self._after = backlog.FIRST_SENDER  #: the chats go round from here: nobody's many updates stand before others'

    async def run(self, bell: Bell, stop: asyncio.Event) -> None:
        """Handle what comes in until told to stop; what is in hand then is finished."""
        ear = bell.ear()
        self._stopping = False
        try:
            while not stop.is_set():
                self._rung += 1
                self._lend_a_hand()
                await ear.wait(POLL_SECONDS)
            self._stopping = True
            self._fetching.cancel()
            await self._empty_handed()
        finally:
            for task in (*self._hands, *self._taps, *self._fetching.tasks):
                task.cancel()

    async def drain(self) -> int:
        """Handle everything that waits, but what other processes have in hand.

        Returns how many updates came to an end here since the last time, also by `run` meanwhile.
        """
        ended, before = self._ended, -1
        while ended != before:
            before = ended
            self._lend_a_hand()
            await self._empty_handed()
            ended = self._ended
        self._ended = 0
        return ended

    async def waiting(self) -> int:
        """How many stored updates are not handled yet."""
        async with self._database.begin() as session:
            return await backlog.waiting(session)

    async def _empty_handed(self) -> None:
        while busy := {*self._hands, *self._taps, *self._fetching.tasks}:
            await asyncio.wait(busy)

    def _go_on(self) -> None:
        """A chat that waited for a file can be answered."""
        self._rung += 1
        self._lend_a_hand()

    def _lend_a_hand(self) -> None:
        """One more chat at a time, where there is room. Who finds work calls the next: a ring wakes only one."""
        if len(self._hands) < HANDS and not self._stopping:
            self._hands.add(asyncio.create_task(self._work(), name="hand"))

    async def _work(self) -> None:
        """Chat after chat, one update of each, until nothing waits that isn't in other hands."""
        try:
            async with self._database.engine.connect() as connection:
                while not self._stopping:
                    rung = self._rung
                    if not await self._step(connection) and rung == self._rung:
                        break
        except (SQLAlchemyError, OSError) as error:
            # Nothing is lost: what was in hand is rolled back, and looked for again at the next ring or poll.
            log.warning("inbox_waits", error=type(error).__name__)
        finally:
            # Before anything else runs: who rings from now on finds room.
            self._hands.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _step(self, connection: AsyncConnection) -> bool:
        """Handle the oldest update of the next free chat; False when there is none."""
        chat: int | None = None
        taken: Taken | None = None
        taps: Sequence[str] = ()
        try:
            async with self._begin(connection) as session:
                chat = await self._lock_next(session)
                if chat is None:
                    return False
                self._lend_a_hand()
                taken = await self._attempts.take(chat)
                if taken is not None:
                    last = self._tries(taken) >= MOST_ATTEMPTS
                    taps = await (self._last_try if last else self._handle)(session, taken)
        except NotOurs:
            log.warning("update_ended_elsewhere")
        except FileWanted as asked:
            assert chat is not None
            assert taken is not None
            self._away[taken.id] += 1  # counted, but it was no try: it waits for its file
            self._fetching.begin(chat, taken.id, taken.channel, asked.wanted)
        except Exception as error:
            if taken is not None and is_away(error):
                self._away[taken.id] += 1  # counted, but no fault of its own
            if taken is None or is_away(error):
                raise
            # Counted already: tried again, as the next of its chat.
            _log_broken(taken, error)
        else:
            self._ended += taken is not None
            if taken is not None:
                self._away.pop(taken.id, None)
                self._fetching.forget(taken.id)
                self._confirm(taken.channel, taps)
        return True

    def _tries(self, taken: Taken) -> int:
        """How often it was tried, without the times when the database was away or full."""
        return taken.attempts - self._away[taken.id]

    async def _last_try(self, session: AsyncSession, taken: Taken) -> Sequence[str]:
        """As `_handle`; what breaks once more is set aside where staff can see it, while its chat is still ours."""
        if self._tries(taken) > MOST_TAKEN:
            log.error("update_set_aside", channel=taken.channel, error="process_lost")
            await backlog.set_aside(session, self._clock.now(), taken.id, "process_lost")
            return ()
        try:
            async with session.begin_nested():
                return await self._handle(session, taken)
        except Exception as error:
            if isinstance(error, NotOurs | FileWanted) or is_away(error):
                raise
            _log_broken(taken, error)
            await backlog.set_aside(session, self._clock.now(), taken.id, type(error).__name__)
            return ()

    @asynccontextmanager
    async def _begin(self, connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
        """A transaction on the connection that a hand keeps from update to update."""
        async with self._database.sessions(bind=connection) as session, session.begin():
            yield session

    async def _lock_next(self, session: AsyncSession) -> int | None:
        """Messages go round by chat; after each round comes one that has no sender."""
        waits = self._fetching.chats
        chat = await backlog.lock_next(session, self._after, waits)
        if chat is None:
            chat = await backlog.lock_next(session, backlog.LOWEST, waits)
        self._after = backlog.FIRST_SENDER if chat is None else max(chat, backlog.FIRST_SENDER)
        return chat

    async def _handle(self, session: AsyncSession, taken: Taken) -> Sequence[str]:
        """All that comes of an update, in the transaction that marks it handled; returns the taps to confirm."""
        channel = self._channels.get(taken.channel)
        payload = Row.payload.open(Row.__tablename__, taken.id, taken.sealed)
        messages = channel.receive(payload) if channel else ()
        receipt = channel.receipt(payload) if channel else None
        if receipt is not None:
            await receipts.apply(session, self._clock.now(), receipt)
        who = _who(messages)
        judged = await self._judged(session, taken, messages, who)
        heeded = () if channel is None or judged.judgement is Judgement.SILENT else messages
        for message in heeded:
            assert channel is not None
            fetched = await self._fetched(session, taken, message, judged.judgement)
            await self._answer(session, message, judged.judgement, fetched, edits=channel.edits)
        ended = {**who, "flood": judged.flood}
        ringing = bool(heeded) or receipt is not None
        await backlog.finish(session, self._clock.now(), taken.id, ended, ringing=ringing)
        taps = [message.tap for message in heeded if message.tap is not None]
        # Nothing is asked of a provider that said wait: not that either.
        return [] if taps and taken.channel in await deliveries.paused(session, self._clock.real()) else taps

    async def _fetched(self, session: AsyncSession, taken: Taken, message: Incoming, judgement: Judgement) -> Fetched:
        """What the scene of this chat asks for, which came before; FileWanted where it is still to be fetched."""
        if judgement is not Judgement.ANSWER:
            return Fetched()
        if (here := self._fetching.take(taken.id)) is not None:
            return here
        if (wanted := await conversation.wanted(session, self._clock.now(), message)) is not None:
            raise FileWanted(wanted)
        return Fetched()

    async def _answer(
        self, session: AsyncSession, message: Incoming, judgement: Judgement, fetched: Fetched, *, edits: bool
    ) -> None:
        now, texts = self._clock.now(), self._texts()
        await conversation.answer(
            session,
            self._settings,
            texts,
            now,
            message,
            edits=edits,
            judgement=judgement,
            taken=fetched.taken,
            refused=fetched.refused,
        )

    async def _judged(
        self, session: AsyncSession, taken: Taken, messages: Sequence[Incoming], who: Mapping[str, Any]
    ) -> Judged:
        """Whether its sender sends too much; then only words of need are heeded."""
        if not messages:
            return _CALM
        first = messages[0]
        heard = await backlog.heard(session, who["sender_hash"], taken.received)
        heard.append(Heard(at=taken.received, text_hash=who.get("text_hash")))
        sentence = len(first.text or "") > LONGEST_WORD
        judged = flood.judge(first.channel, heard, sentence=sentence)
        if judged.flood is None:
            return judged
        if first.group:
            # Many people may talk there; the one sentence for a group was said.
            return Judged(judgement=Judgement.SILENT, flood=judged.flood)
        if urgency.is_urgent(self._texts(), first):
            return flood.judge(first.channel, heard, urgent=True, sentence=sentence)
        return judged

    def _confirm(self, channel: str, taps: Sequence[str]) -> None:
        """Confirm taps beside the work: a provider that hangs holds back nobody's answer."""
        for tap in taps:
            task = asyncio.create_task(self._channels[channel].confirm_tap(tap), name="confirm tap")
            self._taps.add(task)
            task.add_done_callback(self._taps.discard)


def _log_broken(taken: Taken, error: Exception) -> None:
    log.error("update_broke", channel=taken.channel, error=type(error).__name__)


def _who(messages: Sequence[Incoming]) -> dict[str, Any]:
    """Look-up values of who wrote and what: for what must be deleted at the provider, and to notice echoes."""
    if not messages:
        return {}
    first = messages[0]
    found = {"sender_hash": addresses.handle_hash(first.channel, first.handle), "message": first.message}
    return found if first.text is None else {**found, "text_hash": crypto.index("inbox text", first.text)}
