"""The file of a backup: any bytes in encrypted chunks, of which none can be left out, swapped or changed unseen.

A file is a header and frames. The header: MAGIC, the version of this form (1 byte), a fingerprint of PIM_BACKUP_KEY
(8), a salt (32). A frame: its length with the mark of the last one in the highest bit (4), then that many bytes of
AES-256-GCM. The key is the file's own (HKDF-SHA-256 of PIM_BACKUP_KEY and the salt), the nonce is the frame's number
and the mark of the last, the header is bound to every frame. The first frame holds the facts, as JSON; the others hold
what was backed up. (The construction is STREAM, of Hoang, Reyhanitabar, Rogaway and Vizár.)
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PIM-BACKUP\r\n\x1a"
VERSION = 1
FINGERPRINT_BYTES = 8
SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + 1 + FINGERPRINT_BYTES + SALT_BYTES
CHUNK_BYTES = 1 << 20  #: of content in a frame, at most: what is held in memory
TAG_BYTES = 16
_LENGTH_BYTES = 4
_LAST = 1 << 31

Facts = Mapping[str, Any]


class ArchiveError(Exception):
    """A backup's file can't be read; the text says why, as the end of a sentence about the file."""


class Sealer:
    """Writes one archive, chunk by chunk; only `finish` makes it whole."""

    def __init__(self, file: BinaryIO, secret: str, facts: Facts) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._file = file
        self._header = MAGIC + bytes([VERSION]) + _fingerprint(secret) + salt
        self._cipher = _cipher(secret, salt)
        self._number = 0
        self._waiting = bytearray()
        self.written = file.write(self._header)  #: bytes so far
        self._frame(json.dumps(facts).encode(), last=False)

    def write(self, content: bytes) -> None:
        """Take more of the content."""
        self._waiting += content
        # One chunk stays behind: which frame is the last is only known at the end.
        while len(self._waiting) > CHUNK_BYTES:
            self._frame(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write what remains, marked as the end."""
        self._frame(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _frame(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), content, self._header)
        self.written += self._file.write((len(sealed) | last * _LAST).to_bytes(_LENGTH_BYTES) + sealed)
        self._number += 1


class Archive:
    """An archive to read, as often as needed; everything it gives was checked."""

    def __init__(self, file: BinaryIO, header: bytes, cipher: AESGCM) -> None:
        """For `open`."""
        self._file = file
        self._header = header
        self._cipher = cipher
        self.facts: Facts = json.loads(next(self._frames()))  #: what its maker said of it

    @classmethod
    def open(cls, file: BinaryIO, secret: str) -> Self:
        """Read the facts; ArchiveError where the file is none of ours, or not for this PIM_BACKUP_KEY."""
        header = file.read(HEADER_BYTES)
        if not header or not header.startswith(MAGIC[: len(header)]):
            raise ArchiveError("is no backup of PIM Welkom")
        if len(header) > len(MAGIC) and header[len(MAGIC)] != VERSION:
            raise ArchiveError("was made by a newer version of PIM Welkom: restore it with that version")
        if len(header) < HEADER_BYTES:
            raise ArchiveError("is cut off: its end is missing. Take another copy of it")
        fingerprint, salt = header[len(MAGIC) + 1 : -SALT_BYTES], header[-SALT_BYTES:]
        if not hmac.compare_digest(fingerprint, _fingerprint(secret)):
            raise ArchiveError("was made with another PIM_BACKUP_KEY: set the one that was in use then")
        return cls(file, header, _cipher(secret, salt))

    def content(self) -> Iterator[bytes]:
        """What was backed up, in chunks, from the beginning; ArchiveError at the first that isn't as it was written."""
        frames = self._frames()
        next(frames)
        yield from frames

    def place(self) -> int:
        """How many bytes of the file were read."""
        return self._file.tell()

    def _frames(self) -> Iterator[bytes]:
        self._file.seek(HEADER_BYTES)
        number, last = 0, False
        while not last:
            last, sealed = self._read_frame()
            try:
                yield self._cipher.decrypt(_nonce(number, last), sealed, self._header)
            except InvalidTag:
                raise ArchiveError(f"is damaged: frame {number} was changed. Take another copy of it") from None
            number += 1
        if self._file.read(1):
            raise ArchiveError("is damaged: it goes on after its end. Take another copy of it")

    def _read_frame(self) -> tuple[bool, bytes]:
        said = self._file.read(_LENGTH_BYTES)
        length = int.from_bytes(said)
        last, length = bool(length & _LAST), length & ~_LAST
        if len(said) == _LENGTH_BYTES and not TAG_BYTES <= length <= CHUNK_BYTES + TAG_BYTES:
            raise ArchiveError("is damaged: the length of a frame was changed. Take another copy of it")
        sealed = self._file.read(length)
        if len(said) < _LENGTH_BYTES or len(sealed) < length:
            raise ArchiveError("is cut off: its end is missing. Take another copy of it")
        return last, sealed


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _cipher(secret: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"pim backup").derive(secret.encode()))


def _fingerprint(secret: str) -> bytes:
    """Tells one key from another, and nothing about it."""
    return hashlib.sha256(b"pim backup key\0" + secret.encode()).digest()[:FINGERPRINT_BYTES]
