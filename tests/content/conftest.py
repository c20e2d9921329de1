from collections.abc import Iterator

import pytest

from tests.content.community import made_up_keys


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    with made_up_keys():
        yield
