import pytest

from content.updates.suspicion import reachable, suspicious


@pytest.mark.parametrize(
    "text",
    [
        "kijk op https://voorbeeld.nl",
        "www.voorbeeld.nl",
        "voorbeeld.nl/geld",
        "voorbeeld . com",
        "t.me/voorbeeld",
        "vraag @voorbeeld_bot",
        "mail naar a@voorbeeld.org",
        "ｗｗｗ.voorbeeld.nl",
        "voor\u200bbeeld.n\u200bl",
        "hxxp HTTPS://1.2.3.4",
    ],
)
def test_links(text: str) -> None:
    assert "een link" in reachable(text)


@pytest.mark.parametrize(
    "text",
    ["bel 0612345678", "06-12 34 56 78", "+31 6 12345678", "0031612345678", "٠٦١٢٣٤٥٦٧٨", "14 0413", "(0413) 381381"],
)
def test_telephone_numbers(text: str) -> None:
    assert "een telefoonnummer" in reachable(text)


@pytest.mark.parametrize("text", ["NL91ABNA0417164300", "nl91 abna 0417 1643 00", "NL91-ABNA-0417-1643-00"])
def test_bank_accounts(text: str) -> None:
    assert "een rekeningnummer" in reachable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Morgen is er een bijeenkomst in Veghel.",
        "dinsdag 12 januari, 10:00 uur",
        "Van 10:00-12:30 uur, op 12-01-2027.",
        "Er zijn 25 plaatsen. Het kost 5 euro.",
        "ጽባሕ ኣኼባ ኣሎ።",
        "می‌خواهم بیایم",
        "Komt u ook? Neem uw kinderen mee.Er is thee.",
    ],
)
def test_plain_news_is_left_alone(text: str) -> None:
    assert reachable(text) == []
    assert suspicious(text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("g\u0435meente", "letters die op andere lijken: g\u0435meente"),
        ("gem\u200beente", "een onzichtbaar teken (ZERO WIDTH SPACE)"),
        ("\u202egemeente", "een onzichtbaar teken (RIGHT-TO-LEFT OVERRIDE)"),
        ("𝐠𝐞𝐦𝐞𝐞𝐧𝐭𝐞", "vreemde letters: 𝐠𝐞𝐦𝐞𝐞𝐧𝐭𝐞"),
    ],
)
def test_what_deceives_the_eye_is_named(text: str, why: str) -> None:
    assert why in suspicious(text)


@pytest.mark.parametrize(
    "text", ["Morgen om 10 uur in de bibliotheek is er taalles", "Kom op 12 januari van 10 uur tot 12 uur in zaal 4"]
)
def test_an_hour_and_a_sentence_are_no_bank_account(text: str) -> None:
    assert "een rekeningnummer" not in reachable(text)
