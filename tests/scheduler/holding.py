"""A made-up notice in the hands of a worker."""

from datetime import timedelta
from typing import Any

from core.ids import new_id
from scheduler.queue.claims import Claimed
from tests.scheduler.world import NOW


def claimed(kind: str = "appointment", step: str = "day", **other: Any) -> Claimed:
    """What a worker took from the queue: due now, of use for a month, tried once; or `other` than that."""
    made_up = {
        "id": new_id(),
        "token": new_id(),
        "person_id": new_id(),
        "source_kind": kind,
        "source_id": new_id(),
        "source_version": 1,
        "due": NOW,
        "use_by": NOW + timedelta(days=30),
        "unit": None,
        "values": {},
        "again": False,
        "attempts": 1,
    }
    return Claimed(kind=kind, step=step, **{**made_up, **other})
