"""Row ids: UUID version 7, made here so that a value can be encrypted for its row before the row exists."""

import base64
import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A time-ordered id (RFC 9562, version 7): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(3 << 62) | 2 << 62)


def short(row_id: UUID) -> str:
    """The id as 22 letters that fit a button (callback data holds 64 bytes)."""
    return base64.urlsafe_b64encode(row_id.bytes).rstrip(b"=").decode("ascii")


def from_short(text: str) -> UUID | None:
    """The id behind 22 letters, or None where they are no id (a guessed button)."""
    if len(text) != 22:
        return None
    try:
        found = UUID(bytes=base64.b64decode(text + "==", altchars=b"-_", validate=True))
    except ValueError:
        return None
    return found if short(found) == text else None  # other letters could stand for the same bytes
