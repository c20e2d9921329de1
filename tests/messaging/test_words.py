import json

import pytest

from messaging import words


def test_what_nothing_can_hold_is_taken_out() -> None:
    assert words.clean(" a\0b\ud800c ") == "ab\ufffdc"
    assert words.clean("ትግርኛ 📅 \u202eevil") == "ትግርኛ 📅 \u202eevil"
    assert len(words.clean("x" * 10_000_000)) == words.LONGEST


def test_half_a_pair_in_json_becomes_storable() -> None:
    value = words.json_object(b'{"text": "a\\ud83db", "whole": "\\ud83d\\udcc5"}')

    assert value == {"text": "a?b", "whole": "📅"}


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"<html>", b"\xff", b'{"a":', b"[" * 100_000])
def test_what_is_no_object(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        words.json_object(body)


def test_an_object_is_itself() -> None:
    assert words.json_object(json.dumps({"a": [1, "é"]}).encode()) == {"a": [1, "é"]}
