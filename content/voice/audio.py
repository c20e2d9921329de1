"""Sound as it comes from phones, made clean; and clips joined to one sentence (pure; PyAV).

Only `content.voice.booth` imports this, in a process of its own: what strangers send is opened there, and the service
itself pays nothing for the library.
"""

import io
import math
import time
from array import array
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import mul
from typing import TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from content.voice.attachments import Unusable, Voice

RATE = 48_000  #: samples a second, of all that is made here
LARGEST = 1_000_000  #: bytes that are opened
LONGEST_SECONDS = 60
SLOWEST_SECONDS = 5.0  #: for reading one file
PAUSE_MS = 160  #: between two clips
BIT_RATE = 30_000

_FULL = 32_767  #: the largest sample
_CLIPPED = 32_700
_BLOCK = RATE // 100  #: samples in 10 ms
_FRAME = RATE // 50  #: samples in the 20 ms of one packet
_MARGIN = 4  #: blocks kept before and after what is heard

_SPEECH_DB = -20.0  #: the loudness that everything is brought to
_PEAK_DB = -1.0  #: and what no sample goes beyond
_SILENT_DB = -55.0  #: nothing is heard below this
_BELOW_LOUDEST_DB = 32.0  #: nor so far below the loudest moment, where that is more
_NO_SOUND_DB = -120.0

