"""Receipts: which channels send them, which of two is further, and what may still arrive later; pure."""

from messaging.channel import Reached, Verdict
from messaging.twilio.codes import CODES

#: The channels whose provider says whether a message arrived; on the others taken is as far as we can know.
CONFIRMING = frozenset({"whatsapp", "sms"})

#: Why a message didn't arrive that may well arrive a while later: reasons of `Receipt`.
PASSING = frozenset(reason for verdict, reason in CODES.values() if verdict is Verdict.RETRY)

#: Failed stands below delivered: a phone that got the message is stronger evidence than a carrier that gave up.
_ORDER = (Reached.SENT, Reached.FAILED, Reached.DELIVERED, Reached.READ)


def further(one: Reached, other: Reached) -> Reached:
    """The one that a delivery keeps, in whatever order callbacks arrive."""
    return max(one, other, key=_ORDER.index)
