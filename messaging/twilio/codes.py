"""What Twilio's error codes mean: the verdict on the message, and a code of messaging.reasons.

Only codes whose meaning decides something stand here; Twilio keeps splitting and adding codes, so an
unknown one is judged by its HTTP status (at sending) or is a plain failure (in a receipt).
"""

from collections.abc import Mapping
from datetime import timedelta

from messaging.channel import SendError, Verdict
from messaging.wire import Answer

_DEAD, _REFUSED, _PAUSE, _RETRY = Verdict.DEAD, Verdict.REFUSED, Verdict.PAUSE, Verdict.RETRY

CODES: Mapping[int, tuple[Verdict, str]] = {
    20003: (_PAUSE, "key_refused"),
    20404: (_PAUSE, "key_refused"),  # no such account
    20429: (_PAUSE, "too_fast"),
    14107: (_PAUSE, "too_fast"),
    21211: (_DEAD, "number_wrong"),
    21212: (_PAUSE, "sender_refused"),
    21408: (_REFUSED, "country_closed"),
    21602: (_REFUSED, "empty"),
    21603: (_PAUSE, "sender_refused"),
    21606: (_PAUSE, "sender_refused"),
    21610: (_DEAD, "stopped_at_provider"),
    21612: (_REFUSED, "no_path"),
    21614: (_DEAD, "not_mobile"),
    21617: (_REFUSED, "too_long"),
    21635: (_DEAD, "not_mobile"),
    21654: (_REFUSED, "template_missing"),
    21655: (_REFUSED, "template_missing"),
    21656: (_REFUSED, "template_wrong"),
    30001: (_RETRY, "queue_full"),
    30002: (_PAUSE, "account_suspended"),
    30003: (_RETRY, "phone_off"),
    30004: (_REFUSED, "no_path"),
    30005: (_DEAD, "number_gone"),
    30006: (_DEAD, "not_mobile"),
    30007: (_REFUSED, "filtered"),
    30008: (_REFUSED, "unknown_at_provider"),
    30036: (_REFUSED, "too_late"),
    63003: (_DEAD, "no_whatsapp"),
    63005: (_REFUSED, "content_refused"),
    63007: (_PAUSE, "sender_refused"),
    63013: (_REFUSED, "content_refused"),
    63016: (_REFUSED, "window_closed"),
    63018: (_PAUSE, "too_fast"),
    63024: (_DEAD, "no_whatsapp"),
    63028: (_REFUSED, "template_wrong"),
    63032: (_REFUSED, "content_refused"),
    63038: (_PAUSE, "day_limit"),
}

#: Reason -> how long the whole channel waits where Twilio names no time.
_PAUSES = {"too_fast": timedelta(seconds=5), "day_limit": timedelta(hours=1)}
_LONG_PAUSE = timedelta(minutes=10)  #: a refused key, sender or account: staff must act first


def refusal(answer: Answer) -> SendError:
    """What an answer that is no message resource means."""
    body = answer.body or {}
    code = body.get("code") if isinstance(body.get("code"), int) else None
    verdict, reason = CODES.get(code or 0) or _by_status(answer)
    pause = None
    if verdict is Verdict.PAUSE:
        pause = answer.retry_after or _PAUSES.get(reason, _LONG_PAUSE)
    return SendError(verdict, reason, code=str(code or answer.status), retry_after=pause)


def _by_status(answer: Answer) -> tuple[Verdict, str]:
    """For an unknown code. Only Twilio's own JSON can say that a message was not taken."""
    if answer.status == 429:
        return _PAUSE, "too_fast"
    if answer.status in (401, 403, 404):
        return _PAUSE, "key_refused"
    if answer.status >= 500:
        return Verdict.UNSURE, "provider_broken"
    if 400 <= answer.status < 500 and answer.body is not None:
        return _REFUSED, "refused"
    return Verdict.UNSURE, "no_answer"
