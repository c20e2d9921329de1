from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from types import MappingProxyType

import pytest

from content import catalogue
from content.audible import Clip, Voices
from content.inforce import InForce, concepts
from content.parts import Part, Word
from content.voice import clips
from core.values import Money
from tests.content.words import small_catalogue

DAY = Part(unit="appointment.day", name="push", values={"day": date(2027, 1, 12), "time": time(10, 30)})


@pytest.fixture
def texts(tmp_path: Path) -> InForce:
    return concepts(small_catalogue(tmp_path))


def read(texts: InForce, part: Part, language: str = "nl") -> list[str] | None:
    readings = clips.spoken(texts, language, part)
    return None if readings is None else [f"{reading.key} {reading.text}" for reading in readings]


def speaker(readings: Sequence[clips.Reading], name: str = "a") -> dict[str, Clip]:
    return {one.key: Clip(text_hash=one.hash, media_id=f"{name} {one.key}") for one in readings}


def with_voices(texts: InForce, *speakers: Mapping[str, Clip], language: str = "nl") -> InForce:
    return replace(texts, voices=Voices(speakers=MappingProxyType({language: speakers})))


def test_a_sentence_is_its_words_and_its_day_and_time(texts: InForce) -> None:
    assert read(texts, DAY) == [
        "appointment.day/push#0:0 Morgen heeft u een afspraak",
        "weekday:2 dinsdag",
        "day:12 12",
        "month:1 januari",
        "hour:10 10",
        "minute:30 30",
        "appointment.day/push#0:2 uur",
    ]


def test_a_full_hour_is_the_hour_alone(texts: InForce) -> None:
    said = read(texts, replace(DAY, values={**DAY.values, "time": time(9)}))
    assert said is not None
    assert [one for one in said if one.startswith(("hour", "minute"))] == ["hour:9 9"]


@pytest.mark.parametrize("odd", [time(10, 7), time(6), time(22, 15)])
def test_a_time_that_has_no_clip_has_no_voice(texts: InForce, odd: time) -> None:
    assert read(texts, replace(DAY, values={**DAY.values, "time": odd})) is None


def test_another_script_is_read_as_it_is_written(texts: InForce) -> None:
    said = read(texts, DAY, "ti")
    assert said is not None
    assert said[0] == "appointment.day/push#0:0 ጽባሕ ቆጸራ ኣለኩም"
    assert said[1] == "weekday:2 ሰሉስ"


def test_a_count_is_said_in_its_own_form(texts: InForce) -> None:
    four = Part(unit="appointments", name="count", values={"count": 4})
    assert read(texts, four) == [
        "appointments/count#1:0 U heeft",
        "number:4 4",
        "appointments/count#1:1 afspraken",
    ]
    assert read(texts, replace(four, values={"count": 1})) == [
        "appointments/count#0:0 U heeft",
        "number:1 1",
        "appointments/count#0:1 afspraak",
    ]
    assert read(texts, replace(four, values={"count": 11})) is None


def test_names_and_amounts_have_no_voice(texts: InForce) -> None:
    assert read(texts, Part(unit="appointment.details", name="with", values={"name": "Karin"})) is None
    assert read(texts, Part(unit="money", name="amount", values={"amount": Money(7500)})) is None


def test_a_word_of_the_catalogue_is_read_as_itself(texts: InForce) -> None:
    kind = Part(unit="appointment.details", name="kind", values={"kind": Word(unit="appointments", name="taalles")})
    assert read(texts, kind) == ["appointment.details/kind#0:0 Dit is", "appointments/taalles#0:0 taalles"]


def test_a_place_is_read_by_its_name(texts: InForce) -> None:
    known = replace(texts, voices=Voices(places=MappingProxyType({"Voorbeeldhuis": "place:7"})))
    at = Part(unit="appointment.details", name="with", values={"name": "Voorbeeldhuis"})
    assert read(known, at) == ["appointment.details/with#0:0 Met", "place:7 Voorbeeldhuis"]


