"""How a fake provider can misbehave, one row each."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

How = Literal["answer", "hang", "reset", "truncate", "cut", "html", "lose", "drip", "slow"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to one call instead of what should."""

    how: How = "answer"
    status: int = 200
    says: str = ""  #: Telegram's description, Twilio's message
    code: int | None = None  #: Twilio's own
    retry_after: object = None  #: in the place the API has for it; None: not said
    method: str | None = None  #: only this call; None: the next one, whichever it is
    seconds: float = 3600.0  #: of the silence of `hang` and `slow`

    @property
    def takes(self) -> bool:
        """Whether the message was taken all the same, and stands in the ledger."""
        return self.how != "answer" and self.how not in ("hang", "reset") and self.status < 400


def from_json(plain: Mapping[str, Any]) -> Fault:
    """A fault as another process writes it: any of its fields."""
    known = {field.name for field in fields(Fault)}
    if unknown := plain.keys() - known:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    return Fault(**plain)


def throttle(retry_after: object = None) -> Fault:
    """429, with or without the seconds."""
    return Fault(status=429, says="Too Many Requests", code=20429, retry_after=retry_after)


def refuse(status: int, says: str = "", code: int | None = None, method: str | None = None) -> Fault:
    """A readable refusal."""
    return Fault(status=status, says=says, code=code, method=method)


def broken(status: int = 500) -> Fault:
    """A server's own error."""
    return Fault(status=status, says="Internal Server Error", code=20500)


def hang(seconds: float) -> Fault:
    """Silence, and then the line is cut; the message was not taken."""
    return Fault(how="hang", seconds=seconds)


def slow(seconds: float) -> Fault:
    """Takes the message at once, and says so late."""
    return Fault(how="slow", seconds=seconds)


HANG = Fault(how="hang")  #: never answers; the message was not taken
RESET = Fault(how="reset")  #: hangs up without an answer; not taken
LOST = Fault(how="lose")  #: takes the message, then hangs up
TRUNCATED = Fault(how="truncate")  #: takes the message; half the JSON, in a whole answer
CUT = Fault(how="cut")  #: takes the message; the answer breaks off half-way
HTML = Fault(how="html")  #: takes the message; a page where JSON should be
DRIP = Fault(how="drip")  #: takes the message; a byte at a time
