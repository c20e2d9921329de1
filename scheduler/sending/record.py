"""What of a burst stands on record and isn't written down yet: all that a crash can make unsure.

Attempts are committed before their calls, looked at once more where a call had to wait, and their ends are written
in groups. What breaks a group is found by itself: the others don't suffer for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.clock import Clock
from core.database import Database, surely
from scheduler.queue import handover, leases
from scheduler.queue.claims import Claimed, Outcome
from scheduler.sending import chats, forms, sender
from scheduler.sending.lanes import OnRecord
from scheduler.sending.preparation import Planned

log = structlog.get_logger(__name__)

#: Calls that may stand on record without their end: 50 in flight and 200 not yet written down.
MOST_ON_RECORD = 250

#: Ends that are written down together.
FLUSH_ROWS = 200

Ended = tuple[Planned, Outcome]
Finish = Callable[[Sequence[Ended]], Awaitable[None]]


class Record:
    """The calls of a burst, from just before they go on record until their ends are surely written."""

    def __init__(self, database: Database, clock: Clock, finish: Finish) -> None:
        self._database = database
        self._clock = clock
        self._finish = finish
        self._ended: list[Ended] = []
        self._open: dict[UUID, Planned] = {}  #: calls whose end isn't written down, by delivery
        self._renew_at = clock.real() + leases.RENEW
        self._writing = asyncio.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on record without its end."""
        return not self._open

    @property
    def room(self) -> int:
        """How many more calls may go on record."""
        return MOST_ON_RECORD - len(self._open)

    @property
    def unwritten(self) -> int:
        """How many ends wait to be written down."""
        return len(self._ended)

    def open(self, group: Sequence[Planned]) -> None:
        """These are about to go on record; they take their room at once."""
        self._open.update((one.call.delivery_id, one) for one in group)

    def close(self, one: Planned) -> None:
        """It didn't go on record. The end of one that was lost may be written down already."""
        self._open.pop(one.call.delivery_id, None)

    def end(self, one: Planned, outcome: Outcome) -> None:
        """How its call ended; to be written down."""
        self._ended.append((one, outcome))

    async def hand_over(self, group: Sequence[Planned]) -> set[UUID]:
        """Commit the attempts; which deliveries stand on record now. Where one breaks it, each by itself: that one
        goes back, its attempt counted."""
        if not group:
            return set()
        try:
            return await surely(lambda: self._handed_over(group))
        except Exception as error:
            if len(group) > 1:
                return set().union(*[await self.hand_over([one]) for one in group])
            log.error("not_on_record", error=type(error).__name__)
            await self.put_back(group, uncount=False)
            return set()

    async def _handed_over(self, group: Sequence[Planned]) -> set[UUID]:
        """What was changed, withdrawn or became too late meanwhile goes back."""
        async with self._database.at_once() as connection:
            whole = await self._whole_ones(connection, group)
            calls, real = [(one.bundle.lead, one.call) for one in whole], self._clock.real()
            # By itself, with no notice locked: who answers at this moment holds her chat, and wants her notices.
            offers = {call.address_id: forms.typed(call.channel, call.message.buttons) for _, call in calls}
            await chats.offer_all(connection, self._clock.now(), offers)
            await handover.lead(connection, real, {one.bundle.lead.id: one.bundle.joined for one in whole})
            kept = await handover.hand_over(connection, self._clock.now(), real, calls)
        standing = {call.delivery_id for call in kept}
        if lost := [one for one in group if one.call.delivery_id not in standing]:
            await self.put_back(lost)
            # On record all the same, where an earlier try was committed just when the database went away.
            self._ended += [(one, sender.never_left(one.call)) for one in lost]
        return standing

    async def _whole_ones(self, session: AsyncSession | AsyncConnection, planned: Sequence[Planned]) -> list[Planned]:
        """Those of which everything that goes along still stands; the others must be said anew."""
        joined = [notice for one in planned for notice in one.bundle.joined]
        held = await handover.still_held(session, self._clock.now(), joined)
        return [one for one in planned if all(notice.id in held for notice in one.bundle.joined)]

    async def put_back(
        self, planned: Sequence[Planned], *, retry_at: datetime | None = None, uncount: bool = True
    ) -> None:
        """Back to the queue, as if never taken."""

        async def put_back() -> None:
            async with self._database.begin() as session:
                await leases.put_back(session, _notices(planned), retry_at=retry_at, uncount=uncount)

        if planned:
            await surely(put_back)

    async def look_again(self, waiting: Sequence[OnRecord]) -> None:
        """Which of all that had to wait on record may still start."""
        real = self._clock.real()
        async with self._database.begin() as session:
            whole = await self._whole_ones(session, [one.planned for one in waiting])
            calls = [(one.bundle.lead, one.call) for one in whole]
            standing = await handover.still_stand(session, self._clock.now(), calls)
        for one in waiting:
            one.since, one.wanted = real, one.call.delivery_id in standing

    async def write_down(self) -> bool:
        """The first of what ended; it stays in hand until it is surely written. False where nothing had ended."""
        async with self._writing:
            ended = self._ended[:FLUSH_ROWS]
            if not ended:
                return False
            await self._finish_all(ended)
            del self._ended[: len(ended)]
            for one, _ in ended:
                self.close(one)
            return True

    async def _finish_all(self, ended: Sequence[Ended]) -> None:
        try:
            await surely(lambda: self._finish(ended))
        except Exception as error:
            if len(ended) > 1:
                for one in ended:
                    await self._finish_all([one])
            else:
                # Its lease lapses: it becomes unsure, visibly, and the others are written down.
                log.error("not_written_down", error=type(error).__name__)

    async def renew(self, ready: Iterable[Planned]) -> None:
        """Now and then, for these too: a provider that hangs or is slow must not cost us the leases of what we hold."""
        real = self._clock.real()
        if real < self._renew_at:
            return
        self._renew_at = real + leases.RENEW
        held = _notices([*self._open.values(), *ready])

        async def renew() -> None:
            async with self._database.begin() as session:
                await leases.renew(session, real, held)

        if held:
            await surely(renew)


def _notices(planned: Sequence[Planned]) -> list[Claimed]:
    return [notice for one in planned for notice in (one.bundle.lead, *one.bundle.joined)]
