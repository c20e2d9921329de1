from collections.abc import Iterator

import pytest

from core import crypto
from core.crypto import CryptoError, Keyring


@pytest.fixture
def chat_keys() -> Iterator[None]:
    """Keys for what a conversation seals, and the former ones back afterwards."""
    try:
        before = crypto.keyring()
    except CryptoError:
        before = None
    crypto.install(Keyring(["voorbeeld-sleutel-van-het-gesprek-1"], "voorbeeld-zoeksleutel-van-het-gesprek"))
    yield
    if before is not None:
        crypto.install(before)
