"""No value, no name and no translation changes what a message is made of."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import texts
from content.parts import Choice, Part, Value
from content.placeholders import parsed, placeholders
from content.render import BUTTONS, LABEL_UNITS, bubble, label, plain
from content.values import day
from core.languages import LANGUAGES
from core.utf16 import units
from tests.content.hostile import EXAMPLES, TEXT, TEXTS, VALUE

FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"

#: What would turn text around, or part a line in two, from inside a value.
STEERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}


def parts(language: str, hostile: Value) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Every message of a language with this value in every place, and the forms that it can have."""
    for (code, unit), body in TEXTS.bodies.items():
        if code == language:
            for name, forms in body.items():
                values = dict.fromkeys(frozenset().union(*map(placeholders, forms)), hostile)
                yield Part(unit=unit, name=name, values=values), forms


def fits(said: str, template: str, *, isolated: bool) -> "re.Match[str] | None":
    """Whether a text is the template with values in its holes, each on its line and inside its isolate."""
    value = r"([^\n\u2068\u2069]*)"
    hole = f"{FSI}{value}{PDI}" if isolated else value
    whole = f"{hole}(?:\n{hole})*"
    pattern = [re.escape(parsed(template)[0])]
    for name, piece in zip(parsed(template)[1::2], parsed(template)[2::2], strict=True):
        pattern += [whole if name == "text" else hole, re.escape(piece)]
    return re.fullmatch("".join(pattern), said)


def steering(said: str) -> set[str]:
    return {unicodedata.bidirectional(character) for character in said.replace("\n", "")} & STEERING


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=12, deadline=None)
@given(hostile=VALUE)
def test_a_value_fills_its_place_and_nothing_else(language: str, hostile: Value) -> None:
    rtl = LANGUAGES[language].direction == "rtl"
    for part, forms in parts(language, hostile):
        said = plain(TEXTS, language, part)
        bare = re.sub(f"^{RLM}", "", said, flags=re.MULTILINE) if rtl else said
        assert any(fits(bare, form, isolated=rtl) for form in forms), (part.unit, part.name, said)
        assert steering(said) <= ({"FSI", "PDI"} if rtl else set()), (part.unit, part.name, said)


@pytest.mark.parametrize("language", ["ar", "fa", "prs", "ps"])
@settings(max_examples=12, deadline=None)
@given(hostile=VALUE)
def test_isolates_open_and_close_on_their_own_line(language: str, hostile: Value) -> None:
    for part, _ in parts(language, hostile):
        for line in plain(TEXTS, language, part).split("\n"):
            assert not set(re.sub(f"{FSI}[^{FSI}{PDI}]*{PDI}", "", line)) & {FSI, PDI}, (part.unit, part.name, line)


@settings(max_examples=40, deadline=None)
@given(name=VALUE, place=VALUE, language=st.sampled_from(tuple(LANGUAGES)))
def test_a_bubble_keeps_its_lines_its_order_and_its_answers(name: Value, place: Value, language: str) -> None:
    values = {**EXAMPLES, "name": name, "place": place}
    facts = [Part(unit="facts", name=line, values=values) for line in ("day", "hours", "place", "with", "bring")]
    choices = [Choice(button=one, action=f"appointment.{one}") for one in ("come", "cannot", "call")]

    said = bubble(TEXTS, [language], facts, choices, echo=True)

    halves = said.text.split("\n\n")
    assert len(halves) == (1 if language == "nl" else 2)
    for half in halves:
        signs = [line.lstrip(RLM + FSI)[0] for line in half.split("\n")]
        assert signs == ["📅", "🕙", "📍", "👤", "🎒"]
    assert said.labels == bubble(TEXTS, [language], [], choices, echo=False).labels
    assert len(said.labels) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=12, deadline=None)
@given(name=st.one_of(VALUE, st.just("\ufdd0bold\ufdd1"), st.just("\ufdd1")))
def test_days_and_times_stand_out_and_nothing_that_somebody_typed(name: Value, language: str) -> None:
    values = {
        **EXAMPLES,
        "name": name,
        "place": name,
        "day": date(2027, 1, 12),
        "time": time(10, 5),
        "end": time(11, 0),
    }
    facts = [Part(unit="facts", name=line, values=values) for line in ("day", "place", "hours", "with")]

    said = bubble(TEXTS, [language], facts, [], echo=True)

    flat = said.text.encode("utf-16-le", "surrogatepass")
    heavy = [flat[2 * at : 2 * (at + size)].decode("utf-16-le", "surrogatepass") for at, size in said.strong]
    own = [day(date(2027, 1, 12), language), "10:05", "11:00"]
    assert heavy == own + ([] if language == "nl" else ["dinsdag 12 januari", "10:05", "11:00"])
    assert not {"\ufdd0", "\ufdd1"} & set(said.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_answers_than_three_have_a_word_that_opens_their_list(language: str) -> None:
    few = [Choice(button=one, action=f"appointment.{one}") for one in ("come", "cannot", "call")]
    said = Part(unit="menu", name="hello")
    assert bubble(TEXTS, [language], [said], few, echo=False).opens == ""
    opens = bubble(TEXTS, [language], [said], [*few, Choice(button="home", action="menu.open")], echo=False).opens
    assert opens.startswith("☰ ")
    assert units(opens) <= LABEL_UNITS


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=12, deadline=None)
@given(hostile=VALUE)
def test_a_label_is_one_short_line(language: str, hostile: Value) -> None:
    for name, forms in TEXTS.bodies[language, BUTTONS].items():
        values = dict.fromkeys(frozenset().union(*map(placeholders, forms)), hostile)
        said = label(TEXTS, language, Choice(button=name, action="x.y", values=values))
        assert units(said) <= LABEL_UNITS
        assert not steering(said)
        assert "\n" not in said


@settings(max_examples=200, deadline=None)
@given(said=TEXT, language=st.sampled_from(("ar", "ti", "pl")))
def test_no_translation_that_is_taken_changes_the_lines(said: str, language: str) -> None:
    dutch = {"push": ("Morgen: {day}.",)}
    body = {"push": (f"{said} {{day}}.",)}

    if not list(texts.unfit(dutch, language, body)):
        assert "\n" not in body["push"][0]
        assert not steering(body["push"][0])
        assert placeholders(body["push"][0]) == {"day"}


@pytest.mark.parametrize(
    "said",
    ["{day}.\nBetaal nu.", "{day}.\u2028Betaal nu.", "\u202e{day}.", "{day}\u2069.", "{day}. {amount}", "\n{day}"],
)
def test_a_translation_with_another_structure_is_refused(said: str) -> None:
    dutch = {"push": ("Morgen: {day}.",)}

    assert list(texts.unfit(dutch, "ar", {"push": (said,)}))
    assert not list(texts.unfit(dutch, "ar", {"push": ("غدا: {day}.",)}))


def test_an_sms_may_put_its_values_on_lines_of_their_own() -> None:
    assert not list(texts.unfit({"sms": ("Morgen: {day}.",)}, "ar", {"sms": ("غدا:\n{day}",)}))
