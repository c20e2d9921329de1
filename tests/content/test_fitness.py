import re

import pytest

from content import fitness

DUTCH = "✅ Bel op {day} om 10:00 uur {name}. Kijk op www.voorbeeld.nl. Het kost € 5. Stuur STOP."


@pytest.mark.parametrize(
    ("unit", "name", "dutch", "said", "answer"),
    [
        ("agenda", "line", "Op {day}.", "ኣብ.", "Dit ontbreekt: {day}. Zet het in de zin."),
        ("agenda", "line", "Op dag.", "ኣብ {day}.", "Dit hoort er niet in: {day}."),
        ("agenda", "line", "Bel 112.", "ደውሉ።", "Dit getal ontbreekt: 112."),
        ("agenda", "line", "Bel.", "112 ደውሉ።", "Dit getal staat niet in het Nederlands: 112."),
        ("agenda", "line", "Zie voorbeeld.nl.", "ርአዩ።", "Deze link ontbreekt: voorbeeld.nl."),
        ("agenda", "line", "Zie.", "voorbeeld.nl ርአዩ", "Deze link staat niet in het Nederlands: voorbeeld.nl."),
        ("agenda", "line", "Het is € 5.", "5 እዩ።", "Dit teken ontbreekt: €."),
        ("agenda", "line", "Het is 5.", "€ 5 እዩ።", "Dit teken staat niet in het Nederlands: €."),
        ("agenda", "line", "Goed.", "ጽ\u202eቡቕ", "Er staat een teken in dat niemand ziet. Typ de zin zelf."),
        ("stop", "back", "Stuur START.", "ስደዱ", "Het woord START ontbreekt. Dat blijft in elke taal hetzelfde."),
        ("buttons", "yes", "✅ Ja", "እወ", "De zin begint met dit plaatje: ✅"),
        ("buttons", "yes", "Ja", "✅ እወ", "Dit plaatje hoort niet aan het begin: ✅"),
        ("agenda", "line", "Goed.", "٣", "Schrijf cijfers zo: 0 1 2 3 4 5 6 7 8 9."),
        ("agenda", "line", "Goed.", "ጽቡቕ {", "Er staat een haakje te veel, of te weinig."),
        ("agenda", "line", "Goed.", "ጽቡቕ {Dag!}", "Dit kennen wij niet: {Dag!}."),
        ("buttons", "yes", "Ja", "እ" * 21, "Een knop heeft plaats voor 20 tekens. Dit zijn er 21."),
        ("week", "sms", "Goed.", "ጽ" * 200, "Twee sms’en zijn 134 tekens. Dit kunnen er 200 worden."),
    ],
)
def test_what_is_wrong_is_said_in_dutch(unit: str, name: str, dutch: str, said: str, answer: str) -> None:
    assert answer in list(fitness.of_message("ti", unit, name, (dutch,), (said,)))


def test_an_sms_in_the_sms_alphabet() -> None:
    found = list(fitness.of_message("so", "week", "sms", ("Goed.",), ("a" * 161,)))
    assert found == ["Een sms heeft plaats voor 160 tekens. Dit kunnen er 161 worden."]
    assert list(fitness.of_message("so", "week", "sms", ("Goed.",), ("ë",))) == ["Dit teken kan niet in een sms: ë"]


def test_braces_that_were_typed_stay_as_they_are() -> None:
    assert fitness.in_dutch("{0} is no name of a value") == "Dit kennen wij niet: {0}."


def test_a_rule_without_words_of_its_own_is_said_all_the_same() -> None:
    assert fitness.in_dutch("something of a later release") == "Hij zegt niet hetzelfde als het Nederlands."


def test_a_good_sentence_has_no_problem() -> None:
    assert list(fitness.of_message("ti", "agenda", "line", (DUTCH,), (DUTCH.replace("Bel", "ደውሉ"),))) == []


def test_no_english_reaches_a_rolmodel() -> None:
    hostile = ["", "{", "}{", "{day!r}", "٣ { \u202e", "STOP 1 www.x.nl", "✅" * 30, "\ud800", "a" * 500]
    for said in hostile:
        for unit, name in (("buttons", "yes"), ("week", "sms"), ("agenda", "line")):
            for sentence in fitness.of_message("ti", unit, name, (DUTCH,), (said,)):
                assert not re.search(r"\b(?:the|is missing|lacks|has|added|left out|this|hidden)\b", sentence), sentence
