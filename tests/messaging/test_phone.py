import pytest

from core.values import Phone
from messaging import phone


@pytest.mark.parametrize(
    "written",
    [
        "0612345678",
        "06-12345678",
        "06 12 34 56 78",
        "06.1234.5678",
        "+31612345678",
        "+31 (0)6 12345678",
        "0031612345678",
        "31612345678",
        "612345678",
        "612345678.0",
        "612345678,0",
        "'0612345678",
        "tel:+31612345678",
        "\u202a+31612345678\u202c",
        "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "  06\u00a012345678 ",
    ],
)
def test_ways_to_write_one_number(written: str) -> None:
    assert phone.normalise(written) == Phone("+31612345678")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("+963944567890", "+963944567890"), ("00491512 3456789", "+4915123456789"), ("0413381111", "+31413381111")],
)
def test_other_countries_and_landlines(written: str, expected: str) -> None:
    assert phone.normalise(written) == Phone(expected)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("", "geen telefoonnummer"),
        ("   ", "geen telefoonnummer"),
        ("3,16E+10", "afgerond"),
        ("3.1612E+10", "afgerond"),
        ("3E+10", "afgerond"),
        ("0900-1234", "betaalnummer"),
        ("0906 1234567", "betaalnummer"),
        ("061234567", "bestaat niet"),
        ("06123456789", "bestaat niet"),
        ("4915123456789", "bestaat niet"),
        ("bel Karin", "geen telefoonnummer"),
        ("0612345678 of 0687654321", "geen telefoonnummer"),
        ("=1+1", "geen telefoonnummer"),
        ("+31612345678 ext. 5", "geen telefoonnummer"),
        ("6" * 10_000_000, "geen telefoonnummer"),
    ],
)
def test_refused_with_what_and_mend(written: str, what: str) -> None:
    with pytest.raises(phone.PhoneError) as refused:
        phone.normalise(written)

    assert what in refused.value.what
    assert refused.value.mend.endswith(".")


def test_a_refusal_never_repeats_the_number() -> None:
    with pytest.raises(phone.PhoneError) as refused:
        phone.normalise("0900 1234")

    assert "1234" not in str(refused.value)


def test_mobile_or_not() -> None:
    assert phone.is_mobile(phone.normalise("0612345678"))
    assert not phone.is_mobile(phone.normalise("0413381111"))
