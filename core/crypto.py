"""Encryption of single fields (AES-256-GCM) and keyed look-up (HMAC-SHA-256).

A sealed value is: key id (4 bytes), nonce (12 bytes), ciphertext with tag. It is bound to its table, column
and row, so that two people's values can't be swapped by who can write the database.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ID_BYTES = 4
NONCE_BYTES = 12
SHORTEST_SECRET = 32


class CryptoError(Exception):
    """A sealed value can't be opened with the keys of this installation."""


class Keyring:
    """The keys of one installation: the first encrypts, all decrypt; one more for look-up."""

    def __init__(self, secrets_: Sequence[str], index_key: str) -> None:
        if not secrets_:
            raise ValueError("a keyring needs at least one key")
        self._ciphers: dict[bytes, AESGCM] = {}
        for secret in secrets_:
            key = hashlib.sha256(b"pim seal\0" + secret.encode()).digest()
            key_id = hashlib.sha256(b"pim key id\0" + key).digest()[:KEY_ID_BYTES]
            self._ciphers.setdefault(key_id, AESGCM(key))
        self._first = next(iter(self._ciphers))
        self._index_key = hashlib.sha256(b"pim index\0" + index_key.encode()).digest()

    @property
    def first(self) -> str:
        """Names the key that encrypts, and tells nothing of it."""
        return self._first.hex()

    def holds(self, name: str) -> bool:
        """Whether it can open what a key of this name sealed."""
        return bytes.fromhex(name) in self._ciphers

    def seal(self, value: bytes, table: str, column: str, row_id: UUID) -> bytes:
        """Encrypt a value for one field of one row."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _binding(table, column, row_id)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, value, bound)

    def open(self, sealed: bytes, table: str, column: str, row_id: UUID) -> bytes:
        """Decrypt a field; CryptoError when the key is missing or the value is another row's."""
        cipher = self._ciphers.get(bytes(sealed[:KEY_ID_BYTES]))
        if cipher is None:
            raise CryptoError(f"{table}.{column} is sealed with a key that PIM_SECRET_KEYS doesn't hold")
        nonce = sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[KEY_ID_BYTES + NONCE_BYTES :], _binding(table, column, row_id))
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise CryptoError(f"{table}.{column} doesn't belong to this row, or was changed") from None

    def index(self, purpose: str, value: str) -> bytes:
        """The look-up value of a text for one purpose: 32 bytes, the same each time, useless without the key."""
        return hmac.digest(self._index_key, f"{purpose}\0{value}".encode(), "sha256")

    def number(self, purpose: str, value: str) -> int:
        """As `index`, shorter and quicker: from 0 to 2^63-1, so that two values may share one."""
        keyed = hashlib.blake2b(
            f"{purpose}\0{value}".encode(), digest_size=8, key=self._index_key, person=b"pim number"
        )
        return int.from_bytes(keyed.digest()) >> 1


def _binding(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}\0{column}\0".encode() + row_id.bytes


_keyring: Keyring | None = None


def install(keyring: Keyring) -> None:
    """Give this process its keys; the composition root does it once, before the first row is read."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    """The keys of this process."""
    if _keyring is None:
        raise CryptoError("no keys are installed in this process")
    return _keyring


def index(purpose: str, value: str) -> bytes:
    """Shorthand for the installed keyring's look-up value."""
    return keyring().index(purpose, value)


def number(purpose: str, value: str) -> int:
    """Shorthand for the installed keyring's number."""
    return keyring().number(purpose, value)
