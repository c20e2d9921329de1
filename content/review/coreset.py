"""The core set: the texts that a language needs before it goes live, approved first and in one sitting."""

from collections.abc import Mapping
from dataclasses import dataclass

from content.drift import State

#: Units of the catalogue, in the order in which a person meets them: at most 15, so that one sitting is enough.
CORE = (
    "language",  # the picker
    "welcome",  # welcome and explanation
    "buttons",  # below every one of the others
    "appointment.announced",
    "appointment.week",
    "appointment.day",
    "appointment.hours",
    "appointment.changed",
    "appointment.cancelled",
    "message",  # a message waits
    "call",  # call me
    "stop",  # STOP and START
    "menu",  # what we don't understand
    "really",  # "echt?"
    "help",  # danger
)

LARGEST = 15


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """How far a language is with its core set."""

    approved: int
    needed: int
    missing: tuple[str, ...]  #: units that nobody approved for today's Dutch

    @property
    def is_live(self) -> bool:
        """A language goes live when its whole core set is approved."""
        return not self.missing


def readiness(states: Mapping[tuple[str, str], State], language: str) -> Readiness:
    """How far a language is; `states` as `drift.states` gives them, for this language at least."""
    wanted = [unit for unit in CORE if (language, unit) in states]
    missing = tuple(unit for unit in wanted if states[language, unit] is not State.CURRENT)
    return Readiness(approved=len(wanted) - len(missing), needed=len(wanted), missing=missing)
