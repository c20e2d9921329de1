"""How many SMS a text is, and what a message costs: GSM-7 where every letter is in its alphabet, else UCS-2."""

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")  #: behind an escape, so two units each
_LIMITS = {"gsm7": (160, 153), "ucs2": (70, 67)}  #: units in a single segment, and in each of several

#: Millionths of a euro for one segment, by the country of the number: November 2026, rounded up to whole cents
#: with room for the rate of the dollar. An estimate to plan with; the invoice decides.
_SEGMENT = {"+31": 100_000}
_SEGMENT_ELSEWHERE = 150_000

#: The same for one message on WhatsApp: a template that opens a conversation (utility), and one inside it.
_TEMPLATE, _IN_SESSION = 50_000, 5_000

Encoding = Literal["gsm7", "ucs2"]


@dataclass(frozen=True, kw_only=True)
class Segments:
    """What a text costs to send."""

    encoding: Encoding
    units: int  #: septets in GSM-7, UTF-16 units in UCS-2
    segments: int  #: an empty text is one


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one message is charged as."""

    segments: int | None  #: None where nothing is counted in segments
    microeuro: int  #: millionths of a euro


def cost(text: str, channel: str, *, number: str = "+31", template: bool = False) -> Cost:
    """What it costs to send this whole text (answers by number included) to a number in E.164."""
    if channel == "sms":
        return charged(count(text).segments, number)
    if channel == "whatsapp":
        return Cost(segments=None, microeuro=_TEMPLATE if template else _IN_SESSION)
    return Cost(segments=None, microeuro=0)


def charged(segments: int, number: str) -> Cost:
    """What so many segments of SMS to a number cost."""
    prices = (price for prefix, price in _SEGMENT.items() if number.startswith(prefix))
    return Cost(segments=segments, microeuro=segments * next(prices, _SEGMENT_ELSEWHERE))


def count(text: str) -> Segments:
    """Encoding, units and segments of a text (3GPP TS 23.038 and 23.040)."""
    encoding: Encoding = "gsm7" if all(letter in _BASIC or letter in _DOUBLE for letter in text) else "ucs2"
    widths = [_width(letter, encoding) for letter in text]
    single, several = _LIMITS[encoding]
    units = sum(widths)
    return Segments(encoding=encoding, units=units, segments=1 if units <= single else _parts(widths, several))


def _width(letter: str, encoding: Encoding) -> int:
    if encoding == "gsm7":
        return 2 if letter in _DOUBLE else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _parts(widths: list[int], limit: int) -> int:
    """Segments of a long text; a letter of two units is never cut in two."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > limit:
            parts, filled = parts + 1, 0
        filled += width
    return parts
