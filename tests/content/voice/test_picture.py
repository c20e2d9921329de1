import io
import random

import pytest
from PIL import Image

from content.voice import picture
from content.voice.attachments import Unusable


def drawn(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: object) -> bytes:
    """Left half red, the rest blue."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG"
    return image.convert("RGB")


def refused(raw: bytes) -> str:
    with pytest.raises(Unusable) as why:
        picture.cleaned(raw)
    return why.value.why


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_of_phones_become_jpeg(kind: str) -> None:
    made = picture.cleaned(drawn(kind))
    assert (made.width, made.height, made.mime) == (60, 40, "image/jpeg")
    red, _, blue = opened(made.content).getpixel((5, 20))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_nothing_of_where_and_with_what_it_was_taken_stays() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kanarie"  # who made the camera
    exif.get_ifd(0x8825)[1] = "N"  # where
    raw = drawn(exif=exif, comment=b"Kanarie")
    assert b"Kanarie" in raw
    clean = picture.cleaned(raw).content
    assert b"Kanarie" not in clean
    assert b"Exif" not in clean


def test_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side
    made = picture.cleaned(drawn(exif=exif))
    assert (made.width, made.height) == (40, 60)
    red, _, blue = opened(made.content).getpixel((20, 5))  # type: ignore[misc]
    assert red > blue


def test_a_large_one_is_made_smaller() -> None:
    made = picture.cleaned(drawn(size=(4000, 3000)))
    assert (made.width, made.height) == (1600, 1200)


def test_what_is_see_through_stands_on_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(picture.cleaned(file.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def outcome(raw: bytes) -> str:
    """What becomes of a file: it is seen, or refused in one of two words."""
    try:
        return "seen" if picture.cleaned(raw).content else "empty"
    except Unusable as error:
        return error.why


class TestHostileFiles:
    def test_what_is_no_picture_of_a_phone(self) -> None:
        for raw in (
            b"",
            b"hello",
            b"\xff\xd8\xff",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe",
            drawn("GIF"),
            drawn("TIFF"),
        ):
            assert refused(raw) == "broken"

    def test_too_many_bytes_and_too_many_pixels(self) -> None:
        assert refused(drawn() + bytes(picture.LARGEST)) == "long"
        file = io.BytesIO()
        Image.new("1", (9000, 9000)).save(file, "PNG")  # ten kilobytes
        assert refused(file.getvalue()) in ("long", "broken")

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_cut_off_or_with_random_bytes_in_it(self, kind: str) -> None:
        whole, chance = drawn(kind), random.Random(3)
        for _ in range(60):
            raw = bytearray(whole[: chance.randint(0, len(whole))])
            for _ in range(chance.randint(0, 10) if raw else 0):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            assert outcome(bytes(raw)) in ("seen", "broken", "long")
