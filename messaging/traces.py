"""Which message on a provider's list is the one whose answer was lost; pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from messaging.channel import Trace

#: A provider writes whole seconds by its own clock, and a call takes up to its deadline.
BEFORE, AFTER = timedelta(seconds=60), timedelta(seconds=120)

#: Where an approved template may have said it in words that aren't ours.
TEMPLATED = frozenset({"whatsapp"})


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A message that may have been taken, all to one address."""

    delivery_id: UUID
    channel: str
    text: str
    at: datetime  #: real time at which it was handed over


def match(sought: Sequence[Sought], traces: Sequence[Trace], known: Collection[str]) -> Mapping[UUID, Trace]:
    """Delivery -> its trace, each trace once. `known` are provider ids of deliveries that had their answer."""
    free = [trace for trace in traces if trace.receipt.provider_id not in known]
    found: dict[UUID, Trace] = {}
    for says in (_same_words, _sole_template):
        for one in sorted(sought, key=lambda one: one.at):
            near = [trace for trace in free if one.at - BEFORE <= trace.at <= one.at + AFTER]
            if one.delivery_id not in found and (trace := says(one, near)) is not None:
                found[one.delivery_id] = trace
                free.remove(trace)
    return found


def _same_words(one: Sought, near: Sequence[Trace]) -> Trace | None:
    """The nearest in time that says what we said; answers by number may stand below it."""
    said = _folded(one.text)
    same = [trace for trace in near if said and _folded(trace.text).startswith(said)]
    return min(same, key=lambda trace: abs(trace.at - one.at), default=None)


def _sole_template(one: Sought, near: Sequence[Trace]) -> Trace | None:
    """The only other message of that moment: a template says it in Meta's approved words."""
    return near[0] if one.channel in TEMPLATED and len(near) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.split())
