"""A picture as it comes from a phone, made clean: upright, small enough, and nothing in it but what is seen (pure).

Only `content.voice.booth` imports this, as `content.voice.audio`.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from content.voice.attachments import Picture, Unusable

LARGEST = 5_000_000  #: bytes that are opened
MOST_PIXELS = 50_000_000  #: a phone's camera makes 12 to 50 million
LONGEST_SIDE = 1600  #: pixels, of what is kept
QUALITY = 85

_FORMATS = ("JPEG", "PNG", "WEBP")


def cleaned(raw: bytes) -> Picture:
    """The picture as JPEG without metadata. Raises Unusable: `long` (too large) or `broken` (no picture)."""
    if len(raw) > LARGEST:
        raise Unusable("long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what the library warns of is a bomb, or broken
            return _cleaned(raw)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, ArithmeticError, LookupError, Warning):
        raise Unusable("broken") from None


def _cleaned(raw: bytes) -> Picture:
    with Image.open(io.BytesIO(raw), formats=_FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unusable("long")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        shown = ImageOps.exif_transpose(opened)
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = _on_white(shown)
    file = io.BytesIO()
    # A new image: nothing of the old one's metadata is attached to it.
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    clean.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Picture(content=file.getvalue(), width=clean.width, height=clean.height)


def _on_white(shown: Image.Image) -> Image.Image:
    if not (shown.has_transparency_data or shown.mode in ("RGBA", "LA", "PA")):
        return shown.convert("RGB")
    layer = shown.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")
