import re
from pathlib import Path

from messaging import reasons

ROOT = Path(__file__).parents[2] / "messaging"


def test_every_code_that_messaging_gives_has_words() -> None:
    source = "\n".join(path.read_text() for path in ROOT.rglob("*.py") if path.name != "updates.py")
    given = set(re.findall(r'Verdict\.\w+, "(\w+)"', source)) | set(re.findall(r'reason="(\w+)"', source))

    assert {"too_long", "no_answer", "blocked"} <= given
    assert given <= set(reasons.REASONS)


def test_each_says_three_things_and_no_code() -> None:
    for code, reason in reasons.REASONS.items():
        for sentence in (reason.what, reason.noticed, reason.todo):
            assert sentence.endswith(".")
        assert code not in str(reason).lower() or code in ("blocked", "refused")


def test_an_unknown_code_is_never_shown() -> None:
    assert "zzz" not in str(reasons.words("zzz"))
