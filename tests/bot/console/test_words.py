from typing import get_args

import pytest

from bot.console import reasons, words
from content.kinds import APPOINTMENTS, NOTICES
from core import permissions
from core.settings import Channel
from messaging.reasons import REASONS
from scheduler.meetings.appointments import REASONS as DECLINED


def test_every_code_has_words() -> None:
    assert set(words.APPOINTMENTS) == set(APPOINTMENTS)
    assert set(words.ROLES) == set(permissions.ROLES)
    assert set(words.CHANNELS) == set(get_args(Channel))
    assert set(words.DECLINED) == set(DECLINED)
    assert {kind for kind, _ in NOTICES} <= set(words.KINDS)
    assert {step for _, step in NOTICES} <= set(words.STEPS)


@pytest.mark.parametrize("code", [*REASONS, "worker_lost", "moved", "something_new"])
def test_no_reason_is_shown_as_a_code(code: str) -> None:
    assert reasons.words(code).endswith(".")
    assert "_" not in reasons.words(code)


def test_counts_agree_with_their_noun() -> None:
    assert words.of_number(1, "persoon", "mensen") == "1 persoon"
    assert words.of_number(0, "persoon", "mensen") == "0 mensen"
    assert words.language("prs") == "Dari"
