from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import CryptoError, Keyring
from core.ids import new_id

OLD, NEW = "oude-sleutel-van-een-voorbeeldgemeente", "nieuwe-sleutel-van-een-voorbeeldgemeente"
INDEX = "zoeksleutel-van-een-voorbeeldgemeente"
ROW = new_id()


def sealed(keys: Keyring, row_id: UUID = ROW) -> bytes:
    return keys.seal(b"Voorbeeld", "person", "name_sealed", row_id)


@given(st.binary(max_size=500))
def test_what_is_sealed_is_opened_again(value: bytes) -> None:
    keys = Keyring([NEW], INDEX)
    assert keys.open(keys.seal(value, "person", "name_sealed", ROW), "person", "name_sealed", ROW) == value


def test_the_same_value_is_sealed_differently_each_time_and_never_shows() -> None:
    keys = Keyring([NEW], INDEX)
    both = {sealed(keys), sealed(keys)}
    assert len(both) == 2
    assert not any(b"Voorbeeld" in one for one in both)


@pytest.mark.parametrize(
    ("table", "column", "row_id"),
    [("person", "name_sealed", new_id()), ("person", "klantnummer_sealed", ROW), ("account", "name_sealed", ROW)],
    ids=["another row", "another column", "another table"],
)
def test_a_value_that_was_moved_does_not_open(table: str, column: str, row_id: UUID) -> None:
    keys = Keyring([NEW], INDEX)
    with pytest.raises(CryptoError, match="doesn't belong to this row"):
        keys.open(sealed(keys), table, column, row_id)


@pytest.mark.parametrize("place", [4, 15, 16, -1])
def test_a_changed_byte_does_not_open(place: int) -> None:
    keys = Keyring([NEW], INDEX)
    changed = bytearray(sealed(keys))
    changed[place] ^= 1
    with pytest.raises(CryptoError, match="was changed"):
        keys.open(bytes(changed), "person", "name_sealed", ROW)


@pytest.mark.parametrize("length", [0, 3, 4, 16, 20])
def test_a_cut_value_does_not_open(length: int) -> None:
    keys = Keyring([NEW], INDEX)
    with pytest.raises(CryptoError):
        keys.open(sealed(keys)[:length], "person", "name_sealed", ROW)


def test_after_a_new_key_old_values_open_and_new_ones_use_it() -> None:
    before = sealed(Keyring([OLD], INDEX))
    rotated = Keyring([NEW, OLD], INDEX)
    assert rotated.open(before, "person", "name_sealed", ROW) == b"Voorbeeld"
    assert Keyring([NEW], INDEX).open(sealed(rotated), "person", "name_sealed", ROW) == b"Voorbeeld"


def test_a_value_of_a_key_that_was_taken_away_names_the_setting_and_no_key() -> None:
    with pytest.raises(CryptoError, match="PIM_SECRET_KEYS") as refused:
        Keyring([NEW], INDEX).open(sealed(Keyring([OLD], INDEX)), "person", "name_sealed", ROW)
    assert OLD not in str(refused.value)
    assert NEW not in str(refused.value)


def test_look_up_outlives_a_new_key_and_differs_by_purpose_and_index_key() -> None:
    looked_up = Keyring([OLD], INDEX).index("name", "voorbeeld")
    assert looked_up == Keyring([NEW, OLD], INDEX).index("name", "voorbeeld")
    assert len(looked_up) == 32
    assert looked_up != Keyring([OLD], INDEX).index("klantnummer", "voorbeeld")
    assert looked_up != Keyring([OLD], INDEX + "2").index("name", "voorbeeld")


def test_a_keyring_shows_nothing_and_needs_a_key() -> None:
    assert NEW not in repr(Keyring([NEW], INDEX))
    with pytest.raises(ValueError, match="at least one key"):
        Keyring([], INDEX)


def test_a_number_is_the_same_each_time_and_fits_a_column() -> None:
    keys = Keyring(["x" * 32], "y" * 32)
    assert keys.number("chat sms", "1") == keys.number("chat sms", "1")
    assert len({keys.number(purpose, "1") for purpose in ("chat sms", "chat telegram", "chat whatsapp")}) == 3
    assert all(0 <= keys.number("chat sms", str(value)) < 2**63 for value in range(100))
    assert Keyring(["x" * 32], "z" * 32).number("chat sms", "1") != keys.number("chat sms", "1")
