"""How a simulated provider misbehaves until it is told to stop."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from messaging.channel import SendError, Verdict

NOT_REACHED = timedelta(seconds=5)  #: nobody listens: nothing goes to this channel for so long
DEADLINE = 15.0  #: seconds for one call, as the real channels have it


class Fault(StrEnum):
    """What is wrong with a provider."""

    NONE = "none"
    REFUSE = "refuse"  #: nobody listens: the message never left
    THROTTLE = "throttle"  #: 429, with the seconds to wait
    HANG = "hang"  #: so many seconds of silence
    LOSE_ANSWER = "lose_answer"  #: the message arrives, the answer doesn't
    BLOCKED = "blocked"  #: the address is dead: 403, or 21610 from Twilio


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A fault and how long each call suffers from it."""

    fault: Fault = Fault.NONE
    seconds: float = 30.0  #: length of the hang, or retry_after


async def before(trouble: Trouble, channel: str, deadline: float) -> None:
    """What happens before a message is taken; SendError where it never is."""
    match trouble.fault:
        case Fault.REFUSE:
            raise SendError(Verdict.PAUSE, "not_reached", retry_after=NOT_REACHED)
        case Fault.THROTTLE:
            wait = timedelta(seconds=trouble.seconds)
            raise SendError(Verdict.PAUSE, "too_fast", code="429", retry_after=wait)
        case Fault.BLOCKED:
            raise blocked(channel)
        case Fault.HANG:
            await asyncio.sleep(min(trouble.seconds, deadline))
            if trouble.seconds >= deadline:
                raise SendError(Verdict.UNSURE, "no_answer_in_time")


def after(trouble: Trouble) -> None:
    """What happens once a message was taken; SendError where nobody hears of it."""
    if trouble.fault is Fault.LOSE_ANSWER:
        raise SendError(Verdict.UNSURE, "no_answer")


def blocked(channel: str) -> SendError:
    """The person wants nothing more from us here, in the provider's code."""
    return SendError(Verdict.DEAD, "blocked", code="403" if channel == "telegram" else "21610")
