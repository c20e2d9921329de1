"""What people type, of any kind, stands in a message literally: it changes nothing around it and hides nothing."""

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, render
from content.approvals import Unfit
from content.foreign import LONGEST_NAME, clean, hidden
from content.inforce import InForce, concepts
from content.parts import Choice, Part
from content.updates import suspicion
from core.languages import LANGUAGES
from core.utf16 import units
from core.values import PersonName
from tests.content.community import make_account, make_news

TEXTS: InForce = concepts(catalogue.load())

NASTY = (
    "{day}",
    "{{name}}",
    "{0.__class__}",
    "%(name)s",
    "%s%n",
    "$name",
    "{name",
    "}",
    "\\n",
    "<b>x</b>",
    "<script>alert(1)</script>",
    "&lt;",
    "*x*",
    "_x_",
    "[x](https://x.nl)",
    "`x`",
    "Zn < 3 & x",
    "'; DROP TABLE person; --",
    "\u202eabc\u202c",
    "\u2067abc",
    "abc\u2069",
    "a\u2069\u2068b",
    "\u200b\u200b",
    "a\u0000b",
    "a\ud800b",
    "a\nb",
    "a\r\nb",
    "a\u2028b",
    "a\tb",
    "\U000e0041",
    "سلام",
    "Ünal",
    "\u202ax\u202c",
    "\ufeffx",
    "\U0001f468\u200d\U0001f469",
    "١٢٣",
    "",
    " ",
    "\u2800",
    "a" * 10_000,
    "ሀ" * 10_000,
    "e" + "\u0301\u0327" * 5_000,
    "😀" * 3_000,
    "ﷺ" * 900,
)

anything = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(), max_size=80),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
languages = st.sampled_from(tuple(LANGUAGES))


def bubble(language: str, value: str | PersonName) -> str:
    """A sentence about somebody, with what was typed as the name."""
    part = Part(unit="leefgeld", name="late", values={"name": value})
    return render.bubble(TEXTS, (language,), (part,), (), echo=False).text


@settings(deadline=None, derandomize=True)
@given(language=languages, typed=anything)
def test_a_name_changes_nothing_around_it(language: str, typed: str) -> None:
    before, _, after = bubble(language, "Xyz").partition("Xyz")

    text = bubble(language, PersonName(typed))

    assert text.startswith(before)
    assert text.endswith(after)
    name = text.removeprefix(before).removesuffix(after)
    assert name == clean(typed, one_line=True, longest=LONGEST_NAME)
    assert len(name) <= LONGEST_NAME
    assert "\n" not in name
    assert not hidden(name)


@settings(deadline=None, derandomize=True)
@given(language=languages, typed=anything)
def test_a_place_or_a_text_stands_there_literally(language: str, typed: str) -> None:
    before, _, after = bubble(language, "Xyz").partition("Xyz")

    text = bubble(language, typed)

    assert text == before + clean(typed, one_line=True) + after
    text.encode()
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
    opened, closed = text.count("\u2068"), text.count("\u2069")
    assert opened == closed == (1 if LANGUAGES[language].direction == "rtl" else 0)


@settings(deadline=None, derandomize=True)
@given(typed=anything)
def test_cleaning_is_done_once_and_keeps_what_can_be_read(typed: str) -> None:
    once = clean(typed)

    assert clean(once) == once
    assert not hidden(once)
    seen = unicodedata.normalize("NFC", typed)
    if len(seen) < 300 and not hidden(seen) and not {"Zl", "Zp"} & set(map(unicodedata.category, seen)):
        assert [*filter(str.isalnum, once)] == [*filter(str.isalnum, seen)]


@settings(deadline=None, derandomize=True)
@given(language=languages, typed=anything)
def test_an_sms_stays_one_message_of_the_same_lines(language: str, typed: str) -> None:
    def sms(value: str | PersonName) -> str:
        values = {"name": value, "day": "maandag 4 januari", "caller": "0413 38 13 81"}
        return render.sms(TEXTS, (language,), Part(unit="call", name="sms_planned", values=values)).text

    for value in (typed, PersonName(typed)):
        text = sms(value)
        assert text.count("\n") == sms("Xyz").count("\n")
        assert text.encode("utf-16-le").decode("utf-16-le") == text


@settings(deadline=None, derandomize=True)
@given(language=languages, typed=anything)
def test_a_button_stays_one_short_line(language: str, typed: str) -> None:
    label = render.label(TEXTS, language, Choice(button="sentence", action="x.y", values={"number": 1, "text": typed}))

    assert units(label) <= render.LABEL_UNITS
    assert "\n" not in label
    assert label.startswith("1")


@settings(deadline=None, derandomize=True)
@given(typed=anything)
def test_a_second_look_never_fails(typed: str) -> None:
    assert all(reason for reason in [*suspicion.reachable(typed), *suspicion.suspicious(typed)])


@pytest.mark.parametrize(
    "piece", ["0", "0 ", "a.", "nl12 ", "+", "@a", "1-", "http", "ab12abcd", "(", "- ", "a@", "\u202e", "\u0301\u0327"]
)
def test_a_second_look_takes_no_time(piece: str) -> None:
    start = perf_counter()
    for length in (600, 2_000, 200_000):
        typed = (piece * length)[:length]
        suspicion.reachable(typed)
        clean(typed)
    assert perf_counter() - start < 1


def test_what_is_too_long_to_look_at_is_looked_at_by_staff() -> None:
    assert suspicion.reachable("a" * 2_001) == ["meer tekst dan wij kunnen nakijken"]


async def test_a_long_run_of_accents_is_refused_at_once(session: AsyncSession) -> None:
    author = await make_account(session)
    start = perf_counter()
    with pytest.raises(Unfit):
        await make_news(session, author, body="a" + "\u0301\u0327" * 200_000)
    assert perf_counter() - start < 0.5
