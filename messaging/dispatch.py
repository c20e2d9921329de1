"""Which address to try, in which order and in which form; pure: no database, no clock, no provider."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Required, TypedDict, Unpack
from uuid import UUID

from core.languages import SOURCE

#: WhatsApp takes free text this long after the person's last message.
WINDOW = timedelta(hours=24)
#: What a message may take from here to WhatsApp; a window that closes sooner counts as closed.
MARGIN = timedelta(minutes=2)

Form = Literal["bubble", "sms", "template"]


class Candidate(NamedTuple):
    """One address of a person, with all that decides whether it may be used."""

    address_id: UUID
    channel: str
    rank: int  #: 0 is tried first
    verified: bool
    opted_out: bool = False
    dead: bool = False
    shared: bool = False
    last_inbound_at: datetime | None = None  #: service time


class Route(NamedTuple):
    """An address to try, and the form the message takes there."""

    address_id: UUID
    channel: str
    form: Form
    template_language: str | None = None  #: our code; set where the form is a template


class Asked(TypedDict, total=False):
    """What decides beside the addresses; what is left out stands in the way of nothing."""

    now: Required[datetime]  #: service time
    template_states: Required[Mapping[str, str]]
    """Language -> approval of the one template that may open a WhatsApp conversation with this message; empty where
    none may (workshop invitations, news)."""
    languages: Required[Sequence[str]]  #: the person's, in order
    tried: Collection[UUID]  #: addresses where it didn't arrive, or was said already
    allow_sms: bool
    sms_left: int | None  #: what `sms_left` below says of today
    never_shared: bool  #: never on a phone that somebody else may hold
    channels: Collection[str] | None  #: those that are switched on; None: all


class _Question(NamedTuple):
    now: datetime
    template_states: Mapping[str, str]
    languages: Sequence[str]
    tried: Collection[UUID] = ()
    allow_sms: bool = True
    sms_left: int | None = None
    never_shared: bool = False
    channels: Collection[str] | None = None


def routes(candidates: Sequence[Candidate], **asked: Unpack[Asked]) -> tuple[Route, ...]:
    """The routes that are open, best first."""
    question = _Question(**asked)
    ordered = sorted(candidates, key=lambda candidate: candidate.rank) if len(candidates) > 1 else candidates
    return tuple(_route(candidate, question) for candidate in ordered if _obstacle(candidate, question) is None)


def why_not(candidates: Sequence[Candidate], **asked: Unpack[Asked]) -> str:
    """Why no route is open: a code of messaging.reasons, of the address that the person would rather have used."""
    question = _Question(**asked)
    ordered = sorted(candidates, key=lambda candidate: (not candidate.verified, candidate.rank))
    return next((why for candidate in ordered if (why := _obstacle(candidate, question))), "no_address")


def sms_left(limit: int, sent_today: int) -> int | None:
    """How many SMS may still go today; None where PIM_DAILY_SMS_LIMIT sets no limit (0)."""
    return max(0, limit - sent_today) if limit else None


def window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether WhatsApp still takes free text for this person."""
    return last_inbound_at is not None and now < last_inbound_at + WINDOW - MARGIN


def _route(candidate: Candidate, question: _Question) -> Route:
    form: Form = "sms" if candidate.channel == "sms" else "bubble"
    language = None
    if candidate.channel == "whatsapp" and not window_open(candidate.last_inbound_at, question.now):
        form, language = "template", _template_language(question)
    return Route(address_id=candidate.address_id, channel=candidate.channel, form=form, template_language=language)


def _template_language(question: _Question) -> str | None:
    """The first of the person's languages in which the template is approved, else easy Dutch."""
    wanted = (*question.languages, SOURCE)
    return next((code for code in wanted if question.template_states.get(code) == "approved"), None)


def _obstacle(candidate: Candidate, question: _Question) -> str | None:
    for why, stands_in_the_way in OBSTACLES.items():
        if stands_in_the_way(candidate, question):
            return why
    return None


def _window_closed(candidate: Candidate, question: _Question) -> bool:
    return (
        candidate.channel == "whatsapp"
        and not window_open(candidate.last_inbound_at, question.now)
        and _template_language(question) is None
    )


#: Reason -> what makes it so, in the order in which staff want to hear it.
OBSTACLES: Mapping[str, Callable[[Candidate, _Question], bool]] = {
    "channel_off": lambda candidate, question: (
        question.channels is not None and candidate.channel not in question.channels
    ),
    "not_verified": lambda candidate, _: not candidate.verified,
    "opted_out": lambda candidate, _: candidate.opted_out,
    "address_dead": lambda candidate, _: candidate.dead,
    "shared_phone": lambda candidate, question: candidate.shared and question.never_shared,
    "sms_not_allowed": lambda candidate, question: candidate.channel == "sms" and not question.allow_sms,
    "sms_limit": lambda candidate, question: candidate.channel == "sms" and question.sms_left == 0,
    "all_tried": lambda candidate, question: candidate.address_id in question.tried,
    "window_closed": _window_closed,
}
