"""What a worker holds: a claimed notice, a call to a provider, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from content.parts import Value
from core.values import Handle
from messaging.channel import Outgoing, SendError, Sent


@dataclass(frozen=True, kw_only=True)
class Claimed:
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


@dataclass(frozen=True, kw_only=True)
class Call:
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call ended: one of the two is set."""

    call: Call
    sent: Sent | None = None
    error: SendError | None = None
    started: bool = True  #: False: the provider never heard of it, so no attempt is burnt