#: How a file of each kind begins, after so many bytes: nothing else is opened, whatever it is called.
_KINDS = (
    (0, b"OggS", "ogg"),
    (0, b"#!AMR", "amr"),
    (4, b"ftyp", "mov"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
)
_CODECS = frozenset({"opus", "libopus", "vorbis", "aac", "amrnb", "amr_nb", "amrwb", "amr_wb"})

Samples: TypeAlias = "array[int]"  #: of "h": one channel, 48,000 a second

_BIT_EXACT = 0x400  #: libavformat's flag: no random numbers, so the same sound is the same bytes


def cleaned(raw: bytes) -> Voice:
    """A recording as it is kept: one channel, silence cut off at both ends, one loudness, OGG/Opus.

    Raises Unusable: `long` over a minute or a megabyte, `broken` where it is no sound of a kind we know.
    """
    samples = _decoded(raw)
    recorded = len(samples) // (RATE // 1000)
    peak = max(max(samples, default=0), -min(samples, default=0))
    clipped = sum(map(_CLIPPED.__le__, map(abs, samples))) / len(samples) if peak >= _CLIPPED else 0.0
    levels = [_rms(samples[start : start + _BLOCK]) for start in range(0, len(samples), _BLOCK)]
    heard = _heard(levels)
    loudness = _decibels(math.sqrt(_mean_square(heard, levels)))
    kept = samples[heard.start * _BLOCK : heard.stop * _BLOCK] if heard else samples[:0]
    kept = _amplified(kept, loudness, peak)
    return Voice(
        content=_encoded(kept),
        milliseconds=len(kept) // (RATE // 1000),
        recorded=recorded,
        loudness=loudness,
        peak=_decibels(peak),
        clipped=clipped,
    )


def joined(clips: Sequence[Samples], pause_ms: int = PAUSE_MS) -> Voice:
    """Clips that `cleaned` made, decoded, one after the other with a pause between them."""
    pause, whole = array("h", bytes(2 * pause_ms * RATE // 1000)), array("h")
    for place, clip in enumerate(clips):
        if place:
            whole += pause
        whole += clip
    length = len(whole) // (RATE // 1000)
    # Each clip was brought to one loudness before; nothing of it is measured again.
    return Voice(content=_encoded(whole), milliseconds=length, recorded=length, loudness=_SPEECH_DB, peak=_PEAK_DB)


def tone(hertz: float, milliseconds: int, *, level_db: float = -12.0, silence_ms: int = 0) -> bytes:
    """A made-up sound as OGG/Opus, for the demo and for tests: a tone, with silence before and after it."""
    quiet = array("h", bytes(2 * silence_ms * RATE // 1000))
    loud, turn = _FULL * 10 ** (level_db / 20), 2 * math.pi * hertz / RATE
    sound = array("h", (round(loud * math.sin(turn * at)) for at in range(milliseconds * RATE // 1000)))
    return _encoded(quiet + sound + quiet)


def decoded(content: bytes) -> Samples:
    """The samples of a sound, as `cleaned` reads them. Raises Unusable."""
    return _decoded(content)


def _kind(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise Unusable("long")
    for at, mark, name in _KINDS:
        if raw[at : at + len(mark)] == mark:
            return name
    raise Unusable("broken")


def _decoded(raw: bytes) -> Samples:
    """All samples of the one stream; Unusable for anything odd, and never any other error."""
    kind, ends = _kind(raw), time.monotonic() + SLOWEST_SECONDS
    samples = array("h")
    try:
        with av.open(io.BytesIO(raw), "r", format=kind, timeout=SLOWEST_SECONDS) as container:
            if len(container.streams) != 1 or len(container.streams.audio) != 1:
                raise Unusable("broken")
            stream = container.streams.audio[0]
            # Where no decoder knows the stream there is no context, whatever the types say.
            if getattr(stream.codec_context, "name", "") not in _CODECS:
                raise Unusable("broken")
            stream.codec_context.thread_count = 1
            resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(stream):
                _append(samples, resampler.resample(frame))
                if len(samples) > LONGEST_SECONDS * RATE:
                    raise Unusable("long")
                if time.monotonic() > ends:
                    raise Unusable("broken")
            _append(samples, resampler.resample(None))
    except (FFmpegError, ValueError, OverflowError, MemoryError, ArithmeticError, LookupError, RuntimeError):
        raise Unusable("broken") from None
    if not samples:
        raise Unusable("broken")
    return samples


def _append(samples: Samples, frames: Sequence[AudioFrame]) -> None:
    for frame in frames:
        samples.frombytes(bytes(frame.planes[0])[: 2 * frame.samples])


def _encoded(samples: Samples) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        container.flags |= _BIT_EXACT
        options = {"application": "voip", "frame_duration": "20", "compression_level": "8", "vbr": "constrained"}
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options=options)
        stream.bit_rate = BIT_RATE
        for frame in _frames(samples):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _frames(samples: Samples) -> Iterator[AudioFrame]:
    for start in range(0, len(samples), _FRAME):
        some = samples[start : start + _FRAME]
        frame = AudioFrame(format="s16", layout="mono", samples=len(some))
        frame.planes[0].update(some.tobytes())
        frame.sample_rate, frame.pts = RATE, start
        yield frame


def _rms(samples: Samples) -> float:
    return math.sqrt(sum(map(mul, samples, samples)) / len(samples)) if samples else 0.0


def _decibels(level: float) -> float:
    """dBFS of a level from 0 to 32,767."""
    return max(_NO_SOUND_DB, 20 * math.log10(level / _FULL)) if level > 0 else _NO_SOUND_DB


def _threshold(levels: Sequence[float]) -> float:
    """The level below which a block is silence."""
    return float(max(_SILENT_DB, _decibels(max(levels, default=0.0)) - _BELOW_LOUDEST_DB))


def _heard(levels: Sequence[float]) -> range:
    """The blocks from the first that is heard to the last, with a little margin; empty where nothing is."""
    threshold = _threshold(levels)
    loud = [place for place, level in enumerate(levels) if _decibels(level) > threshold]
    return range(max(0, loud[0] - _MARGIN), min(len(levels), loud[-1] + 1 + _MARGIN)) if loud else range(0)


def _mean_square(heard: range, levels: Sequence[float]) -> float:
    """Of the blocks that are heard: the pauses between words say nothing about how loud somebody speaks."""
    threshold = _threshold(levels)
    loud = [levels[place] for place in heard if _decibels(levels[place]) > threshold]
    return sum(map(mul, loud, loud)) / len(loud) if loud else 0.0


def _amplified(samples: Samples, loudness: float, peak: int) -> Samples:
    """Brought to one loudness, as far as the loudest sample allows."""
    if not samples or peak == 0:
        return samples
    most = 10 ** (_PEAK_DB / 20) * _FULL / peak
    factor = min(10 ** ((_SPEECH_DB - loudness) / 20), most)
    return array("h", map(int, map(mul, samples, repeat(factor))))
