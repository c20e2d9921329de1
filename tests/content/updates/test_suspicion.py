import time

import pytest

from content.updates.suspicion import reachable, scattered, suspicious


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
        "voorbeeld.\u0441\u043e\u043c",
        "\u0441\u043e\u0441\u043e.com",
        "ባንክ.com",
        "\u0431\u0430\u043d\u043a.\u0443\u043a\u0440",
        "voorbeeld.amsterdam/geld",
        "voorbeeld\u3002nl",
        "voorbeeld(.)nl",
        "voorbeeld punt nl",
        "kijk op 10.20.30.40",
    ],
)
def test_links(text: str) -> None:
    assert "een link" in reachable(text)


@pytest.mark.parametrize(
    "text",
    [
        "bel 0612345678",
        "06-12 34 56 78",
        "+31 6 12345678",
        "0031612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "14 0413",
        "(0413) 381381",
        "06_12_34_56_78",
        "06:12:34:56:78",
        "06 * 12 * 34 * 56 * 78",
        "0\ufe0f\u20e36\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e36\ufe0f\u20e37\ufe0f\u20e38",
        "bel nul zes een twee drie vier vijf zes zeven acht",
        "x0612345678",
    ],
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
        "Er is thee. De zaal is open. Online kan ook.",
        "Voor kinderen van 4-12 jaar, op 12-1, 13-1 en 14-1, om 10.00, 11.00 of 12.00 uur.",
        "Voorbeeldplein 1, 5461 AB Veghel",
        "Ми чекаємо вас. То буде цікаво.",
        "د.م. غدا. المقهى مفتوح.",
    ],
)
def test_plain_news_is_left_alone(text: str) -> None:
    assert reachable(text) == scattered([text]) == []
    assert suspicious(text, "uk" if text.startswith("Ми") else "nl") == []


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


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        (["ደውሉ 0612", "Bel 345678"], "een telefoonnummer in stukjes"),
        (["ደውሉ 0612 ከምኡ 345 ከምኡ 678", ""], "een telefoonnummer in stukjes"),
        (["ጽባሕ", "Kijk op voorbeeld", ".nl"], "een link in stukjes"),
        (["Kijk op voorbeeld.", "nl", ""], "een link in stukjes"),
        (["ጽባሕ", "Betaal op NL91 ABNA", "0417 1643 00"], "een rekeningnummer in stukjes"),
    ],
)
def test_what_is_cut_in_pieces_over_the_texts_is_put_together(texts: list[str], what: str) -> None:
    assert what in scattered(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["ጽባሕ ኣኼባ ኣሎ።", "Morgen is er een bijeenkomst.", "bibliotheek, Veghel"],
        ["ንጽባሒት 12-01-2027", "10:00 uur, 150 plaatsen, in 2027", "Voorbeeldplein 12, 5461 AB Veghel"],
        ["150 ቦታ", "Er zijn 150 plaatsen.", ""],
        ["Bel 0612345678", "Bel 0612345678", ""],
    ],
)
def test_texts_that_make_nothing_together_are_left_alone(texts: list[str]) -> None:
    assert scattered(texts) == []


@pytest.mark.parametrize("piece", ["a-", "a.", "1 ", "_1", "12-1 ", "een ", "0", "NL12 "])
def test_a_long_run_takes_no_long_time(piece: str) -> None:
    text = (piece * 2000)[:2000]
    started = time.perf_counter()
    reachable(text)
    assert time.perf_counter() - started < 1
