import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive import CHUNK_BYTES, HEADER_BYTES, MAGIC, TAG_BYTES, Archive, ArchiveError, Sealer

KEY, OTHER = "reservesleutel-van-een-voorbeeldgemeente", "andere-sleutel-van-een-voorbeeldgemeente"
FACTS = {"made": "2027-01-12T09:31:00+00:00", "people": 3}
CUT = "cut off: its end is missing"


def sealed(content: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, key, FACTS)
    for begin in range(0, len(content), 300_000):
        sealer.write(content[begin : begin + 300_000])
    sealer.finish()
    assert sealer.written == len(file.getvalue())
    return file.getvalue()


def opened(archive: bytes, key: str = KEY) -> bytes:
    return b"".join(Archive.open(io.BytesIO(archive), key).content())


def frames(archive: bytes) -> list[bytes]:
    """The frames, each with its length."""
    found, at = [], HEADER_BYTES
    while at < len(archive):
        length = int.from_bytes(archive[at : at + 4]) & ~(1 << 31)
        found.append(archive[at : at + 4 + length])
        at += 4 + length
    return found


CONTENT = bytes(range(256)) * (CHUNK_BYTES * 3 // 256) + b"het einde"
WHOLE = sealed(CONTENT)
HEADER, FRAMES = WHOLE[:HEADER_BYTES], frames(WHOLE)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_what_goes_in_comes_out(size: int) -> None:
    content = b"v" * size
    archive = Archive.open(io.BytesIO(sealed(content)), KEY)
    assert archive.facts == FACTS
    assert b"".join(archive.content()) == content
    assert b"".join(archive.content()) == content, "as often as needed"


def test_no_chunk_is_longer_than_memory_allows() -> None:
    assert len(FRAMES) == 5  # the facts, three whole chunks, the rest
    assert max(map(len, FRAMES)) == 4 + CHUNK_BYTES + TAG_BYTES
    assert max(map(len, Archive.open(io.BytesIO(WHOLE), KEY).content())) == CHUNK_BYTES


def test_the_same_content_looks_different_each_time_and_never_shows() -> None:
    content = b"Voorbeeld" * 100
    both = [sealed(content), sealed(content)]
    assert both[0][HEADER_BYTES:] != both[1][HEADER_BYTES:]
    assert not any(word in one for one in both for word in (b"Voorbeeld", b"people", KEY.encode()))


def test_another_key_is_named() -> None:
    with pytest.raises(ArchiveError, match="was made with another PIM_BACKUP_KEY"):
        opened(WHOLE, OTHER)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PGDMP\x01\x0e", b"PIM\n", b"\0" * 500, MAGIC[1:] + b"x" * 500]
)
def test_what_is_none_of_ours(content: bytes) -> None:
    with pytest.raises(ArchiveError, match="is no backup of PIM Welkom"):
        opened(content)


def test_a_newer_form_is_left_to_a_newer_version() -> None:
    newer = bytearray(WHOLE)
    newer[len(MAGIC)] = 2
    with pytest.raises(ArchiveError, match="was made by a newer version"):
        opened(bytes(newer))


def cut_places() -> list[int]:
    """Every byte of the header and the first frames; around every border; in the middle of every frame."""
    places, at = list(range(1, HEADER_BYTES + len(FRAMES[0]) + 6)), HEADER_BYTES
    for frame in FRAMES:
        places += [at + 2, at + len(frame) // 2, at + len(frame) - 1, at + len(frame)]
        at += len(frame)
    return sorted(set(places) - {len(WHOLE)})


def test_a_file_that_ends_too_soon_anywhere_is_cut_off() -> None:
    places = cut_places()
    assert HEADER_BYTES + sum(map(len, FRAMES[:4])) in places
    for place in places:
        with pytest.raises(ArchiveError, match=CUT):
            opened(WHOLE[:place])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_seen(place: int, flips: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] ^= flips
    with pytest.raises(ArchiveError):
        opened(bytes(changed))


def test_every_bit_of_the_header_and_of_every_length_counts() -> None:
    small = sealed(b"klein")
    lengths = [HEADER_BYTES + n for n in range(4)] + [HEADER_BYTES + len(frames(small)[0]) + n for n in range(4)]
    for place in [*range(HEADER_BYTES), *lengths]:
        for bit in range(8):
            changed = bytearray(small)
            changed[place] ^= 1 << bit
            with pytest.raises(ArchiveError):
                opened(bytes(changed))


def unmarked(frame: bytes) -> bytes:
    return bytes([frame[0] & 0x7F]) + frame[1:]


def marked(frame: bytes) -> bytes:
    return bytes([frame[0] | 0x80]) + frame[1:]


@pytest.mark.parametrize(
    "mixed",
    [
        lambda f: [f[0], f[2], f[1], f[3], f[4]],
        lambda f: [f[0], f[1], f[3], f[4]],
        lambda f: [f[0], f[1], f[1], f[2], f[3], f[4]],
        lambda f: [f[1], f[0], f[2], f[3], f[4]],
        lambda f: [f[0], f[1], marked(f[2])],
        lambda f: [f[0], f[1], f[2], f[3], unmarked(f[4])],
        lambda f: [f[0], f[1], f[2], f[3], f[4], f[4]],
        lambda f: [f[0], f[1], f[2], f[3], f[4], b"x"],
        lambda f: [f[0], f[1], f[2], frames(sealed(CONTENT))[3], f[4]],
    ],
    ids=["swapped", "left out", "twice", "facts", "ended", "endless", "end twice", "goes on", "of another file"],
)
def test_frames_in_another_order_are_seen(mixed: Callable[[list[bytes]], list[bytes]]) -> None:
    with pytest.raises(ArchiveError, match=f"is damaged|{CUT}"):
        opened(HEADER + b"".join(mixed(FRAMES)))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_follows_a_true_header_is_refused_in_words(rest: bytes) -> None:
    with pytest.raises(ArchiveError):
        opened(HEADER + rest)
