import re

import pytest

from content.lint import fitness

DUTCH = "✅ Bel op {day} om 10:00 uur {name}. Kijk op www.voorbeeld.nl. Het kost € 5. Stuur STOP."


@pytest.mark.parametrize(
    ("unit", "name", "dutch", "said", "answer"),
    [
        ("agenda", "line", "Op {day}.", "ኣብ.", "{day} ontbreekt. Zet {day} erin, letter voor letter."),
        ("agenda", "line", "Op dag.", "ኣብ {day}.", "{day} staat niet in het Nederlands. Haal {day} eruit."),
        ("agenda", "line", "Bel 112.", "ደውሉ።", "Het getal 112 ontbreekt. Zet 112 erin, met gewone cijfers."),
        ("agenda", "line", "Bel.", "112 ደውሉ።", "Het getal 112 staat niet in het Nederlands. Haal het getal eruit."),
        ("agenda", "line", "Zie voorbeeld.nl.", "ርአዩ።", "De link voorbeeld.nl ontbreekt. Zet de link erin."),
        (
            "agenda",
            "line",
            "Zie.",
            "voorbeeld.nl ርአዩ",
            "De link voorbeeld.nl staat niet in het Nederlands. Haal de link eruit.",
        ),
        ("agenda", "line", "Het is € 5.", "5 እዩ።", "Het teken € ontbreekt. Zet het teken erin."),
        ("agenda", "line", "Het is 5.", "€ 5 እዩ።", "Het teken € staat niet in het Nederlands. Haal het teken eruit."),
        (
            "agenda",
            "line",
            "Goed.",
            "ጽ\u202eቡቕ",
            "Er staat een onzichtbaar teken in: RIGHT-TO-LEFT OVERRIDE. Haal het teken weg.",
        ),
        (
            "stop",
            "back",
            "Stuur START.",
            "ስደዱ",
            "Het woord START ontbreekt. Zet START erin, in deze letters: mensen typen het na.",
        ),
        (
            "buttons",
            "yes",
            "✅ Ja",
            "እወ",
            "Het begint met “”, het Nederlands met “✅”. Zet het plaatje van het Nederlands vooraan.",
        ),
        (
            "buttons",
            "yes",
            "Ja",
            "✅ እወ",
            "Het begint met “✅”, het Nederlands met “”. Zet het plaatje van het Nederlands vooraan.",
        ),
        (
            "agenda",
            "line",
            "Goed.",
            "٣",
            "Deze cijfers zijn niet de cijfers van brieven en klokken hier: ٣.",
        ),
        (
            "agenda",
            "line",
            "Goed.",
            "ጽቡቕ {",
            "Er staat een haakje { of } te veel, of te weinig. Schrijf een waarde zo: {day}.",
        ),
        (
            "agenda",
            "line",
            "Goed.",
            "ጽቡቕ {Dag!}",
            "{Dag!} is geen waarde die wij kennen.",
        ),
        ("buttons", "yes", "Ja", "እ" * 21, "Op een knop passen 20 tekens, dit zijn er 21. Maak de tekst korter."),
        (
            "week",
            "sms",
            "Goed.",
            "ጽ" * 200,
            "In twee sms passen in deze letters 134 tekens, dit zijn er 200 met de langste waarden.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_dutch(unit: str, name: str, dutch: str, said: str, answer: str) -> None:
    found = list(fitness.of_message("ti", unit, name, (dutch,), (said,)))
    assert any(sentence.startswith(answer) for sentence in found), found


def test_an_sms_in_the_sms_alphabet() -> None:
    assert list(fitness.of_message("so", "week", "sms", ("Goed.",), ("a" * 160 + ".",))) == [
        "In een sms passen 160 tekens, dit zijn er 161 met de langste waarden. Maak de tekst korter."
    ]
    assert list(fitness.of_message("so", "week", "sms", ("Goed.",), ("ë",))) == [
        "Een sms kent deze tekens niet: ë. Neem gewone letters en tekens."
    ]


def test_a_slip_that_harms_nobody_keeps_nobody() -> None:
    assert list(fitness.of_message("ti", "agenda", "line", ("Goed.",), ("ጽቡቕ",))) == []


def test_a_good_sentence_has_no_problem() -> None:
    said = "✅ {day} ሰዓት 10:00 {name} ደውሉ። www.voorbeeld.nl፣ ርአዩ። ዋጋኡ € 5 እዩ። STOP ስደዱ።"
    assert list(fitness.of_message("ti", "agenda", "line", (DUTCH,), (said,))) == []


def test_no_english_reaches_a_rolmodel() -> None:
    hostile = ["", "{", "}{", "{day!r}", "٣ { \u202e", "STOP 1 www.x.nl", "✅" * 30, "\ud800", "a" * 500]
    for said in hostile:
        for unit, name in (("buttons", "yes"), ("week", "sms"), ("agenda", "line")):
            for sentence in fitness.of_message("ti", unit, name, (DUTCH,), (said,)):
                assert not re.search(r"\b(?:the|is missing|lacks|has|added|left out|this|hidden)\b", sentence), sentence
