import smsutil
from hypothesis import given
from hypothesis import strategies as st

from messaging import segments

GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡§¿äöñüàazAZ\f^{}\\[~]|€"


def test_one_segment_up_to_the_border() -> None:
    assert segments.count("a" * 160) == segments.Segments(encoding="gsm7", units=160, segments=1)
    assert segments.count("a" * 161).segments == 2
    assert segments.count("ë" * 70) == segments.Segments(encoding="ucs2", units=70, segments=1)
    assert segments.count("ë" * 71).segments == 2


def test_several_segments_hold_less_each() -> None:
    assert segments.count("a" * 306).segments == 2
    assert segments.count("a" * 307).segments == 3
    assert segments.count("ë" * 134).segments == 2
    assert segments.count("ë" * 135).segments == 3


def test_letters_of_two_units() -> None:
    assert segments.count("€" * 80) == segments.Segments(encoding="gsm7", units=160, segments=1)
    assert segments.count("\U0001f4c5").units == 2


def test_which_letters_make_it_ucs2() -> None:
    assert segments.count("é").encoding == "gsm7"
    for letter in "ëïçá’–\u00a0ትعşł":
        assert segments.count(letter).encoding == "ucs2"


def test_a_pair_is_never_cut() -> None:
    assert segments.count("a" * 152 + "€" + "a" * 151).segments == 2
    assert segments.count("a" * 152 + "€" + "a" * 152).segments == 3


def test_nothing_is_one_segment() -> None:
    assert segments.count("") == segments.Segments(encoding="gsm7", units=0, segments=1)


@given(st.text(alphabet=GSM, min_size=1, max_size=700))
def test_gsm_as_the_oracle_counts(text: str) -> None:
    oracle = smsutil.gsm_split(text)

    counted = segments.count(text)

    assert (counted.encoding, counted.units) == ("gsm7", oracle.total_bytes)
    assert counted.segments == len(oracle.parts)


@given(st.text(min_size=1, max_size=300).map(lambda text: text + "ë"))
def test_ucs2_as_the_oracle_counts(text: str) -> None:
    oracle = smsutil.unicode_split(text)

    counted = segments.count(text)

    assert (counted.encoding, counted.units) == ("ucs2", oracle.total_bytes // 2)
    assert counted.segments == len(oracle.parts)


def test_what_an_sms_costs() -> None:
    one, two = segments.cost("Komt u?", "sms"), segments.cost("ş" * 71, "sms", number="+31612345678")

    assert (one.segments, one.microeuro) == (1, 100_000)
    assert (two.segments, two.microeuro) == (2, 200_000)
    assert segments.cost("Komt u?", "sms", number="+48601234567").microeuro > one.microeuro


def test_what_the_apps_cost() -> None:
    inside, opening = segments.cost("x", "whatsapp"), segments.cost("x", "whatsapp", template=True)

    assert segments.cost("x" * 4000, "telegram").microeuro == 0
    assert 0 < inside.microeuro < opening.microeuro
    assert inside.segments is None
