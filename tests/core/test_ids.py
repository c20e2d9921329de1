import secrets

import pytest

from core import ids


def test_an_id_is_a_uuid_of_version_7_that_carries_its_moment() -> None:
    earlier = ids.new_id()
    assert (earlier.version, earlier.variant) == (7, "specified in RFC 4122")
    later = next(made for made in iter(ids.new_id, None) if made.int >> 80 > earlier.int >> 80)
    assert earlier < later


def test_ids_of_one_moment_differ() -> None:
    assert len({ids.new_id() for _ in range(2000)}) == 2000


def test_a_short_id_fits_a_button_and_leads_back() -> None:
    for _ in range(50):
        made = ids.new_id()
        short = ids.short(made)
        assert len(short.encode()) == 22
        assert set(short) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        assert ids.from_short(short) == made


@pytest.mark.parametrize(
    "guess", ["", "yes", "a" * 21, "a" * 23, "=" * 22, "é" * 22, "\0" * 22, " " * 22, "+/" * 11, "ትግርኛ" * 5 + "aa"]
)
def test_a_guessed_button_is_no_id(guess: str) -> None:
    assert ids.from_short(guess) is None


def test_random_letters_are_an_id_at_most_and_never_an_error() -> None:
    for _ in range(200):
        ids.from_short(secrets.token_urlsafe(17)[:22])
