from datetime import date, time

import pytest

from content import habit
from content.catalogue import load
from content.inforce import InForce, dutch_and
from content.parts import Part
from content.render import bubble, sms
from messaging import segments
from scheduler.sending import forms
from tests.content.hostile import EXAMPLES, TEXTS

HOURS = Part(unit="facts", name="hours", values={"time": time(10), "end": time(10, 45)})


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (time(6), "12:00"),
        (time(7, 5), "1:05"),
        (time(10), "4:00"),
        (time(11, 59), "5:59"),
        (time(12), "6:00"),
        (time(13, 30), "7:30"),
        (time(18), "12:00"),
        (time(19), "1:00"),
        (time(0), "6:00"),
        (time(5, 59), "11:59"),
    ],
)
def test_hours_are_counted_from_dawn(at: time, counted: str) -> None:
    assert habit.beside(TEXTS, "am", at).endswith(f" {counted})")
    assert habit.beside(TEXTS, "ti", at).endswith(f" {counted})")


@pytest.mark.parametrize(
    ("at", "am", "ti"),
    [
        (time(10), "ከጠዋቱ", "ንግሆ"),
        (time(13, 30), "ከቀኑ", "ድሕሪ ቀትሪ"),
        (time(19), "ከምሽቱ", "ምሸት"),
        (time(3), "ከሌሊቱ", "ለይቲ"),
    ],
)
def test_the_part_of_the_day_stands_before_it(at: time, am: str, ti: str) -> None:
    assert habit.beside(TEXTS, "am", at).startswith(f" ({am} ")
    assert habit.beside(TEXTS, "ti", at).startswith(f" ({ti} ")


def test_only_who_asked_for_it_and_only_in_the_mother_tongue() -> None:
    wished = bubble(TEXTS, ["am"], [HOURS], [], echo=True, dawn=True).text
    own, dutch = wished.split("\n\n")

    assert "10:00 (ከጠዋቱ 4:00)" in own
    assert "(" not in dutch
    assert "(" not in bubble(TEXTS, ["am"], [HOURS], [], echo=True).text


@pytest.mark.parametrize("language", ["nl", "ar", "so", "tr"])
def test_not_in_other_languages(language: str) -> None:
    assert habit.beside(TEXTS, language, time(10)) == ""
    assert not habit.known(TEXTS, [language])


def test_not_before_a_speaker_approved_its_words() -> None:
    unapproved: InForce = dutch_and(load(), {("am", "facts"): TEXTS.bodies["am", "facts"]})

    said = bubble(unapproved, ["am"], [HOURS], [], echo=False, dawn=True)

    assert said.language == "am"
    assert said.text == bubble(TEXTS, ["am"], [HOURS], [], echo=False).text


@pytest.mark.parametrize("language", ["ti", "am"])
def test_never_where_it_makes_a_text_message_longer(language: str) -> None:
    lengthened = 0
    for (code, unit), body in TEXTS.bodies.items():
        for name in body:
            if code != language or not name.startswith("sms"):
                continue
            part = Part(unit=unit, name=name, values={**EXAMPLES, "day": date(2027, 9, 29)})
            plain, full = (sms(TEXTS, [language], part, dawn=dawn).text for dawn in (False, True))
            sent = forms.short(TEXTS, [language], part, dawn=True).text
            longer = segments.count(full).segments > segments.count(plain).segments
            assert sent == (plain if longer else full)
            lengthened += longer
    assert lengthened, "no text message shows the limit: choose others"
