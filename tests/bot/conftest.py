"""What tests of the command line share: one shell for a file, and the keys that its commands get."""

from collections.abc import Iterator

import pytest

from core import crypto
from core.crypto import Keyring
from tests.bot.prompt import INDEX, SECRET, Prompt


@pytest.fixture(scope="module")
def prompt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prompt]:
    opened = Prompt(tmp_path_factory.mktemp("prompt"))
    yield opened
    opened.leave()


@pytest.fixture
def installation_keys() -> Iterator[None]:
    """The keys that the commands get in their environment, for this process too."""
    before = crypto.keyring()
    crypto.install(Keyring([SECRET], INDEX))
    yield
    crypto.install(before)
