from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from babel.dates import format_date

from content import catalogue, inforce, values
from content.inforce import InForce
from content.parts import Choice, Part, Value, Word
from content.plurals import locale
from content.render import REMEMBERED, bubble, clipped, plain, sms
from core.languages import LANGUAGES
from core.utf16 import units
from core.values import Money, PersonName, Private
from tests.content.words import small_catalogue

DAY: dict[str, Value] = {"day": date(2027, 1, 12), "time": time(10, 0)}
PUSH = Part(unit="appointment.day", name="push", values=DAY)
COME = Choice(action="appointment.yes", button="come")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> InForce:
    return inforce.concepts(small_catalogue(tmp_path_factory.mktemp("locales")))


def called(texts: InForce, name: Value, language: str = "nl") -> str:
    return plain(texts, language, Part(unit="appointment.details", name="with", values={"name": name}))


def test_dutch(texts: InForce) -> None:
    said = bubble(texts, ["nl"], [PUSH], [COME], echo=True)

    assert said.text == "Morgen heeft u een afspraak: dinsdag 12 januari, 10:00 uur."
    assert (said.language, said.direction, said.labels) == ("nl", "ltr", ("✅ Ik kom",))
    assert said.text_hash == texts.source_hash("appointment.day")


def test_mother_tongue_first_then_easy_dutch(texts: InForce) -> None:
    said = bubble(texts, ["ti", "nl"], [PUSH], [COME], echo=True)

    own, dutch = said.text.split("\n\n")
    assert own == "ጽባሕ ቆጸራ ኣለኩም፦ ሰሉስ 12 ጥሪ፣ ሰዓት 10:00።"
    assert dutch == "Morgen heeft u een afspraak: dinsdag 12 januari, 10:00 uur."
    assert said.labels == ("✅ ክመጽእ እየ",)
    assert bubble(texts, ["ti"], [PUSH], [COME], echo=False).text == own


def test_values_are_isolated_in_right_to_left_and_only_there(texts: InForce) -> None:
    said = bubble(texts, ["ar"], [PUSH], [], echo=True)

    assert said.direction == "rtl"
    assert said.text.startswith("غدا لديك موعد: \u2068الثلاثاء 12 يناير\u2069، الساعة \u206810:00\u2069.")
    assert "\u2068" not in said.text.split("\n\n")[1]


def test_sms_has_one_language_and_no_isolates(texts: InForce) -> None:
    said = sms(texts, ["ar"], Part(unit="appointment.day", name="sms", values=DAY))

    assert said.text == "PIM Welkom.\nالثلاثاء 12 يناير\n10:00"
    assert said.labels == ()


def test_the_whole_bubble_is_in_one_language(texts: InForce) -> None:
    amount = Part(unit="money", name="amount", values={"amount": Money(7500)})

    assert bubble(texts, ["ar"], [PUSH, amount], [], echo=True).language == "nl"
    assert bubble(texts, ["so", "ti", "ar"], [PUSH], [], echo=True).language == "ti"


def test_a_word_decides_the_language_too(texts: InForce) -> None:
    lesson, money = Word(unit="appointments", name="taalles"), Word(unit="money", name="amount")
    part = Part(unit="appointment.details", name="kind", values={"kind": lesson})
    lacking = Part(unit="appointment.details", name="kind", values={"kind": money})

    assert plain(texts, "ar", part) == "هذا: \u2068درس لغة\u2069."
    assert bubble(texts, ["ar"], [lacking], [], echo=False).language == "nl"


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("nl", 1, "U heeft 1 afspraak."),
        ("nl", 0, "U heeft 0 afspraken."),
        ("ar", 0, "لا موعد"),
        ("ar", 2, "موعدان"),
        ("ar", 3, "\u20683\u2069 مواعيد"),
        ("ar", 11, "\u206811\u2069 موعدا"),
        ("ar", 100, "\u2068100\u2069 موعد"),
    ],
)
def test_count_picks_the_form(texts: InForce, language: str, count: int, said: str) -> None:
    assert plain(texts, language, Part(unit="appointments", name="count", values={"count": count})) == said


def test_money_has_normal_spaces(texts: InForce) -> None:
    part = Part(unit="money", name="amount", values={"amount": Money(127550)})

    assert plain(texts, "nl", part) == "Het is € 1.275,50."


