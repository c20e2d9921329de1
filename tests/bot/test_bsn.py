import pytest

from bot.bsn import MASK, masked


@pytest.mark.parametrize("number", ["111222333", "111.222.333", "1112 22 333"])
def test_a_bsn_is_taken_out_of_what_a_person_says(number: str) -> None:
    update = {"message": {"text": f"mijn nummer is {number}, dank u", "chat": {"id": 111222333}}}
    assert masked(update) == {"message": {"text": f"mijn nummer is {MASK}, dank u", "chat": {"id": 111222333}}}


@pytest.mark.parametrize("text", ["bel 0612345678", "+31612345678", "123456789", "1112223334"])
def test_other_numbers_stay(text: str) -> None:
    assert masked({"Body": text, "From": "111222333"}) == {"Body": text, "From": "111222333"}
