"""A channel that writes down what it was given, and refuses as told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.values import Handle
from messaging.channel import File, Incoming, Outgoing, Receipt, SendError, Sent, Verdict


class RecordingOutlet:
    """Takes every message but those it was told to refuse; `sent` is what a person would have got."""

    def __init__(self, name: str = "telegram", *, edits: bool = True) -> None:
        self.name = name
        self.edits = edits
        self.rate = 0.0
        self.chat_rate = 0.0
        self.sent: list[tuple[str, Outgoing]] = []
        self.refusals: list[SendError] = []  #: one per call, first come first
        self.files: dict[str, bytes | SendError] = {}  #: what it keeps for us, or why it doesn't give it
        self.fetched: list[str] = []  #: what was asked for, in order

    @property
    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [message.text for _, message in self.sent]

    async def send(self, handle: Handle, message: Outgoing, delivery_id: UUID) -> Sent:
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append((handle.reveal(), message))
        return Sent(provider_id=f"{self.name}-{delivery_id}")

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        return ()

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        return None

    async def fetch(self, file: File, most: int) -> bytes:
        self.fetched.append(file.reference)
        found = self.files[file.reference]
        if isinstance(found, SendError):
            raise found
        if len(found) > most:
            raise SendError(Verdict.REFUSED, "too_long")
        return found

    async def confirm_tap(self, tap: str) -> None:
        """Nothing waits for it."""

    async def close(self) -> None:
        """Nothing to let go of."""
