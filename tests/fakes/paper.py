"""A channel made of paper: what comes in says by itself what it is, what goes out is written down."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.values import Handle
from messaging.channel import Attached, File, Incoming, Reached, Receipt
from tests.fakes.outlet import RecordingOutlet


class PaperChannel(RecordingOutlet):
    """Reads its own marks.

    `{"handle", "text"}` or `{"handle", "choice"}` is a message (`group` where many hear it), `{"handle", "voice"}` a
    voice kept under this name, `{"reached", "delivery"}` a receipt, and `{"breaks": true}` breaks its reader.
    """

    def __init__(self, name: str = "telegram") -> None:
        super().__init__(name)
        self.read: list[str] = []  #: what was read, in order
        self.confirmed: list[str] = []  #: taps
        self.busy = asyncio.Event()  #: something was read
        self.gate = asyncio.Event()  #: closed: a file is on its way and doesn't come
        self.gate.set()
        self.asked = asyncio.Event()  #: a file was asked for

    def receive(self, payload: Mapping[str, Any]) -> Sequence[Incoming]:
        if "breaks" in payload:
            self.read.append("breaks")
            raise ValueError("nobody can read this")
        if "handle" not in payload:
            return ()
        text, choice, voice = payload.get("text"), payload.get("choice"), payload.get("voice")
        self.read.append(str(text or choice or voice))
        self.busy.set()
        return (
            Incoming(
                channel=self.name,
                handle=Handle(payload["handle"]),
                text=text,
                choice=choice,
                attached=Attached.VOICE if voice else None,
                file=File(reference=voice) if voice else None,
                tap=payload.get("tap"),
                group=payload.get("group", False),
            ),
        )

    async def fetch(self, file: File, most: int) -> bytes:
        self.asked.set()
        await self.gate.wait()
        return await super().fetch(file, most)

    def receipt(self, payload: Mapping[str, Any]) -> Receipt | None:
        if "reached" not in payload:
            return None
        return Receipt(
            channel=self.name,
            provider_id=payload.get("provider_id", f"at-provider-{payload['delivery']}"),
            reached=Reached(payload["reached"]),
            delivery_id=UUID(payload["delivery"]),
        )

    async def confirm_tap(self, tap: str) -> None:
        self.confirmed.append(tap)
