"""Telephone numbers as people and spreadsheets write them, made into E.164."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from core.values import Phone

#: Longer than any way of writing a number; what is longer is not looked at.
LONGEST = 40

_EXCEL = re.compile(r"\d+[.,]?\d*e\+?\d+", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?[\d\s()./\-\u2010-\u2013]+")
_DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  #: marks that contact lists put around a number
_COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class PhoneError(ValueError):
    """A text is no number we can use: `what` is wrong and how to `mend` it, both in Dutch, without the number."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend


def normalise(text: str, region: str = "NL") -> Phone:
    """The number in E.164; PhoneError where it can't be one. Repairs 06, 0031, 31... and a lost leading 0."""
    number = _parsed(_cleaned(text), region)
    if phonenumbers.number_type(number) in _COSTLY:
        raise PhoneError("Dit is een betaalnummer.", "Vraag het eigen nummer van de persoon.")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_mobile(phone: Phone) -> bool:
    """Whether a text message can arrive there."""
    return phonenumbers.number_type(phonenumbers.parse(phone.reveal())) in _MOBILE


def _cleaned(text: str) -> str:
    """What stands there without what spreadsheets add; PhoneError where digits were lost or others stand between."""
    written = _DIRECTION.sub("", text[: LONGEST + 1]).strip().removeprefix("'").removeprefix("tel:").strip()
    if not written:
        raise PhoneError("Er staat geen telefoonnummer.", "Vul het nummer in, bijvoorbeeld 0612345678.")
    if _EXCEL.fullmatch(written):
        raise PhoneError(
            "Excel heeft dit nummer afgerond; de laatste cijfers zijn weg.",
            "Zet de kolom op Tekst en vul het nummer opnieuw in.",
        )
    written = re.sub(r"(?<=\d{9})[.,]0$", "", written)
    if len(text.strip()) > LONGEST or not _WRITTEN.fullmatch(written):
        raise PhoneError("Dit is geen telefoonnummer.", "Schrijf alleen cijfers, bijvoorbeeld 0612345678.")
    return written


def _parsed(written: str, region: str) -> PhoneNumber:
    for attempt in (written, _with_plus(written, region)):
        try:
            number = phonenumbers.parse(attempt, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    raise PhoneError(
        "Dit telefoonnummer bestaat niet.",
        "Kijk of er een cijfer mist. Een nummer uit een ander land begint met + en het landnummer.",
    )


def _with_plus(written: str, region: str) -> str:
    """`31612345678` with its plus; a number of another country is never guessed at."""
    code = str(phonenumbers.country_code_for_region(region))
    return f"+{written}" if written.startswith(code) else written
