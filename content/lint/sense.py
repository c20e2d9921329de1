"""What a translation means, as far as signs and single words show it: questions, negations, lines, Dutch left over."""

import re
from collections.abc import Iterator, Mapping

from content.foreign import lines
from content.lint import flaws
from content.lint.faithful import other_lines
from content.lint.flaws import Flaw

_HOLE = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_]+")

#: Questions that must be asked in every language: an answer is waited for.
_ASKED = re.compile(r"\b(?:Komt u|Lukt dat)\?")
_QUESTION = "?؟፧"

#: How a sentence ends, by what the sign means.
_ENDS = {**dict.fromkeys(".።۔!", "."), **dict.fromkeys(_QUESTION, "?"), **dict.fromkeys(":፡፦", ":")}

#: Negations that nobody may miss: somebody would come for nothing, wait for nothing, or pay.
_DENIED = re.compile(r"\bNIET\b|\b[Nn]iet (?:meer|door)\b|\b[Hh]oeft niet\b|\b[Nn]og niet\b|\b[Nn]ooit\b|\b[Gg]een\b")

#: Word parts of which a sentence that denies something has at least one, language by language.
_DENIALS: Mapping[str, re.Pattern[str]] = {
    language: re.compile(pattern, re.IGNORECASE)
    for language, pattern in {
        "en": r"\b(?:not|no|never|nothing|nobody|none|nowhere|cannot|without|off)\b|n['’]t\b",
        "ar": r"\b(?:[وف]?(?:لا|لن|لم|ليس\w*|لست\w*|ألا|بدون|دون|غير|بلا|ما)|أبد\w+|عدم)\b",
        "ti": r"\b(?:ኣይ|ዘይ|የለ|የብ|ከይ|ብዘይ|ኣል)",
        "fa": r"\bن(?:می|ه\b|یست|دار|کن|شو|شد|خواه|باید|ده|یا|بود|ر|گو|ز|تو|پرداز|ف|گ)|هیچ|هرگز|بدون|\bنا",
        "ps": r"\b(?:نه|مه|نشته|هیڅ\w*|نشي|بې|نا\w+|نلري|نلرئ|نلرو|نو\w+)\b",
        "so": r"\b(?:ma|ha|aan\w*|aadan|aysan|waxba|maya|la['’]aan|marna\w*|[klu]uma|kama|lama)\b",
        "ku": r"\b(?:n[aeiî]\w*|tune\w*|bê|qet|tu|ti)\b",
        "tr": r"değil|\byok|hayır|\bhiç|asla|m[ıiuü]yor|m[ae](?:z|y|d|k|n|m|s|\b)|s[ıiuü]z\b",
        "am": r"\b\w?(?:አል|አይ|የለ|የሉ|ያል|ካል|ሳይ|አት|አን|አና|አላ|እንዳይ|ምንም|በፍጹም)",
        "uk": r"\b(?:не\w*|ні\w*|без|жодн\w*)\b",
        "pl": r"\b(?:nie\w*|brak\w*|bez|nigdy|nic\w*|żadn\w*|nikt\w*|koniec)\b",
        "fr": r"\b(?:ne|pas|sans|jamais|rien|aucun\w*|non|ni|plus)\b|\bn['’]",
        "bg": r"\b(?:не\w*|ня\w+|ни\w+|без)\b",
        "ro": r"\b(?:nu|fără|ni\w+|n-\w+)\b",
    }.items()
}

#: Words that only Dutch has: two of them, and a sentence was left as it was.
_DUTCH = frozenset(
    {
        "aan", "als", "bent", "bij", "dan", "dat", "deze", "dit", "door", "een", "geen", "goed", "heeft", "het",
        "hier", "hoe", "hun", "iets", "ik", "kunt", "krijgt", "met", "meer", "mij", "moet", "naar", "niet",
        "nog", "ons", "onze", "ook", "staat", "stuur", "uur", "uw", "van", "voor", "vraag", "wij", "wilt",
        "wordt", "zegt", "zijn",
    }
)  # fmt: skip
_ENOUGH_WORDS = 3


def astray(language: str, name: str, source: str, form: str) -> Iterator[Flaw]:
    """Where a sentence doesn't say what the Dutch says, as far as it shows."""
    short = name == "sms" or name.startswith("sms_")
    if other_lines(name, (source,), (form,)):
        yield Flaw(flaws.LINES, (str(lines(form)), str(lines(source))))
    yield from _ending(source, form, short=short)
    if _ASKED.search(source) and not any(sign in form for sign in _QUESTION):
        yield Flaw(flaws.QUESTION)
    no = denied(source)
    if no and not denial(language).search(_HOLE.sub(" ", form)):
        yield Flaw(flaws.NEGATION, (no,))
    yield from _left_over(source, form)


def denied(dutch: str) -> str:
    """The words with which a Dutch sentence denies what nobody may miss; empty where it doesn't."""
    found = _DENIED.search(dutch)
    return found[0] if found else ""


def denial(language: str) -> re.Pattern[str]:
    """What a sentence of this language has at least once where it denies something."""
    return _DENIALS["fa" if language == "prs" else language]


def _ending(source: str, form: str, *, short: bool) -> Iterator[Flaw]:
    """A question stays one; in a short message a full stop may go."""
    needed, has = _ENDS.get(source[-1:], ""), _ENDS.get(form[-1:], "")
    if needed != has and "?" in (needed, has):
        yield Flaw(flaws.ASKING, (form[-1:], source[-1:]))
    elif needed != has and needed and not short:
        yield Flaw(flaws.ENDING, (form[-1:], source[-1:]))


def _left_over(source: str, form: str) -> Iterator[Flaw]:
    words = [word.casefold() for word in _WORD.findall(_HOLE.sub(" ", form))]
    if (form == source and len(words) >= _ENOUGH_WORDS) or len(_DUTCH.intersection(words)) > 1:
        yield Flaw(flaws.DUTCH)
