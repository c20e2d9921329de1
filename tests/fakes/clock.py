"""A clock that stands still until it is moved."""

from datetime import datetime, timedelta

from core.clock import Clock


class FakeClock(Clock):
    """Both faces of time show the same moment; `advance` moves both."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def real(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self.moment += span
