"""One channel's part of a burst: what is rendered and leased, what is on record, and how much of it there may be."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from messaging.channel import Outlet
from scheduler.claims import Call
from scheduler.preparation import Planned

#: A group that is put on record in one transaction, and calls under way at once per channel.
GROUP = 50

#: Leased and rendered for a channel without an allowance.
_AHEAD = 4 * GROUP

#: What leaves in this time is leased for a paced channel; the rest is left to its turn, so that an urgent change
#: waits behind little, also where three processes share the pace.
AHEAD_SECONDS = 1.0

#: Nothing is put off for longer than this: another worker may be faster.
_LONGEST = timedelta(minutes=1)


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
    put_off_until: datetime | None = None  #: real time; when what was put off last is looked at again

    @property
    def paced(self) -> bool:
        """Whether each call needs a send moment of its own."""
        return self.outlet.rate > 0

    @property
    def capacity(self) -> int:
        """How many may be leased ahead of their calls."""
        return max(1, int(AHEAD_SECONDS * self.outlet.rate)) if self.paced else 2 * _AHEAD

    @property
    def is_low(self) -> bool:
        """Whether more should be leased, so that its senders never wait."""
        return len(self.ready) <= (self.capacity // 4 if self.paced else 2 * GROUP)

    @property
    def room(self) -> int:
        """How many to put on record now: what is on record starts at once, or very soon."""
        if not self.paced:
            waiting = self.on_record.qsize()
            return GROUP - waiting if waiting <= GROUP // 4 else 0
        free = GROUP - self.calling - self.on_record.qsize()
        return min(free, max(1, int(self.outlet.rate / 100)))

    def take(self, most: int) -> list[Planned]:
        """The next ones, most urgent first."""
        return [self.ready.popleft() for _ in range(min(most, len(self.ready)))]

    def too_many(self) -> Sequence[Planned]:
        """What is leased beyond its capacity, the least urgent of it; no longer ready."""
        extra = len(self.ready) - self.capacity
        return list(reversed([self.ready.pop() for _ in range(extra)])) if extra > 0 else ()

    def put_off(self, real: datetime, count: int) -> datetime:
        """When (real time) so many more should be looked at again: after all that goes before them."""
        until = max(self.put_off_until or real, real + timedelta(seconds=AHEAD_SECONDS))
        self.put_off_until = until + timedelta(seconds=count / (self.outlet.rate or 1))
        return min(until, real + _LONGEST)
