"""What a worker holds: a claimed notice, a call to a provider, and how it ended.

Named tuples: thousands a second are made of each, and a frozen dataclass costs five times as much to make.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from content.parts import Value
from core.values import Handle
from messaging.channel import Outgoing, SendError, Sent


class Claimed(NamedTuple):
    """A notice that this worker leased and surely hasn't sent."""

    id: UUID
    token: UUID
    person_id: UUID
    kind: str
    step: str
    source_kind: str
    source_id: UUID
    source_version: int
    due: datetime
    use_by: datetime | None
    unit: str | None  #: instead of the kind's own
    values: Mapping[str, Value]
    again: bool
    attempts: int
    avoid: tuple[UUID, ...] = ()  #: addresses where it was said in vain
    priority: int = 2

    @property
    def urgency(self) -> tuple[int, datetime, bool, datetime]:
        """The order in which things go: of what is due at the same time, what is of use for the shortest time first."""
        return self.priority, self.due, self.use_by is None, self.use_by or self.due


class Call(NamedTuple):
    """One hand-over to a provider, on record before it starts."""

    delivery_id: UUID
    item_id: UUID  #: the notice or the reply
    token: UUID  #: of the claim: who lost it may not finish
    version: int  #: of the source, as it was rendered
    address_id: UUID
    channel: str
    handle: Handle
    message: Outgoing
    text_hash: str | None = None


class Outcome(NamedTuple):
    """How a call ended: one of the two is set."""

    call: Call
    sent: Sent | None = None
    error: SendError | None = None
    started: bool = True  #: False: the provider never heard of it, so no attempt is burnt
