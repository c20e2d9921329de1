from dataclasses import replace
from datetime import UTC, datetime, timedelta

from messaging import flood
from messaging.flood import Heard, Judgement

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
ANSWER, MUTE, WARN, SILENT = Judgement.ANSWER, Judgement.MUTE, Judgement.WARN, Judgement.SILENT


def every(seconds: float, count: int, *, after: float = 0, text: bytes | None = None) -> list[Heard]:
    """So many messages, so far apart: taps, or a text."""
    return [Heard(at=NOW + timedelta(seconds=after + seconds * n), text_hash=text) for n in range(count)]


def judged(
    heard: list[Heard], channel: str = "telegram", *, urgent: bool = False, sentence: bool = False
) -> list[Judgement]:
    """What each of them got, as it came in and was remembered."""
    kept: list[Heard] = []
    found = []
    for one in heard:
        seen = [*kept, one][-flood.MOST_HEARD :]
        said = flood.judge(channel, seen, urgent=urgent, sentence=sentence)
        kept.append(replace(one, flood=said.flood))
        found.append(said.judgement)
    return found


class TestFlood:
    def test_a_tap_each_second_is_answered(self) -> None:
        assert set(judged(every(1, 300))) == {ANSWER}

    def test_a_text_each_two_seconds_is_answered(self) -> None:
        assert set(judged(every(2, 200, text=b"x"))) == {ANSWER}

    def test_somebody_in_a_hurry_taps_sixty_times_in_ten_seconds(self) -> None:
        assert set(judged(every(0.16, 60))) == {ANSWER}

    def test_the_next_is_told_so_once_and_then_there_is_silence(self) -> None:
        assert judged(every(0.06, 1000, text=b"x")) == [ANSWER] * 30 + [WARN] + [SILENT] * 969

    def test_a_flood_a_little_above_the_limit_is_not_told_again_and_again(self) -> None:
        assert judged(every(0.95, 400)).count(WARN) == 1

    def test_after_it_calmed_down_there_are_answers_again(self) -> None:
        assert judged([*every(0.1, 100), *every(6, 3, after=120)])[100:] == [ANSWER] * 3

    def test_a_second_flood_is_told_again(self) -> None:
        assert judged([*every(0.1, 100), *every(0.1, 100, after=300)]).count(WARN) == 2

    def test_words_of_need_are_heeded_all_the_time_and_answered_a_few_times(self) -> None:
        said = judged(every(0.06, 500, text=b"stop"), urgent=True)
        assert said == [ANSWER] * (30 + flood.URGENT) + [MUTE] * (470 - flood.URGENT)


class TestEchoes:
    def test_the_same_words_from_a_machine_are_not_answered_for_ever(self) -> None:
        assert judged(every(20, 12, text=b"auto"), "sms") == [ANSWER] * 3 + [MUTE] * 9

    def test_other_words_are_answered_in_between(self) -> None:
        echo = [*every(5, 5, text=b"auto"), *every(0, 1, after=26, text=b"ja")]
        assert judged(echo, "sms")[-2:] == [MUTE, ANSWER]

    def test_who_waits_a_while_may_say_the_same(self) -> None:
        assert set(judged(every(41, 12, text=b"1"), "sms")) == {ANSWER}

    def test_a_sentence_is_not_said_again_and_again_by_a_person(self) -> None:
        for channel in ("sms", "whatsapp"):
            assert judged(every(300, 10, text=b"absent"), channel, sentence=True) == [ANSWER] * 3 + [MUTE] * 7

    def test_a_machine_that_never_says_the_same_ends_too(self) -> None:
        loop = [Heard(at=NOW + timedelta(seconds=45 * n), text_hash=str(n).encode()) for n in range(79)]
        assert judged(loop, "sms") == [ANSWER] * flood.MOST_IN_LOOP + [MUTE] * (79 - flood.MOST_IN_LOOP)

    def test_a_tap_may_be_repeated_where_people_tap(self) -> None:
        assert set(judged(every(5, 8, text=b"x"), "telegram", sentence=True)) == {ANSWER}


def test_the_first_message_is_answered() -> None:
    assert judged(every(1, 1)) == [ANSWER]