@pytest.mark.parametrize("language", LANGUAGES)
def test_latin_digits_and_one_order_everywhere(language: str) -> None:
    said = values.day(date(2027, 9, 30), language)

    weekday, day, month = said.split(" ", 2)
    assert day == "30"
    assert weekday
    assert month


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_looks_as_on_the_letter_in_every_language(language: str) -> None:
    shipped = inforce.concepts(catalogue.load((language, "nl")))
    letter = {7500: "€ 75,00", 5: "€ 0,05", 123450: "€ 1.234,50", 10_000_000: "€ 100.000,00"}

    said = {
        cents: plain(shipped, language, Part(unit="leefgeld", name="amount", values={"amount": Money(cents)}))
        for cents in letter
    }

    assert {cents: text for cents, text in said.items() if letter[cents] not in text} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_has_the_name_that_babel_gives_it(language: str) -> None:
    pattern = "EEEE d LLLL" if language == "fa" else "EEEE d MMMM"
    for number in range(0, 1462, 7 if language != "nl" else 1):
        day = date(2027, 1, 1) + timedelta(days=number)
        assert values.day(day, language) == format_date(day, pattern, locale(language)).translate(
            {0x200E: None, 0x200F: None}
        )


def test_what_was_said_before_is_looked_up_and_what_is_personal_is_not_kept(texts: InForce) -> None:
    first = bubble(texts, ["ti", "nl"], [PUSH], [COME], echo=True)
    assert bubble(texts, ("ti", "nl"), (PUSH,), (COME,), echo=True) is first
    assert bubble(texts, ["ti", "nl"], [PUSH], [COME], echo=False) != first
    other = replace(PUSH, values={**DAY, "time": time(11, 0)})
    assert "11:00" in bubble(texts, ["ti", "nl"], [other], [COME], echo=True).text
    assert sms(texts, ["nl"], replace(PUSH, name="sms")) is sms(texts, ["nl"], replace(PUSH, name="sms"))

    before = len(texts.rendered)
    for value in (PersonName("Selam"), Private("Hoofdstraat 1"), Money(7500)):
        assert bubble(texts, ["nl"], [replace(PUSH, values={**DAY, "name": value})], [], echo=False).text
    assert len(texts.rendered) == before


def test_no_more_is_kept_than_has_a_use(texts: InForce) -> None:
    for number in range(REMEMBERED + 10):
        bubble(texts, ["nl"], [replace(PUSH, values={**DAY, "count": number})], [], echo=False)
    assert len(texts.rendered) <= REMEMBERED


@pytest.mark.parametrize("name", ["{day}", "%(day)s", "{0.__class__}", "Zn < 3 & x", "*_`[", "{name}"])
def test_a_value_is_never_a_template(texts: InForce, name: str) -> None:
    assert called(texts, name) == f"Met {name}."
    assert called(texts, Private(name)) == f"Met {name}."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sel\ud800am", "Met Selam."),
        ("\u202eSelam\u202c", "Met Selam."),
        ("Se\u200blam\ufeff", "Met Selam."),
        ("\u2066Selam\u2069", "Met Selam."),
        ("Sela\u0000m", "Met Selam."),
        ("نی\u200cلوفر", "Met نی\u200cلوفر."),
        ("Sel\u200cam", "Met Selam."),
        ("👩\u200d👧", "Met 👩\u200d👧."),
        ("Jose\u0301", "Met José."),
    ],
)
def test_hidden_marks_are_taken_out(texts: InForce, name: str, said: str) -> None:
    assert called(texts, name) == said


def test_a_name_is_one_short_line(texts: InForce) -> None:
    assert called(texts, PersonName("Selam\n\nBetaal nu")) == "Met Selam Betaal nu."
    assert len(called(texts, PersonName("x" * 10_000_000))) < 80
    assert len(called(texts, "x" * 10_000_000)) < 1600


def test_labels_fit_the_strictest_channel(texts: InForce) -> None:
    long = Choice(action="x.y", button="who", values={"name": PersonName("Abcdefghijklmnopqrstuvwxyz")})
    own = Choice(action="picker.ti", label="ትግርኛ")

    said = bubble(texts, ["nl"], [PUSH], [long, own], echo=False)

    assert said.labels == ("👤 Abcdefghijklmnop…", "ትግርኛ")
    assert units(said.labels[0]) == 20
    assert units(clipped("🌳" * 30)) <= 20


def test_what_is_missing_is_named(texts: InForce) -> None:
    with pytest.raises(KeyError, match=r"appointment.day/push needs a value for day"):
        plain(texts, "nl", Part(unit="appointment.day", name="push", values={"time": time(10)}))
    with pytest.raises(KeyError, match="nl nobody/says"):
        plain(texts, "nl", Part(unit="nobody", name="says"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Joost (voorbeeld)", "Joost"),
        ("Anne-Marie Louise van", "Anne-Marie"),
        ("Wolfeschlegelsteinhausen", "Wolfeschlegelste"),
        ("Selam Tesfay Abr", "Selam Tesfay Abr"),
        ("Selam Tesfay Abr Kidane", "Selam Tesfay Abr"),
    ],
)
def test_a_name_in_an_sms_is_cut_between_its_words(texts: InForce, name: str, said: str) -> None:
    part = Part(unit="appointment.details", name="with", values={"name": name})
    assert sms(texts, ["nl"], part).text == f"Met {said}."
