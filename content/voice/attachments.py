"""A voice or a picture that is fit to be kept and sent on: clean, measured, in one form whatever phone it came from."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


class Unusable(Exception):
    """What came can't be used; `why`: broken (nobody can read it), long (more than is read), soft (nothing heard)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Voice:
    """OGG/Opus, one channel, without the silence at both ends, brought to one loudness."""

    content: bytes
    milliseconds: int
    recorded: int  #: milliseconds as it came, with the silence
    loudness: float  #: dBFS (RMS of what isn't silence) as it came, before it was brought to one loudness
    peak: float  #: dBFS of the loudest sample as it came; 0 is all there is
    clipped: float = 0.0  #: share of samples that were cut off, from 0 to 1

    kind = "voice"
    mime = "audio/ogg"

    @cached_property
    def sha256(self) -> str:
        """Of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Picture:
    """JPEG, upright, without anything that says where and with what it was taken."""

    content: bytes
    width: int  #: pixels
    height: int

    kind = "picture"
    mime = "image/jpeg"
    milliseconds = None

    @cached_property
    def sha256(self) -> str:
        """Of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()
