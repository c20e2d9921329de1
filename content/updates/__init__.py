"""An update of a rolmodel, a partner or staff, in one language or more: each version is looked at by another speaker,
sent as it was approved, and ends by itself.

draft -> submitted -> approved -> sent, or returned; after that perhaps recalled, and the next version stands in for
it. The caller plans the broadcast (scheduler.news.broadcasts.plan) in the transaction in which a judgement answers
APPROVED.
"""

from content.updates.drafts import (
    FURTHEST,
    About,
    about,
    add,
    describe,
    edit,
    enclose,
    reopen,
    submit,
    take_back,
    unfinished,
    withdraw,
    write,
)
from content.updates.judging import (
    Outcome,
    approve,
    deceives,
    last_reason,
    leads,
    others_who_speak,
    return_,
    second_approve,
    second_needed,
    unreturn,
    waiting,
)
from content.updates.news import News, Story, on_show, over, read, whole
from content.updates.versions import LONGEST

__all__ = [
    "FURTHEST",
    "LONGEST",
    "About",
    "News",
    "Outcome",
    "Story",
    "about",
    "add",
    "approve",
    "deceives",
    "describe",
    "edit",
    "enclose",
    "last_reason",
    "leads",
    "on_show",
    "others_who_speak",
    "over",
    "read",
    "reopen",
    "return_",
    "second_approve",
    "second_needed",
    "submit",
    "take_back",
    "unfinished",
    "unreturn",
    "waiting",
    "whole",
    "withdraw",
    "write",
]
