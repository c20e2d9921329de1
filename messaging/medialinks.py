"""Addresses at which a provider fetches a voice or a picture of ours: short-lived, and guessed by nobody.

WhatsApp takes an address, not a file. It names one row of Media and the moment until which it opens; a keyed hash
over both keeps everybody else out.
"""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core import crypto

PATH = "/media"
OPEN_FOR = timedelta(hours=1)  #: real time; the provider fetches at once, or tries again soon

ENDINGS = {"audio/ogg": "ogg", "image/jpeg": "jpg"}
_ID, _MOMENT, _PROOF = 16, 8, 16  #: bytes of a token


def link(public_url: str, media_id: UUID, mime: str, real: datetime) -> str:
    """The whole address of a row of Media from now (real time) on."""
    until = int((real + OPEN_FOR).timestamp())
    named = media_id.bytes + until.to_bytes(_MOMENT, "big")
    token = base64.urlsafe_b64encode(named + _proof(named)).decode("ascii").rstrip("=")
    return f"{public_url.rstrip('/')}{PATH}/{token}.{ENDINGS[mime]}"


def opened(token: str, real: datetime) -> UUID | None:
    """The row that a token opens at this moment (real time); None where it is none of ours, or too old."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    named, proof = whole[: _ID + _MOMENT], whole[_ID + _MOMENT :]
    if len(named) != _ID + _MOMENT or not hmac.compare_digest(proof, _proof(named)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(named[_ID:], "big"), UTC)
    return UUID(bytes=named[:_ID]) if real < until else None


def _proof(named: bytes) -> bytes:
    return crypto.index("media link", named.hex())[:_PROOF]
