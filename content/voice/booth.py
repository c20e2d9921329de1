"""The process in which sound and pictures are opened: `python -m content.voice.booth`, one job, and gone.

What strangers send goes to libraries in C. Here it can take no more memory, time or files than it was given, finds
no key of the installation in its environment, and takes nothing with it when it breaks. A job is one line of JSON,
then the bytes of its files; so is the answer.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from content.voice import audio, picture
from content.voice.attachments import Picture, Unusable, Voice

MEMORY = 1 << 30  #: bytes beyond what the libraries themselves take
SECONDS = 20  #: of the processor

_MINE = Path("/proc/self/statm")  #: first number: pages of address space


def _voice(files: Sequence[bytes], wanted: Mapping[str, Any]) -> list[Voice | Picture]:
    return [audio.cleaned(files[0])]


def _picture(files: Sequence[bytes], wanted: Mapping[str, Any]) -> list[Voice | Picture]:
    return [picture.cleaned(files[0])]


def _joined(files: Sequence[bytes], wanted: Mapping[str, Any]) -> list[Voice | Picture]:
    """Several sentences at once, each a list of places among the files; each file is decoded once."""
    clips = [audio.decoded(file) for file in files]
    return [audio.joined([clips[place] for place in places]) for places in wanted["sentences"]]


def _tones(files: Sequence[bytes], wanted: Mapping[str, Any]) -> list[Voice | Picture]:
    return [audio.cleaned(audio.tone(hertz, milliseconds)) for hertz, milliseconds in wanted["tones"]]


_JOBS: Mapping[str, Callable[[Sequence[bytes], Mapping[str, Any]], list[Voice | Picture]]] = {
    "voice": _voice,
    "picture": _picture,
    "joined": _joined,
    "tones": _tones,
}


def work(job: BinaryIO, answer: BinaryIO) -> None:
    """Read one job, do it, and write what came of it."""
    wanted = json.loads(job.readline())
    files = [job.read(size) for size in wanted["sizes"]]
    try:
        made = _JOBS[wanted["job"]](files, wanted)
    except Unusable as error:
        answer.write(json.dumps({"why": error.why}).encode() + b"\n")
        return
    answer.write(json.dumps({"made": [_plain(one) for one in made]}).encode() + b"\n")
    for one in made:
        answer.write(one.content)


def _plain(made: Voice | Picture) -> dict[str, Any]:
    return {**{name: value for name, value in vars(made).items() if name != "content"}, "size": len(made.content)}


def _confine() -> None:
    """From here on this process gets no more than a job may cost."""
    taken = int(_MINE.read_text().split()[0]) * resource.getpagesize()
    for limit, most in (
        (resource.RLIMIT_AS, taken + MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    _confine()
    work(sys.stdin.buffer, sys.stdout.buffer)
