"""An appointment as it was before its last change, kept encrypted in its row while that can be taken back."""

from datetime import datetime
from typing import Any

from core import clock
from core.tables.agenda import Appointment
from core.values import Private
from scheduler.meetings.telling import Belief


def remember(row: Appointment, belief: Belief, now: datetime) -> None:
    """Keep what take_back needs, and count the change."""
    place = row.place
    row.previous = {
        "wall_time": row.wall_time.isoformat(),
        "place": None if place is None else place.reveal(),
        "status": row.status,
        "answer": row.answer,
        "answered_at": row.answered_at and row.answered_at.isoformat(),
        "decline_reason": row.decline_reason,
        "place_waits": belief.place_waits,
    }
    row.version, row.changed_at = row.version + 1, now


def restore(row: Appointment, belief: Belief, now: datetime) -> bool:
    """Set the row back to what it was; returns whether the person believes another place than that."""
    before: dict[str, Any] = row.previous or {}
    place = None if before["place"] is None else Private(before["place"])
    placed = place != row.place
    row.wall_time = datetime.fromisoformat(before["wall_time"])
    row.starts_at = clock.instant(row.wall_time, row.zone)
    row.place, row.status = place, before["status"]
    row.answer, row.decline_reason = before["answer"], before["decline_reason"]
    row.answered_at = datetime.fromisoformat(before["answered_at"]) if before["answered_at"] else None
    row.previous, row.version, row.changed_at = None, row.version + 1, now
    return bool(before["place_waits"]) if belief.change_waits else placed
