from pathlib import Path

import pytest

from content.catalogue import Catalogue
from tests.content.words import small_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return small_catalogue(tmp_path / "first")
