"""What the Bot API answers, and a table of what its refusals mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from messaging.channel import SendError, Verdict
from messaging.wire import Answer, seconds

THROTTLED = timedelta(seconds=5)  #: the pause where a 429 names none
KEY_REFUSED = timedelta(minutes=10)  #: nothing gets better by asking sooner; staff see it at once


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A row of the table: which answer, and what it means."""

    status: int
    says: str = ""  #: stands in the description, in lower case; empty: any
    verdict: Verdict
    reason: str
    pause: timedelta | None = None


#: The first row that fits decides. A 400 that stands here not is this message's own fault.
_CASES = (
    _Case(status=429, verdict=Verdict.PAUSE, reason="too_fast", pause=THROTTLED),
    _Case(status=401, verdict=Verdict.PAUSE, reason="key_refused", pause=KEY_REFUSED),
    _Case(status=404, verdict=Verdict.PAUSE, reason="key_refused", pause=KEY_REFUSED),
    _Case(status=403, says="blocked", verdict=Verdict.DEAD, reason="blocked"),
    _Case(status=403, says="deactivated", verdict=Verdict.DEAD, reason="account_gone"),
    _Case(status=403, verdict=Verdict.DEAD, reason="chat_gone"),
    _Case(status=400, says="chat not found", verdict=Verdict.DEAD, reason="chat_gone"),
    _Case(status=400, says="peer_id_invalid", verdict=Verdict.DEAD, reason="chat_gone"),
    _Case(status=400, says="upgraded to a supergroup", verdict=Verdict.DEAD, reason="chat_gone"),
    _Case(status=400, verdict=Verdict.REFUSED, reason="content_refused"),
    _Case(status=413, verdict=Verdict.REFUSED, reason="too_long"),
)


class Refusal(SendError):
    """A SendError that still knows the words of the Bot API, which never leave this folder."""

    says = ""


def taken(answer: Answer) -> Mapping[str, Any]:
    """The body of an answer that says yes; else SendError, a Refusal where the table knows it."""
    if answer.ok and answer.body is not None and answer.body.get("ok") is True:
        return answer.body
    raise _refusal(answer)


def _refusal(answer: Answer) -> SendError:
    body = answer.body or {}
    # A readable refusal names its own status; what is not from the Bot API decides nothing about an address.
    status = body["error_code"] if isinstance(body.get("error_code"), int) else answer.status
    readable = body.get("ok") is False
    says = str(body.get("description", "")).lower()
    for case in _CASES:
        if status != case.status or case.says not in says or not (readable or case.verdict is Verdict.PAUSE):
            continue
        parameters = body.get("parameters")
        asked = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
        wait = _wait(asked, answer) if case.reason == "too_fast" else None
        error = Refusal(case.verdict, case.reason, code=str(status), retry_after=wait or case.pause)
        error.says = says
        return error
    return SendError(Verdict.UNSURE, "provider_broken" if status >= 500 else "no_answer", code=str(status))


def _wait(asked: object, answer: Answer) -> timedelta | None:
    return seconds(asked) or answer.retry_after
