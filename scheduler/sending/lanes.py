"""One channel's part of a burst: what is rendered and leased, what is on record, and how much of it there may be."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from messaging.channel import Outlet
from scheduler.queue.claims import Call
from scheduler.sending.preparation import Planned

#: A group that is put on record in one transaction, and calls under way at once per channel.
GROUP = 50

#: Leased and rendered for a channel without an allowance.
_AHEAD = 8 * GROUP

#: What leaves in this time is leased for a paced channel; the rest is left to its turn, so that an urgent change
#: waits behind little, also where three processes share the pace.
AHEAD_SECONDS = 1.0


@dataclass(kw_only=True)
class OnRecord:
    """A push whose attempt is committed, and when (real time) it was last known to be wanted."""

    planned: Planned
    since: datetime
    wanted: bool = True

    @property
    def call(self) -> Call:
        """The hand-over itself."""
        return self.planned.call


@dataclass(kw_only=True)
class Lane:
    """What goes to one channel."""

    name: str
    outlet: Outlet
    ready: deque[Planned] = field(default_factory=deque)
    on_record: "asyncio.Queue[OnRecord]" = field(default_factory=asyncio.Queue)
    waiting: dict[UUID, OnRecord] = field(default_factory=dict)  #: by delivery: on record, and not started yet
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    calling: int = 0

    @property
    def paced(self) -> bool:
        """Whether each call needs a send moment of its own."""
        return self.outlet.rate > 0

    @property
    def capacity(self) -> int:
        """How many may be leased ahead of their calls."""
        return max(1, int(AHEAD_SECONDS * self.outlet.rate)) if self.paced else _AHEAD

    @property
    def is_low(self) -> bool:
        """Whether more should be leased, so that its senders never wait."""
        return len(self.ready) <= self.capacity // 4

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be leased for it."""
        return len(self.ready) >= self.capacity

    @property
    def room(self) -> int:
        """How many to put on record now: what is on record starts at once, or very soon."""
        if self.paced:
            return 1 if self.calling + self.on_record.qsize() < GROUP else 0
        waiting = self.on_record.qsize()
        return GROUP - waiting if waiting <= GROUP // 4 else 0

    def add(self, planned: Sequence[Planned]) -> None:
        """More to send, each in its place: the most urgent first, whenever it was leased."""
        self.ready = deque(sorted([*self.ready, *planned], key=lambda one: one.bundle.lead.urgency))
        self.news.set()

    def take(self, most: int) -> list[Planned]:
        """The next ones, most urgent first."""
        return [self.ready.popleft() for _ in range(min(most, len(self.ready)))]
