from datetime import UTC, datetime, timedelta

from messaging import flood
from messaging.flood import Heard, Judgement

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
ANSWER, WARN, SILENT = Judgement.ANSWER, Judgement.WARN, Judgement.SILENT


def every(seconds: float, count: int, *, after: float = 0, text: bytes | None = None) -> list[Heard]:
    """So many messages, so far apart."""
    return [Heard(at=NOW + timedelta(seconds=after + seconds * n), text_hash=text) for n in range(count)]


def judged(heard: list[Heard], channel: str = "telegram") -> list[Judgement]:
    """What each of them got, as it came in."""
    return [flood.judge(channel, heard[: place + 1]) for place in range(len(heard))]


def test_twenty_a_minute_are_answered() -> None:
    assert set(judged(every(3, 60))) == {ANSWER}


def test_the_next_is_told_so_once_and_then_there_is_silence() -> None:
    assert judged(every(0.06, 1000)) == [ANSWER] * 20 + [WARN] + [SILENT] * 979


def test_a_flood_a_little_above_the_limit_is_not_told_again_and_again() -> None:
    assert judged(every(2.8, 200)).count(WARN) == 1


def test_after_it_calmed_down_there_are_answers_again() -> None:
    storm = every(0.1, 50)

    later = judged([*storm, *every(6, 3, after=120)])

    assert later[50:] == [ANSWER] * 3


def test_a_second_flood_is_told_again() -> None:
    assert judged([*every(0.1, 50), *every(0.1, 50, after=300)]).count(WARN) == 2


def test_the_same_words_from_a_machine_are_not_answered_for_ever() -> None:
    echo = every(20, 12, text=b"auto")

    assert judged(echo, "sms") == [ANSWER] * 3 + [SILENT] * 9


def test_other_words_are_answered_in_between() -> None:
    echo = [*every(5, 5, text=b"auto"), *every(0, 1, after=26, text=b"ja")]

    assert judged(echo, "sms")[-2:] == [SILENT, ANSWER]


def test_who_waits_a_while_may_say_the_same() -> None:
    assert set(judged(every(41, 12, text=b"1"), "sms")) == {ANSWER}


def test_a_tap_may_be_repeated_where_people_tap() -> None:
    assert set(judged(every(5, 8, text=b"x"), "telegram")) == {ANSWER}


def test_nobody_said_anything() -> None:
    assert flood.judge("sms", []) is ANSWER
