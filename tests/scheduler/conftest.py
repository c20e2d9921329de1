import pytest

from core import crypto


@pytest.fixture(autouse=True, scope="session")
def keys() -> None:
    """The keys of a made-up installation."""
    crypto.install(
        crypto.Keyring(["k1-made-up-for-the-scheduler-tests-only"], "ix-made-up-for-the-scheduler-tests-only")
    )
