"""Who sends too much is answered once, kindly, and then not until it calms down; pure.

Two machines could answer each other for ever, and a thousand messages a minute must not cost a thousand
answers. Words of need (STOP, danger) are heeded all the same, in any flood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SPAN = timedelta(minutes=1)
MOST = 60  #: points in SPAN that are answered: as many taps, which somebody in a hurry may reach, or half as many texts
CALM = 20  #: so few points in SPAN end a flood; well below MOST, so that its end is felt
TEXT_POINTS, TAP_POINTS = 2, 1
URGENT = 3  #: words of need that are answered in one flood; heeded are all

SAME = 3  #: times the same words that are answered
ECHO = timedelta(minutes=2)  #: for short words: a person may say `1` again
LOOP = timedelta(hours=1)  #: for a sentence, and for all texts together
MOST_IN_LOOP = 60
#: Where a machine may answer a machine; elsewhere a person taps, and may tap the same again.
ECHOING = frozenset({"sms"})
#: Where a sentence may come from a machine: an absence message.
LOOPING = frozenset({"sms", "whatsapp"})

MEMORY = LOOP  #: what is older has no say
MOST_HEARD = MOST + 1  #: and of the newest so many: one more than any limit


class Judgement(StrEnum):
    """What becomes of the newest message."""

    ANSWER = "answer"
    MUTE = "mute"  #: do what it asks, and leave the answer out
    WARN = "warn"  #: do nothing, say once that it is too much
    SILENT = "silent"  #: do nothing, say nothing


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of one sender, as it was stored."""

    at: datetime
    text_hash: bytes | None = None  #: of what was typed; None for a tap
    flood: int | None = None  #: what was judged of it (Judged.flood)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What becomes of a message, and what is remembered of its sender's flood."""

    judgement: Judgement
    flood: int | None  #: words of need answered since the flood began; None: there is no flood


def judge(channel: str, heard: Sequence[Heard], *, urgent: bool = False, sentence: bool = False) -> Judged:
    """What becomes of the last of these; `heard` is one sender's last MEMORY (MOST_HEARD are enough), oldest first.

    `urgent`: a word of need. `sentence`: more than a person would type again and again.
    """
    newest = heard[-1]
    before = heard[-2].flood if len(heard) > 1 else None
    points = sum(_points(one) for one in heard if one.at > newest.at - SPAN)
    if points <= (MOST if before is None else CALM):
        muted = _echoes(channel, heard, sentence=sentence)
        return Judged(judgement=Judgement.MUTE if muted else Judgement.ANSWER, flood=None)
    answered = before or 0
    if urgent and answered < URGENT:
        return Judged(judgement=Judgement.ANSWER, flood=answered + 1)
    if urgent:
        return Judged(judgement=Judgement.MUTE, flood=answered)
    return Judged(judgement=Judgement.WARN if before is None else Judgement.SILENT, flood=answered)


def _points(one: Heard) -> int:
    return TAP_POINTS if one.text_hash is None else TEXT_POINTS


def _echoes(channel: str, heard: Sequence[Heard], *, sentence: bool) -> bool:
    """Whether a machine seems to speak: the newest words came too often of late, or too many did."""
    newest = heard[-1]
    if newest.text_hash is None or channel not in LOOPING:
        return False
    texts = [one for one in heard if one.text_hash is not None and one.at > newest.at - LOOP]
    same = [one for one in texts if one.text_hash == newest.text_hash]
    if sentence and len(same) > SAME:
        return True
    if channel not in ECHOING:
        return False
    return len(texts) > MOST_IN_LOOP or sum(one.at > newest.at - ECHO for one in same) > SAME
