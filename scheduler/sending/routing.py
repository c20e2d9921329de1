"""Which way a notice goes to a person now, or why none; one question for the worker and for who looks ahead."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from content.kinds import NOTICES
from messaging import dispatch
from messaging.dispatch import Route
from scheduler.queue.claims import Claimed
from scheduler.sending.recipients import Recipient

_NONE: Mapping[str, str] = {}


def find(
    recipient: Recipient,
    notice: Claimed,
    now: datetime,
    *,
    tried: Collection[UUID],
    templates: Mapping[str, Mapping[str, str]],
    hidden: bool,
    sms_left: int | None = None,
    channels: Collection[str],
) -> tuple[tuple[Route, ...], str]:
    """The open routes, best first; where there are none, why (a code of messaging.reasons).

    `channels`: those that are switched on. `tried`: addresses where it didn't arrive. `hidden`: never on a phone that
    somebody else may hold.
    """
    kind = NOTICES[notice.kind, notice.step]
    # News and invitations wait until the person writes: WhatsApp would sell them as advertising.
    # What was wrong in it may be said at once.
    may_open = (notice.kind, notice.step) != ("update", "") and notice.step != "invitation"
    asked: dispatch.Asked = {
        "now": now,
        "tried": {*tried, *notice.avoid} if tried or notice.avoid else (),
        "template_states": templates.get(kind.template, _NONE) if may_open else _NONE,
        "languages": recipient.languages,
        "never_shared": hidden,
        "sms_left": sms_left,
        "channels": channels,
    }
    found = dispatch.routes(recipient.candidates, **asked)
    return found, "" if found else dispatch.why_not(recipient.candidates, **asked)
