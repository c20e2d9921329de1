"""Twilio's Content API: forms of messages are made there, and Meta is asked to approve them.

Plain posts of our own, as for messages: the library's asynchronous client can't post JSON here, and its
other one has no total deadline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.settings import Settings
from messaging.twilio import forms
from messaging.twilio.account import authorization
from messaging.twilio.codes import refusal
from messaging.wire import DEADLINE, Answer, Deadline, Wire

_API = "https://api.twilio.com"
_CONTENT = "https://content.twilio.com"

#: Meta's word -> approved | pending | rejected | unsubmitted. A word it adds later is not a yes.
_STATES = {
    "approved": "approved",
    "received": "pending",
    "pending": "pending",
    "in_appeal": "pending",
    "unsubmitted": "unsubmitted",
}


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What Meta said of a template."""

    state: str  #: approved | pending | rejected | unsubmitted
    why: str = ""  #: Meta's own words where it refused


class Contents:
    """The contents of one account."""

    def __init__(self, settings: Settings, *, deadline: float = DEADLINE) -> None:
        # Another host than the messages' at Twilio itself; a stand-in for Twilio has both.
        own = settings.twilio_api_url.rstrip("/")
        self._url = f"{_CONTENT if own == _API else own}/v1/Content"
        self._deadline = deadline
        self._wire = Wire(authorization=authorization(settings), connections=2)

    async def create(self, name: str, language: str, types: Mapping[str, Any], examples: Sequence[str]) -> str:
        """Make a content, `language` in Meta's code; its ContentSid. Raises SendError."""
        body = {
            "friendly_name": name,
            "language": language,
            "variables": forms.numbered(examples),
            "types": types,
        }
        answer = await self._post(self._url, body)
        sid = (answer.body or {}).get("sid")
        if not isinstance(sid, str):
            raise refusal(answer)
        return sid

    async def submit(self, sid: str, name: str) -> None:
        """Ask Meta to approve it as a utility template. Raises SendError."""
        await self._post(f"{self._url}/{sid}/ApprovalRequests/whatsapp", {"name": name, "category": "UTILITY"})

    async def approval(self, sid: str) -> Approval:
        """What Meta says of it now. Raises SendError."""
        async with Deadline(self._deadline):
            answer = await self._wire.get(f"{self._url}/{sid}/ApprovalRequests")
        said = answer.body.get("whatsapp") if answer.ok and answer.body is not None else None
        if not isinstance(said, Mapping):
            raise refusal(answer)
        state = _STATES.get(str(said.get("status", "")).lower(), "rejected")
        return Approval(state=state, why=str(said.get("rejection_reason") or ""))

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()

    async def _post(self, url: str, body: Mapping[str, Any]) -> Answer:
        async with Deadline(self._deadline):
            answer = await self._wire.post(url, json_body=body)
        if not answer.ok:
            raise refusal(answer)
        return answer
