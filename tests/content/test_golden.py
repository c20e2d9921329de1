"""What every notice says, whole, in every language; a change of words shows here as people will read it."""

import pytest

from content.kinds import NOTICES, VARIANTS
from core.languages import LANGUAGES
from tests.content.golden import notices

ANEW = "the words changed: .venv/bin/python -m tests.content.golden texts, and read the difference"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_says_what_was_read_and_agreed(language: str) -> None:
    assert notices.text(language) == notices.file_of(language).read_text(encoding="utf-8"), ANEW


def test_no_notice_and_no_variant_is_left_out() -> None:
    whole = notices.file_of("nl").read_text(encoding="utf-8")

    for (kind, step), found in NOTICES.items():
        for unit in (found.unit, *VARIANTS.get(found.unit, ())):
            assert f"== {kind} {step or '-'} ({unit}" in whole
