"""Whose update it is, read from its raw form: what keeps one chat's updates in order before anybody parses them.

Storing must be quick, and the process that stores needs no provider's library: this looks at the few fields
that name a chat, and finds nothing rather than fail. The channels' own reading decides what was said.
"""

from collections.abc import Mapping
from typing import Any

from core.values import Handle

_WHATSAPP = "whatsapp:"

#: Kinds of update of the Bot API that belong to a chat, and the way to it.
_TO_CHAT = (("message", "chat"), ("callback_query", "message", "chat"), ("my_chat_member", "chat"))


def sender(payload: Mapping[str, Any]) -> Handle | None:
    """The address that wrote it; None for receipts, and where nobody can be named."""
    handle = _telegram(payload) or _twilio(payload) or _simulated(payload)
    return Handle(handle) if handle else None


def _telegram(payload: Mapping[str, Any]) -> str | None:
    for way in _TO_CHAT:
        found: object = payload
        for name in way:
            found = found.get(name) if isinstance(found, Mapping) else None
        number = found.get("id") if isinstance(found, Mapping) else None
        if isinstance(number, int):
            return str(number)
    return None


def _twilio(payload: Mapping[str, Any]) -> str | None:
    """A status names our own number as its sender."""
    written = payload.get("From")
    return written.removeprefix(_WHATSAPP) if isinstance(written, str) and "delivery" not in payload else None


def _simulated(payload: Mapping[str, Any]) -> str | None:
    handle = payload.get("handle")
    return handle if isinstance(handle, str) else None
