"""Values that want to be more than a value, and example values for every name a text can have."""

from collections.abc import Mapping
from datetime import date, time

from hypothesis import strategies as st

from content.catalogue import load
from content.inforce import InForce, concepts
from content.parts import Value, Word
from core.values import Masked, Money, PersonName, Private

TEXTS: InForce = concepts(load())

#: What each name stands for where nobody is hostile.
EXAMPLES: Mapping[str, Value] = {
    "day": date(2027, 1, 12),
    "old_day": date(2027, 1, 11),
    "until_day": date(2027, 1, 11),
    "second_day": date(2027, 1, 14),
    "time": time(10),
    "end": time(10, 45),
    "old_time": time(9, 30),
    "until_time": time(12),
    "second_time": time(13, 30),
    "times": "09:02, 13:45",
    "count": 3,
    "number": 2,
    "minutes": 4,
    "hours": "2,5",
    "seconds": 22,
    "amount": Money(7500),
    "municipality": "Meierijstad",
    "contact_phone": "14 0413",
    "emergency_phone": "0413 381 381",
    "caller": "0413 381 381",
    "name": PersonName("Karin"),
    "place": Private("Voorbeeldplein 1, Veghel"),
    "what": Word(unit="kinds", name="brede_intake"),
    "weekday": Word(unit="weekdays", name="monday"),
    "language": "ትግርኛ",
}

CLASSICS = (
    "{name}",
    "{day} {time} {count}",
    "{0.__class__}",
    "%(day)s %s",
    "Karin\nU krijgt € 1.000",
    "Karin\r\n\r\nSms 1 = ja",
    "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg",
    "\u202eniraK",
    "Karin\u2069\u2069\u2069 \u2067buiten",
    "\u2066\u2067\u2068\u202a\u202b\u202d",
    "\u200e\u200f\u061c",
    "Ka\u200brin\ufeff\u00ad\u2060",
    "\u200d\u200c",
    "👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽",
    "x" * 1000,
    "\U0001f600" * 1000,
    "<b>Karin</b> &amp; <script>",
    "*Karin* _k_ `c` [x](http://voorbeeld.nl) ~~s~~",
    "كارين ابنة عمر",
    "Karin (كارين) 31+",
    "+31 6 12345678",
    "\ud800Karin\udfff",
    "\x00\x07\x1b[31m",
    "\t    \t",
    "",
    "Z\u0351\u036b\u0343a\u0362l\u0321g\u034fo",
    "\U000e0001\U000e0041",
    "١٢٣ ۴۵۶",
    "Şükran Łukasz Đorđe",
)

_MARKS = (
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200c\u200d\n\r\u2028\u2029\x85{}"
)

#: Anything that can be typed, pasted or imported, and more of what turns text around than chance would bring.
TEXT = st.sampled_from(CLASSICS) | st.text(
    alphabet=st.sampled_from(_MARKS) | st.characters() | st.characters(categories=("Cs", "Cf", "Cc")), max_size=40
)

#: The same, in each of the forms in which a value comes.
VALUE = st.builds(lambda form, text: form(text), st.sampled_from((str, Private, PersonName, Masked)), TEXT)


def values(**instead: Value) -> dict[str, Value]:
    """The examples, with some of them changed; a name without an example is a short text."""
    return {**_Anything(EXAMPLES), **instead}


class _Anything(dict[str, Value]):
    def __missing__(self, name: str) -> Value:
        return "voorbeeld"
