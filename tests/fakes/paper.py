"""A channel made of paper: what comes in says by itself what it is, what goes out is written down."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.values import Handle
from messaging.channel import Incoming, Reached, Receipt
from tests.fakes.outlet import RecordingOutlet


class PaperChannel(RecordingOutlet):
    """`{"handle", "text"}` is a message, `{"reached", "delivery"}` a receipt, `{"breaks": true}` breaks its reader."""

    def __init__(self, name: str = "telegram") -> None:
        super().__init__(name)
        self.read: list[str] = []  #: what was read, in order
        self.confirmed: list[str] = []  #: taps
        self.busy = asyncio.Event()  #: something was read

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        if "breaks" in payload:
            self.read.append("breaks")
            raise ValueError("nobody can read this")
        if "text" not in payload:
            return ()
        self.read.append(payload["text"])
        self.busy.set()
        handle = Handle(payload["handle"])
        return (Incoming(channel=self.name, handle=handle, text=payload["text"], tap=payload.get("tap")),)

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        if "reached" not in payload:
            return None
        return Receipt(
            channel=self.name,
            provider_id="paper",
            reached=Reached(payload["reached"]),
            delivery_id=UUID(payload["delivery"]),
        )

    async def confirm_tap(self, tap: str) -> None:
        self.confirmed.append(tap)
