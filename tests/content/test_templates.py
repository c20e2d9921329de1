import pytest

from content import templates
from content.catalogue import load
from content.inforce import concepts, dutch_and
from core.languages import LANGUAGES

SHIPPED = concepts(load())


def bodies(language: str) -> dict[str, str]:
    return {wording.name: wording.body for wording in templates.wordings(SHIPPED, [language], "Meierijstad")}


def test_the_dutch_sentences_are_those_of_the_design() -> None:
    assert bodies("nl") == {
        "afspraak": "PIM Welkom, gemeente Meierijstad. U heeft een afspraak op {{1}} om {{2}} uur.",
        "nieuwe_dag": "PIM Welkom, gemeente Meierijstad. Uw afspraak heeft een nieuwe dag: {{1}} om {{2}} uur.",
        "gaat_niet_door": "PIM Welkom, gemeente Meierijstad. Uw afspraak op {{1}} om {{2}} uur gaat niet door.",
        "bericht": "PIM Welkom, gemeente Meierijstad. Er is een bericht voor u. Wij vragen nooit om geld.",
    }


@pytest.mark.parametrize("language", ["nl", "en", "ar", "fa", "tr"])
def test_meta_has_nothing_against_any_of_them(language: str) -> None:
    found = bodies(language)

    assert len(found) == 4
    assert [templates.flaw(body) for body in found.values()] == [None] * 4


@pytest.mark.parametrize(
    "body", ["{{1}} is uw dag.", "Uw dag is {{1}}.", "Uw dag is \u2068{{1}}\u2069.", "Op {{1}} {{2}} uur."]
)
def test_what_meta_would_refuse(body: str) -> None:
    assert templates.flaw(body)


def test_every_variable_has_an_example_in_its_language() -> None:
    (first, *_, last) = templates.wordings(SHIPPED, ["tr"], "Meierijstad")

    assert first.examples == ("12 Ocak Salı", "10:00") or first.examples[1] == "10:00"
    assert (last.name, last.examples, last.button) == ("bericht", (), "👁 Aç")


def test_only_languages_that_meta_knows_and_speakers_approved() -> None:
    everything = {wording.language for wording in templates.wordings(SHIPPED, list(LANGUAGES), "Veghel")}
    nothing_approved = dutch_and(load(), {})

    assert everything == {"nl", "en", "ar", "fa", "prs", "ps", "tr", "uk", "pl", "fr", "bg", "ro"}
    assert {w.language for w in templates.wordings(nothing_approved, list(LANGUAGES), "Veghel")} == {"nl"}