def test_a_workshop_is_read_by_its_title(texts: InForce) -> None:
    known = replace(texts, voices=Voices(titles=MappingProxyType({"Werken in Nederland": "title:9"})))
    at = Part(unit="appointment.details", name="with", values={"name": "Werken in Nederland"})
    assert read(known, at) == ["appointment.details/with#0:0 Met", "title:9 Werken in Nederland"]
    assert "title:9" in [reading.key for reading in clips.wanted(known, "nl")]


class TestReady:
    def test_one_speaker_with_every_clip_says_it(self, texts: InForce) -> None:
        readings = clips.spoken(texts, "nl", DAY) or []
        ready = clips.ready(with_voices(texts, speaker(readings)), "nl", [DAY])
        assert ready == tuple(f"a {reading.key}" for reading in readings)

    def test_a_clip_less_and_nothing_is_said(self, texts: InForce) -> None:
        readings = clips.spoken(texts, "nl", DAY) or []
        for place in range(len(readings)):
            partly = speaker([*readings[:place], *readings[place + 1 :]])
            assert clips.ready(with_voices(texts, partly), "nl", [DAY]) == ()

    def test_two_speakers_are_never_mixed(self, texts: InForce) -> None:
        readings = clips.spoken(texts, "nl", DAY) or []
        half = len(readings) // 2
        apart = with_voices(texts, speaker(readings[:half]), speaker(readings[half:], "b"))
        assert clips.ready(apart, "nl", [DAY]) == ()
        whole = with_voices(texts, speaker(readings[:half]), speaker(readings, "b"))
        assert {one[0] for one in clips.ready(whole, "nl", [DAY])} == {"b"}

    def test_a_clip_of_other_words_is_void(self, texts: InForce) -> None:
        readings = clips.spoken(texts, "nl", DAY) or []
        spoken = with_voices(texts, speaker(readings))
        body = {"push": ("Morgen komt u langs: {day}, {time} uur.",)}
        changed = replace(spoken, bodies={**spoken.bodies, ("nl", "appointment.day"): body})
        assert clips.ready(spoken, "nl", [DAY])
        assert clips.ready(changed, "nl", [DAY]) == ()

    def test_a_message_has_a_voice_when_its_words_have(self, texts: InForce) -> None:
        words = list(clips.of_message(texts, "nl", "appointment.day", "push"))
        assert clips.has_voice(with_voices(texts, speaker(words)), "nl", "appointment.day")
        assert not clips.has_voice(with_voices(texts, speaker(words[:1])), "nl", "appointment.day")
        assert not clips.has_voice(texts, "nl", "appointment.day")


def test_everything_that_can_be_read_has_a_key_of_its_own_in_every_language() -> None:
    texts = concepts(catalogue.load())
    for language in ("nl", "ti", "ar", "fa", "so", "tr", "pl"):
        wanted = clips.wanted(texts, language)
        keys = [reading.key for reading in wanted]
        assert len(set(keys)) == len(keys), language
        assert all(reading.text.strip() for reading in wanted)
        assert keys[0].startswith("appointment.announced/push")
        assert {"weekday:1", "weekday:7", "day:31", "month:12", "hour:7", "minute:45", "number:10"} <= set(keys)
        assert {"workshop/joined#0:0", "workshop/waiting#0:0", "facts/free#0:0", "facts/childcare#0:0"} <= set(keys)


def test_every_push_of_the_first_ones_can_be_said_whole() -> None:
    texts = concepts(catalogue.load())
    values = {name: date(2027, 1, 12) for name in ("day", "old_day")} | {
        name: time(10, 15) for name in ("time", "old_time")
    }
    for language in ("nl", "ti", "ar"):
        known = {reading.key: reading.hash for reading in clips.wanted(texts, language)}
        for unit in clips.PUSHES:
            said = clips.spoken(texts, language, Part(unit=unit, name="push", values=values))
            assert said, (language, unit)
            assert all(known[reading.key] == reading.hash for reading in said)
