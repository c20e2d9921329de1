import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from content.voice import audio, studio
from content.voice.attachments import Unusable, Voice

ROOT = Path(__file__).parents[3]


async def tone(hertz: float = 440, milliseconds: int = 600) -> Voice:
    return (await studio.tones([(hertz, milliseconds)]))[0]


async def test_a_recording_comes_back_clean() -> None:
    made = await tone()
    voice = await studio.voice(made.content)
    assert voice.milliseconds == pytest.approx(600, abs=110)
    assert voice.content.startswith(b"OggS")


async def test_several_sentences_are_joined_at_once() -> None:
    first, second = await studio.tones([(440, 600), (520, 300)])
    one, other = await studio.joined([first.content, second.content], [[0, 1], [1, 0, 1]])
    assert one.milliseconds == pytest.approx(first.milliseconds + second.milliseconds + 160, abs=5)
    assert other.milliseconds == pytest.approx(first.milliseconds + 2 * second.milliseconds + 320, abs=5)


async def test_what_nobody_can_read_is_refused_in_a_word() -> None:
    for raw in (b"", b"OggS" + bytes(500)):
        with pytest.raises(Unusable, match="broken"):
            await studio.voice(raw)
    with pytest.raises(Unusable, match="broken"):
        await studio.picture(b"no picture")


@pytest.mark.parametrize("level", [-120.0, -90.0])
async def test_a_voice_in_which_nothing_is_heard_is_no_file_to_send_on(level: float) -> None:
    with pytest.raises(Unusable, match="soft"):
        await studio.voice(audio.tone(440, 3000, level_db=level))


async def test_our_own_job_that_breaks_is_our_fault() -> None:
    with pytest.raises(studio.StudioBroke):
        await studio.joined([b"no clip"], [[0]])


async def test_a_booth_that_dies_is_a_file_that_cant_be_read() -> None:
    """A file that claims more than a process may take ends that process, not this one."""
    claims = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42" + hostile_moov()
    with pytest.raises(Unusable, match="broken"):
        await studio.voice(claims)


def hostile_moov() -> bytes:
    """A table of samples that says it has four thousand million entries of one size."""

    def box(name: bytes, *inside: bytes) -> bytes:
        body = b"".join(inside)
        return (8 + len(body)).to_bytes(4, "big") + name + body

    many = (0xFFFFFFF0).to_bytes(4, "big")
    stsd = box(
        b"stsd",
        bytes(4),
        (1).to_bytes(4, "big"),
        box(b"mp4a", bytes(6), b"\0\1", bytes(8), b"\0\1\0\x10", bytes(4), b"\xbb\x80\0\0"),
    )
    stsz = box(b"stsz", bytes(4), (1).to_bytes(4, "big"), many)
    stsc = box(b"stsc", bytes(4), (1).to_bytes(4, "big"), (1).to_bytes(4, "big"), many, (1).to_bytes(4, "big"))
    stts = box(b"stts", bytes(4), (1).to_bytes(4, "big"), many, (1).to_bytes(4, "big"))
    stco = box(b"stco", bytes(4), (1).to_bytes(4, "big"), bytes(4))
    mdhd = box(b"mdhd", bytes(12), (48_000).to_bytes(4, "big"), many, bytes(4))
    hdlr = box(b"hdlr", bytes(8), b"soun", bytes(13))
    minf = box(b"minf", box(b"stbl", stsd, stts, stsc, stsz, stco))
    tkhd = box(b"tkhd", b"\0\0\0\1", bytes(8), (1).to_bytes(4, "big"), bytes(68))
    return box(b"moov", box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf)))


async def test_the_loop_goes_on_meanwhile() -> None:
    late = 0.0

    async def tick() -> None:
        nonlocal late
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            late = max(late, time.monotonic() - before - 0.01)

    ticking = asyncio.create_task(tick())
    await studio.tones([(440, 20_000)])
    ticking.cancel()
    assert late < 0.2


def test_no_part_of_the_service_loads_the_libraries_itself() -> None:
    """They open strangers' files, and cost every process some 40 MB."""
    code = (
        "import sys, bot.app, bot.demo.world, scheduler.sending.worker\n"
        "print('av' in sys.modules, 'PIL.Image' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.split(), done.stderr) == (["False", "False"], "")
