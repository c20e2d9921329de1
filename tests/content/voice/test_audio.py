import io
import math
import random
from array import array
from typing import cast

import av
import pytest
from av.audio.stream import AudioStream

from content.voice import audio
from content.voice.attachments import Unusable

WORD = audio.tone(440, 900, level_db=-14, silence_ms=400)


def made(**values: float) -> bytes:
    return audio.tone(**{"hertz": 440, "milliseconds": 900, **values})  # type: ignore[arg-type]


def test_silence_is_cut_off_at_both_ends() -> None:
    voice = audio.cleaned(WORD)
    assert voice.recorded == pytest.approx(1700, abs=25)
    assert voice.milliseconds == pytest.approx(900, abs=110)


def test_silence_within_stays() -> None:
    word, pause = audio.decoded(made()), array("h", bytes(2 * audio.RATE // 2))
    voice = audio.cleaned(audio._encoded(word + pause + word))
    assert voice.milliseconds == pytest.approx(2300, abs=120)


@pytest.mark.parametrize("level", [-30.0, -20.0, -6.0])
def test_everything_is_brought_to_one_loudness(level: float) -> None:
    voice = audio.cleaned(made(level_db=level))
    assert voice.loudness == pytest.approx(level - 3, abs=1)  # of a sine, under its peak
    again = audio.cleaned(voice.content)
    assert again.loudness == pytest.approx(-20, abs=1)
    assert again.peak < -0.5


def test_a_loud_moment_keeps_the_rest_from_being_made_louder_than_fits() -> None:
    quiet, click = audio.decoded(made(level_db=-40)), audio.decoded(made(milliseconds=20, level_db=-2))
    voice = audio.cleaned(audio._encoded(quiet + click))
    assert audio.cleaned(voice.content).peak < -0.2


def test_what_was_cut_off_is_counted() -> None:
    flat = array("h", (32767 if at // 50 % 2 else -32768 for at in range(audio.RATE)))
    assert audio.cleaned(audio._encoded(flat)).clipped > 0.2
    assert audio.cleaned(WORD).clipped == 0


def test_silence_is_heard_as_nothing() -> None:
    voice = audio.cleaned(audio._encoded(array("h", bytes(2 * audio.RATE))))
    assert (voice.milliseconds, voice.loudness) == (0, -120.0)
    assert voice.recorded == pytest.approx(1000, abs=10)


def test_joined_is_as_long_as_its_clips_and_the_pauses_between_them() -> None:
    clips = [
        audio.cleaned(made(milliseconds=length, hertz=hertz)) for length, hertz in ((700, 440), (420, 520), (560, 380))
    ]
    voice = audio.joined([audio.decoded(clip.content) for clip in clips])
    expected = sum(clip.milliseconds for clip in clips) + 2 * audio.PAUSE_MS
    assert 120 <= audio.PAUSE_MS <= 250
    assert voice.milliseconds == pytest.approx(expected, abs=5)
    assert len(audio.decoded(voice.content)) // 48 == pytest.approx(expected, abs=25)


def test_the_same_clips_are_the_same_bytes() -> None:
    clips = [audio.decoded(audio.cleaned(made(milliseconds=length)).content) for length in (300, 500)]
    assert audio.joined(clips).sha256 == audio.joined(clips).sha256
    assert audio.joined(clips).sha256 != audio.joined(clips[::-1]).sha256


def test_what_is_made_is_ogg_with_opus_at_a_voices_rate() -> None:
    content = audio.cleaned(made(milliseconds=5000)).content
    assert content.startswith(b"OggS")
    assert b"OpusHead" in content[:100]
    assert 8 * len(content) / 5 < 40_000


class TestOtherPhones:
    @pytest.mark.parametrize(("container", "codec", "rate"), [("mp4", "aac", 44_100), ("adts", "aac", 16_000)])
    def test_kinds_of_file_that_phones_send(self, container: str, codec: str, rate: int) -> None:
        voice = audio.cleaned(other(container, codec, rate, 1.2))
        assert voice.milliseconds == pytest.approx(1200, abs=120)

    def test_two_channels_become_one(self) -> None:
        assert audio.cleaned(other("ogg", "libopus", 48_000, 0.8, layout="stereo")).milliseconds > 600

    def test_a_picture_or_a_second_voice_beside_it_is_refused(self) -> None:
        assert refused(other("matroska", "libopus", 48_000, 0.5, streams=2)) == "broken"
        assert audio.cleaned(other("matroska", "libopus", 48_000, 0.5)).milliseconds > 300


def other(container: str, codec: str, rate: int, seconds: float, *, layout: str = "mono", streams: int = 1) -> bytes:
    """A tone as another phone would send it."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        made = [cast(AudioStream, out.add_stream(codec, rate=rate, layout=layout)) for _ in range(streams)]
        for stream in made:
            resampler = av.AudioResampler(format=stream.codec_context.format.name, layout=layout, rate=rate)
            samples = array("h", (round(6000 * math.sin(at * 0.06)) for at in range(round(rate * seconds))))
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
            frame.planes[0].update(samples.tobytes())
            frame.sample_rate, frame.pts = rate, 0
            fifo = av.AudioFifo()
            for one in resampler.resample(frame):
                fifo.write(one)
            size = stream.codec_context.frame_size or 1024
            for one in fifo.read_many(size, partial=True):
                out.mux(stream.encode(one))
            out.mux(stream.encode(None))
    return file.getvalue()


def refused(raw: bytes) -> str:
    with pytest.raises(Unusable) as why:
        audio.cleaned(raw)
    return why.value.why


OUTCOMES = ("heard", "broken", "long")


def outcome(raw: bytes, longest: int = 60_000) -> str:
    """What becomes of a file: it is heard, or refused in one of two words."""
    try:
        return "heard" if audio.cleaned(raw).recorded <= longest else "longer than it is"
    except Unusable as error:
        return error.why


class TestHostileFiles:
    def test_what_is_no_sound(self) -> None:
        for raw in (
            b"",
            b"OggS",
            b"hello",
            b"RIFF....WAVEfmt ",
            b"\x89PNG\r\n\x1a\n",
            b"#EXTM3U\nfile:///etc/passwd",
            b"ffconcat version 1.0",
        ):
            assert refused(raw) == "broken"

    def test_too_many_bytes_and_too_many_seconds(self) -> None:
        assert refused(WORD + bytes(audio.LARGEST)) == "long"
        assert refused(audio._encoded(array("h", bytes(2 * 61 * audio.RATE)))) == "long"

    def test_cut_off_anywhere_it_is_shorter_or_refused(self) -> None:
        for length in range(0, len(WORD), max(1, len(WORD) // 40)):
            assert outcome(WORD[:length], longest=1725) in ("heard", "broken")

    @pytest.mark.parametrize("container", ["ogg", "mp4", "adts"])
    def test_with_random_bytes_in_it_nothing_else_ever_happens(self, container: str) -> None:
        codec, chance = {"ogg": "libopus", "mp4": "aac", "adts": "aac"}[container], random.Random(7)
        whole = other(container, codec, 48_000, 0.5)
        for _ in range(40):
            raw = bytearray(whole)
            for _ in range(chance.randint(1, 30)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            assert outcome(bytes(raw)) in OUTCOMES

    def test_random_bytes_behind_a_true_beginning(self) -> None:
        chance = random.Random(11)
        for mark in (b"OggS", b"#!AMR\n", b"\x00\x00\x00\x18ftypM4A ", b"\xff\xf1", b"\x1aE\xdf\xa3"):
            for _ in range(8):
                assert outcome(mark + chance.randbytes(chance.randint(0, 4000))) in OUTCOMES
