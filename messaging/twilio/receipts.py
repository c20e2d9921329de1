"""What a status of Twilio's says of a message; pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from messaging.channel import Reached, Receipt, Verdict
from messaging.twilio.codes import CODES

#: Twilio's status -> how far. Every one of them, also `queued`, proves that Twilio took the message.
_TWILIO = {
    "accepted": Reached.SENT,
    "scheduled": Reached.SENT,
    "queued": Reached.SENT,
    "sending": Reached.SENT,
    "sent": Reached.SENT,
    "delivered": Reached.DELIVERED,
    "read": Reached.READ,
    "undelivered": Reached.FAILED,
    "failed": Reached.FAILED,
    "canceled": Reached.FAILED,
}


def from_twilio(channel: str, payload: Mapping[str, Any]) -> Receipt | None:
    """The receipt in a stored status callback; None for a status that says nothing of a sent message."""
    reached = _TWILIO.get(str(payload.get("MessageStatus", "")).lower())
    provider_id = payload.get("MessageSid")
    if reached is None or not provider_id:
        return None
    code = str(payload.get("ErrorCode") or "") if reached is Reached.FAILED else ""
    known = CODES.get(int(code)) if code.isdecimal() and len(code) < 7 else None
    verdict, reason = known or (None, "not_delivered")
    return Receipt(
        channel=channel,
        provider_id=str(provider_id),
        reached=reached,
        delivery_id=_uuid(payload.get("delivery")),
        code=code or None,
        dead=reached is Reached.FAILED and verdict is Verdict.DEAD,
        reason=reason if reached is Reached.FAILED else None,
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
