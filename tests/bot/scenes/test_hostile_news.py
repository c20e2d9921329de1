"""Whatever somebody types as news: the message keeps its structure, and what deceives is named."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import speech
from bot.console.newsview import bits
from bot.scenes import updates as reading
from content import catalogue, render
from content.foreign import clean
from content.inforce import concepts
from content.updates import suspicion
from content.updates.drafts import LONGEST_PLACE
from content.updates.news import News, digest
from core.ids import new_id
from core.settings import Settings
from core.tables.texts import Update, UpdateText
from messaging.channel import Outgoing, from_json
from scheduler.sending import forms
from tests.bot.phones import NOW

TEXTS = concepts(catalogue.load(("nl", "ar", "ti", "fa")))

#: What people and deceivers type: letters of every script, marks, braces, breaks, controls.
_NASTY = st.sampled_from(
    [
        *("\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\u00a0", "\u2028", "\n\n", "\r\n", "\t", "\x07"),
        *("{day}", "{0.__class__}", "%(name)s", "{{", "}", "<b>", "</b>", "**", "_", "[x](tg://user?id=1)", "&amp;"),
        *("📅 ", "📍 ", "NL: ", "✅", "\U0001f1f3\U0001f1f1", "e\u0301\u0301\u0301\u0301", "\u0430", "𝐚"),
    ]
)
TYPED = st.lists(st.one_of(_NASTY, st.text(max_size=20)), min_size=1, max_size=12).map("".join)


def piece(body: str, dutch: str, place: str, language: str = "ar") -> News:
    """News as it stands in the database, whatever is in it."""
    update = Update(id=new_id(), author_id=new_id(), state="sent", ends_on=date(2027, 1, 20), created_at=NOW)
    update.place, update.day = place or None, date(2027, 1, 14)

    def row(code: str, text: str) -> UpdateText:
        own = digest(text.encode("utf-8", "replace").decode())
        return UpdateText(id=new_id(), update_id=update.id, language=code, version=1, body=text, source_hash=own)

    return News(update=update, text=row(language, body), dutch=row("nl", dutch))


def lines(text: str) -> int:
    return text.count("\n") + 1


@settings(deadline=None)
@given(body=TYPED, dutch=TYPED, place=TYPED, language=st.sampled_from(["ar", "fa", "ti", "nl"]))
def test_typed_words_never_change_the_structure(body: str, dutch: str, place: str, language: str) -> None:
    place = clean(place, one_line=True, longest=LONGEST_PLACE)
    found = piece(body, dutch, place, language)
    said = reading.said(found)
    parts, below = ([speech.filled(one, Settings(_env_file=None)) for one in some] for some in (said.parts, said.dutch))

    bubble = render.bubble(TEXTS, (language,), parts, said.choices, echo=said.echo, dutch=below)

    assert bubble.labels == render.bubble(TEXTS, (language,), parts[:1], said.choices, echo=False).labels
    for line in bubble.text.split("\n"):
        assert line.count("\u2068") == line.count("\u2069") <= (bubble.direction == "rtl")
    typed = [clean(body), clean(dutch)]
    facts = ["day", "place", "until"] if place else ["day", "until"]
    own, echo = (["header", text, *facts] for text in typed)
    assert lines(bubble.text) == lines("\n".join([*own, "", *echo]))
    plain = bubble.text.translate(dict.fromkeys((0x2068, 0x2069, 0x200F)))
    for text in (*typed, place):
        assert text in plain


def test_the_dutch_of_news_stands_whole_below_it_and_reads_from_the_left() -> None:
    said = reading.said(piece("مقهى اللغة مفتوح.", "Het taalcafé is open.", "Veghel"))

    bubble = render.bubble(TEXTS, ("ar",), said.parts, said.choices, echo=said.echo, dutch=said.dutch)

    own, dutch = bubble.text.split("\n\n")
    assert own.split("\n")[-1].startswith("📅 هذا صالح")
    assert dutch.split("\n") == [
        "📣 Nieuws van een rolmodel:",
        "Het taalcafé is open.",
        "📅 donderdag 14 januari",
        "📍 Veghel",
        "📅 Dit geldt tot en met woensdag 20 januari.",
    ]


def test_who_wants_no_dutch_gets_none_with_news() -> None:
    said = reading.said(piece("مقهى اللغة مفتوح.", "Het taalcafé is open.", ""))

    bubble = render.bubble(TEXTS, ("ar",), said.parts, said.choices, echo=False, dutch=said.dutch)

    assert "taalcafé" not in bubble.text


@settings(deadline=None)
@given(body=TYPED)
def test_what_is_sent_is_what_was_written_and_survives_the_queue(body: str) -> None:
    found = piece(body, "Morgen.", "")
    said = reading.said(found)
    bubble = render.bubble(TEXTS, ("ar",), said.parts, said.choices, echo=said.echo, dutch=said.dutch)
    message = forms.outgoing(bubble, said.choices, "telegram", says=said.says)

    again = from_json(message.as_json())

    assert again == message
    assert isinstance(again, Outgoing)
    assert again.text.encode("utf-16-le", "strict")
    assert again.says == found.mark


@settings(deadline=None)
@given(body=TYPED, language=st.sampled_from(["nl", "ar", "uk"]))
def test_marks_point_at_what_they_name_and_leave_every_word_in_place(body: str, language: str) -> None:
    shown = bits(body, language)

    assert "".join(bit.text for bit in shown if not bit.why) in body or any(bit.why for bit in shown)
    assert {bit.why for bit in shown if bit.why} <= {trick.why for trick in suspicion.tricks(body, language)}
    hidden = [letter for letter in body if letter not in "".join(bit.text for bit in shown)]
    assert all(not letter.isprintable() or unicodedata.category(letter) in ("Cf", "Zs", "Lo") for letter in hidden)


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("раураl", "nl", "letters die op andere lijken: раураl"),
        ("аррӏе", "nl", "letters die op andere lijken: аррӏе"),
        ("ΑΒΝ", "tr", "letters die op andere lijken: ΑΒΝ"),
        ("ａｂｎ", "nl", "vreemde letters: ａｂｎ"),
        ("b\u0336\u0336\u0336", "nl", "een stapel tekens op één letter"),
        ("g\u200beld", "so", "een onzichtbaar teken (ZERO WIDTH SPACE)"),
    ],
)
def test_the_word_that_deceives_is_marked(text: str, language: str, why: str) -> None:
    assert why in [bit.why for bit in bits(f"Kom naar {text} om 10 uur", language)]


@pytest.mark.parametrize(
    ("text", "language"), [("Завтра о десятій", "uk"), ("DUO помага", "bg"), ("می‌خواهم بیایم", "fa")]
)
def test_a_language_s_own_letters_are_no_trick(text: str, language: str) -> None:
    assert [bit.text for bit in bits(text, language)] == [text]
