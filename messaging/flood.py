"""Who sends too much is answered once, kindly, and then not until it calms down; pure.

Two machines could answer each other for ever, and a thousand messages a minute must not cost a thousand
answers. Every message is stored and handled all the same; only the answer is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST = 20  #: messages in SPAN that are answered
SPAN = timedelta(minutes=1)
CALM = 10  #: so few in SPAN end a flood; more than one below MOST, so that its end is felt
MEMORY = timedelta(minutes=10)  #: what is older than this has no say

SAME = 3  #: times the same words in ECHO that are answered
ECHO = timedelta(minutes=2)
#: Where a machine may answer a machine; elsewhere a person taps, and may tap the same again.
ECHOING = frozenset({"sms"})


class Judgement(StrEnum):
    """What becomes of the answer to the newest message."""

    ANSWER = "answer"
    WARN = "warn"  #: say once that it is too much
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of one sender, as it was stored."""

    at: datetime
    text_hash: bytes | None = None  #: of what was typed; None for a tap


def judge(channel: str, heard: Sequence[Heard]) -> Judgement:
    """What becomes of the answer to the last of these; `heard` is one sender's last MEMORY, oldest first.

    The sender's whole flood is played again from its start, so nothing need be remembered between two messages.
    """
    if not heard:
        return Judgement.ANSWER
    flooding = _flood([message.at for message in heard])
    if flooding is Judgement.ANSWER and channel in ECHOING and _echoes(heard):
        return Judgement.SILENT
    return flooding


def _flood(moments: Sequence[datetime]) -> Judgement:
    judged, start = Judgement.ANSWER, 0
    for place, moment in enumerate(moments):
        while moments[start] <= moment - SPAN:
            start += 1
        count = place - start + 1
        if judged is Judgement.ANSWER:
            judged = Judgement.WARN if count > MOST else Judgement.ANSWER
        else:
            judged = Judgement.ANSWER if count <= CALM else Judgement.SILENT
    return judged


def _echoes(heard: Sequence[Heard]) -> bool:
    """Whether the newest words came too often of late."""
    newest = heard[-1]
    if newest.text_hash is None:
        return False
    same = [one for one in heard if one.text_hash == newest.text_hash and one.at > newest.at - ECHO]
    return len(same) > SAME
