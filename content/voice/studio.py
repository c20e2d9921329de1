"""Sound and pictures made clean or joined, each job in a process of its own (booth.py): nothing here blocks."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from content.voice.attachments import Picture, Unusable, Voice

log = structlog.get_logger(__name__)

DEADLINE = 25.0  #: seconds for one job, from the start of its process to its end
AT_ONCE = 2  #: processes

_ROOT = Path(__file__).parents[2]
_gates: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


class StudioBroke(Exception):
    """A job of ours, with files of our own, had no answer."""


async def voice(raw: bytes) -> Voice:
    """A recording, clean (content.voice.audio.cleaned). Raises Unusable: broken, long, soft (nothing is heard)."""
    made = _voice(*(await _strange("voice", raw)))
    if not made.content:
        raise Unusable("soft")
    return made


async def picture(raw: bytes) -> Picture:
    """A picture, clean (content.voice.picture.cleaned). Raises Unusable: broken or long."""
    told, content = await _strange("picture", raw)
    return Picture(content=content, width=told["width"], height=told["height"])


async def joined(files: Sequence[bytes], sentences: Sequence[Sequence[int]]) -> list[Voice]:
    """One voice per sentence; a sentence is a list of places among the files, which are clips. Raises StudioBroke."""
    return await _own({"job": "joined", "sentences": [list(places) for places in sentences]}, files)


async def tones(wanted: Sequence[tuple[float, int]]) -> list[Voice]:
    """Made-up sounds: a tone of so many hertz, so many milliseconds long. Raises StudioBroke."""
    return await _own({"job": "tones", "tones": [list(one) for one in wanted]}, ())


async def _own(job: Mapping[str, Any], files: Sequence[bytes]) -> list[Voice]:
    try:
        return [_voice(told, content) for told, content in await _done(job, files)]
    except Unusable as error:
        raise StudioBroke(error.why) from None


async def _strange(job: str, raw: bytes) -> tuple[Mapping[str, Any], bytes]:
    ((told, content),) = await _done({"job": job}, [raw])
    return told, content


def _voice(told: Mapping[str, Any], content: bytes) -> Voice:
    return Voice(
        content=content,
        milliseconds=told["milliseconds"],
        recorded=told["recorded"],
        loudness=told["loudness"],
        peak=told["peak"],
        clipped=told["clipped"],
    )


async def _done(job: Mapping[str, Any], files: Sequence[bytes]) -> list[tuple[Mapping[str, Any], bytes]]:
    """What the booth made; a booth that broke or hung is as good as a file that can't be read."""
    loop = asyncio.get_running_loop()
    gate = _gates.setdefault(loop, asyncio.Semaphore(AT_ONCE))
    told = json.dumps({**job, "sizes": [len(file) for file in files]}).encode()
    async with gate:
        answer = await _asked(b"".join((told, b"\n", *files)))
    head, _, rest = answer.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        raise Unusable("broken") from None
    if "why" in said:
        raise Unusable(said["why"])
    made, start = [], 0
    for one in said["made"]:
        made.append((one, rest[start : start + one["size"]]))
        start += one["size"]
    return made


async def _asked(job: bytes) -> bytes:
    booth = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "content.voice.booth"),
        cwd=_ROOT,
        env={},  # no key of the installation, no address of its database
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(DEADLINE):
            answer, _ = await booth.communicate(job)
    except TimeoutError:
        log.warning("booth_too_slow")
        return b""
    finally:
        if booth.returncode is None:
            booth.kill()
            await booth.wait()
    if booth.returncode != 0:
        log.warning("booth_broke", status=booth.returncode)
        return b""
    return answer
