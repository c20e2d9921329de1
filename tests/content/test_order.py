"""Right-to-left messages read in order: numbers, times and Dutch names stand as they were written."""

from collections.abc import Iterator

import pytest
from fpdf.enums import TextDirection
from hypothesis import given, settings

from content.parts import Part, Value
from content.placeholders import placeholders
from content.render import bubble, plain, sms
from core.languages import LANGUAGES
from core.values import PersonName, Private
from tests.content.hostile import EXAMPLES, TEXTS, VALUE
from tests.content.reading import RTL, seen, spans

RIGHT_TO_LEFT = [code for code, language in LANGUAGES.items() if language.direction == "rtl"]

#: Each reads from left to right, and would be torn apart by the text around it.
LATIN = (
    "+31 6 12345678",
    "14 0413",
    "10:00",
    "Karin (gemeente)",
    "Voorbeeldplein 1, Veghel",
    "€ 75,00",
    "3-4",
    "A. 1 B.",
)


def messages(language: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Unit, name and the names of the values of every message that has any."""
    for (code, unit), body in TEXTS.bodies.items():
        for name, forms in body.items():
            names = frozenset().union(*map(placeholders, forms))
            if code == language and names and unit != "buttons":
                yield unit, name, names


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@pytest.mark.parametrize("value", LATIN)
@pytest.mark.parametrize("base", [None, RTL], ids=["first letter", "right to left"])
def test_what_reads_from_the_left_does_so_in_every_message(
    language: str, value: str, base: TextDirection | None
) -> None:
    for unit, name, names in messages(language):
        if name.startswith("sms"):
            continue
        said = plain(TEXTS, language, Part(unit=unit, name=name, values=dict.fromkeys(names, value)))
        for line in said.split("\n"):
            assert seen(line, base).count(value) == line.count(value), (unit, name, line)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@settings(max_examples=60, deadline=None)
@given(value=VALUE)
def test_a_value_looks_inside_a_message_as_it_looks_alone(language: str, value: Value) -> None:
    said = bubble(
        TEXTS, [language], [Part(unit="facts", name="with", values={"what": "x", "name": value})], [], echo=False
    )

    _, _, rest = said.text.partition("\u2069")
    inside = rest[rest.index("\u2068") + 1 : rest.index("\u2069")]
    if inside.strip():
        assert seen(inside) in seen(said.text, RTL)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_values_follow_each_other_from_right_to_left(language: str) -> None:
    hours = Part(unit="facts", name="hours", values=EXAMPLES)
    (line,) = plain(TEXTS, language, hours).split("\n")
    found = [(at, line.index("\u2069", at)) for at, letter in enumerate(line) if letter == "\u2068"]

    first, second = spans(line, found, RTL)

    assert first[0] > second[1], seen(line, RTL)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@pytest.mark.parametrize("name", ["day", "hours", "place", "with", "tolk"])
def test_the_pictogram_stands_on_the_right(language: str, name: str) -> None:
    said = plain(TEXTS, language, Part(unit="facts", name=name, values=EXAMPLES))

    for base in (None, RTL):
        assert not seen(said, base)[-1].isalnum(), seen(said, base)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_text_message_keeps_numbers_in_order_without_isolates(language: str) -> None:
    telephones: dict[str, Value] = {
        "contact_phone": "14 0413",
        "emergency_phone": "0413 381 381",
        "caller": "0413 381 381",
    }
    for unit, name, _ in messages(language):
        if not name.startswith("sms"):
            continue
        said = sms(TEXTS, [language], Part(unit=unit, name=name, values={**EXAMPLES, **telephones})).text
        assert "\u2068" not in said
        assert not [number for number in telephones.values() if str(number) in said], (unit, name, said)
        for line in said.split("\n"):
            for value in ("14\u00a00413", "0413\u00a0381\u00a0381", "10:00", "Karin", "Meierijstad", "PIM Welkom"):
                for base in (None, RTL):
                    assert seen(line, base).count(value) == line.count(value), (unit, name, line)


def test_without_isolates_it_would_go_wrong() -> None:
    assert "+31 6 12345678" not in seen("اتصلوا: +31 6 12345678.", RTL)
    assert "14 0413" not in seen("اتصلوا: 14 0413", RTL)
    assert seen("اتصلوا: 14\u00a00413", RTL).startswith("14\u00a00413")


def test_a_dutch_name_with_brackets_keeps_them_around_it() -> None:
    met = Part(unit="facts", name="with", values={"what": "x", "name": PersonName("Karin (gemeente)")})
    place = Part(unit="facts", name="place", values={"place": Private("Voorbeeldhuis (kamer 3), Veghel")})

    assert "Karin (gemeente)" in seen(plain(TEXTS, "ar", met), RTL)
    assert "Voorbeeldhuis (kamer 3), Veghel" in seen(plain(TEXTS, "ps", place), RTL)
