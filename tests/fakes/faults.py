"""How a fake provider can misbehave, one row each."""

from dataclasses import dataclass
from typing import Literal

How = Literal["answer", "hang", "reset", "truncate", "cut", "html", "lose", "drip"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to one call instead of what should."""

    how: How = "answer"
    status: int = 200
    says: str = ""  #: Telegram's description, Twilio's message
    code: int | None = None  #: Twilio's own
    retry_after: object = None  #: in the place the API has for it; None: not said
    method: str | None = None  #: only this call; None: the next one, whichever it is

    @property
    def takes(self) -> bool:
        """Whether the message was taken all the same, and stands in the ledger."""
        return self.how != "answer" and self.how not in ("hang", "reset") and self.status < 400


def throttle(retry_after: object = None) -> Fault:
    """429, with or without the seconds."""
    return Fault(status=429, says="Too Many Requests", code=20429, retry_after=retry_after)


def refuse(status: int, says: str = "", code: int | None = None, method: str | None = None) -> Fault:
    """A readable refusal."""
    return Fault(status=status, says=says, code=code, method=method)


def broken(status: int = 500) -> Fault:
    """A server's own error."""
    return Fault(status=status, says="Internal Server Error", code=20500)


HANG = Fault(how="hang")  #: never answers; the message was not taken
RESET = Fault(how="reset")  #: hangs up without an answer; not taken
LOST = Fault(how="lose")  #: takes the message, then hangs up
TRUNCATED = Fault(how="truncate")  #: takes the message; half the JSON, in a whole answer
CUT = Fault(how="cut")  #: takes the message; the answer breaks off half-way
HTML = Fault(how="html")  #: takes the message; a page where JSON should be
DRIP = Fault(how="drip")  #: takes the message; a byte at a time
