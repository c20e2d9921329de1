"""Words that mean the same in every scene, typed by hand in any of our languages."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from rapidfuzz import fuzz, process


class Universal(StrEnum):
    """What such a word asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    REALLY = "really"
    DANGER = "danger"


#: Typed in need, or chosen from Telegram's menu; the same in every language.
DANGER = "sos, /sos, 🆘"

#: Language -> the words that somebody who speaks it would type; some mean the same in several.
STOP: Mapping[str, str] = {
    "nl": "stop, /stop, stoppen",
    "en": "stop, stopall, unsubscribe, quit",
    "ar": "توقف, إيقاف, أوقف, قف",
    "ti": "ደው, ጠጠው, ኣቋርጽ",
    "fa": "توقف, ایست, بس",
    "prs": "توقف, ایست, بس",
    "ps": "ودروه, بس",
    "so": "jooji, joogso",
    "ku": "raweste, bisekine",
    "tr": "dur, durdur",
    "am": "አቁም",
    "uk": "стоп, зупинити, зупиніть",
    "pl": "stop, przestań",
    "fr": "stop, arrêt, arrêter, arrêtez",
    "bg": "стоп, спри, спрете",
    "ro": "stop, oprește",
}

START: Mapping[str, str] = {
    "nl": "start, /start",
    "en": "start, unstop",
    "ar": "ابدأ, ابدا, بدء",
    "ti": "ጀምር, ጀምሩ",
    "fa": "شروع",
    "prs": "شروع",
    "ps": "پیل",
    "so": "bilow, billow",
    "ku": "destpêk",
    "tr": "başla, başlat",
    "am": "ጀምር, ጀምሩ",
    "uk": "старт, почати",
    "pl": "start, zacznij",
    "fr": "démarrer, commencer",
    "bg": "старт, започни",
    "ro": "start, începe",
}

HELP: Mapping[str, str] = {
    "nl": "help, /help, hulp, info",
    "en": "help, info",
    "ar": "مساعدة, النجدة",
    "ti": "ሓገዝ, ረድኤት",
    "fa": "کمک",
    "prs": "کمک",
    "ps": "مرسته",
    "so": "caawimo, caawin",
    "ku": "alîkarî",
    "tr": "yardım",
    "am": "እርዳታ, እገዛ",
    "uk": "допомога",
    "pl": "pomoc",
    "fr": "aide",
    "bg": "помощ",
    "ro": "ajutor",
}

_REALLY = (
    "echt, echt waar, is dit echt, klopt dit, real, really, is this real, حقيقي, هل هذا حقيقي, صحيح, "
    "ናይ ብሓቂ, ሓቂ ድዩ, واقعی, واقعیه, راست است, رښتیا, run, ma run baa, rast e, gerçek mi, gerçekten mi, "
    "እውነት ነው, справді, це правда, naprawdę, czy to prawda, vraiment, c'est vrai, наистина, chiar, este adevărat"
)

#: Language -> what may stand after such a word without changing it.
POLITE: Mapping[str, str] = {
    "nl": "alstublieft, alsjeblieft, a u b, aub, graag, dank u, dank u wel, dankuwel, dank je, bedankt",
    "en": "please, pls, thanks, thank you",
    "ar": "شكرا, من فضلك, لو سمحت, رجاء",
    "ti": "በጃኹም, በጃኻ, በጃኺ, የቐንየለይ",
    "fa": "لطفا, ممنون, متشکرم, مرسی",
    "prs": "لطفا, تشکر",
    "ps": "مهرباني وکړئ, مننه",
    "so": "fadlan, mahadsanid",
    "ku": "ji kerema xwe, spas",
    "tr": "lütfen, teşekkürler, teşekkür ederim",
    "am": "እባክዎ, እባክህ, እባክሽ, አመሰግናለሁ",
    "uk": "будь ласка, дякую",
    "pl": "proszę, dziękuję",
    "fr": "s'il vous plaît, s'il te plaît, svp, stp, merci",
    "bg": "моля, благодаря",
    "ro": "vă rog, mulțumesc",
}

#: Also a sign that somebody may want to stop, where it stands in a sentence.
_SIGNS_OFF = "afmelden"

_WORD = re.compile(r"[^\s.,;:!?…؟،؛።፣፤\"“”„«»()\[\]*]+")

#: Letters that folding leaves different, though people type one for the other.
_ALIKE = str.maketrans({"ı": "i", "ى": "ی", "ي": "ی", "ك": "ک", "ኣ": "አ", "’": "'", "‘": "'", "ـ": None})

_CLOSE = 85  #: of 100: how much a typed word must look like a label
_LONGEST_LABEL = 25


def folded(text: str) -> str:
    """Lower case, without accents and signs around the words: how a word is compared."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not _unseen(letter))
    words = (word.strip("'-–_") for word in _WORD.findall(bare.translate(_ALIKE)))
    return " ".join(word for word in words if word)


def _unseen(letter: str) -> bool:
    """Accents, and marks of direction or joining that a keyboard or a copy brings along."""
    return bool(unicodedata.combining(letter)) or unicodedata.category(letter) == "Cf"


def _folded(*tables: str) -> frozenset[str]:
    return frozenset(folded(word) for table in tables for word in table.split(", "))


_MEANING = {
    **dict.fromkeys(_folded(_REALLY), Universal.REALLY),
    **dict.fromkeys(_folded(*HELP.values()), Universal.HELP),
    **dict.fromkeys(_folded(*START.values()), Universal.START),
    **dict.fromkeys(_folded(*STOP.values()), Universal.STOP),
    **dict.fromkeys(_folded(DANGER), Universal.DANGER),
}
_POLITE = frozenset(word for said in _folded(*POLITE.values()) for word in said.split())
_PERHAPS = _folded(*STOP.values(), _SIGNS_OFF)


def universal(text: str) -> Universal | None:
    """The meaning of a whole message, or of a first word with nothing but politeness after it."""
    said = folded(text)
    if said in _MEANING:
        return _MEANING[said]
    first, *rest = said.split() or [""]
    if rest and _POLITE.issuperset(rest):
        return _MEANING.get(first)
    return None


def perhaps_stop(text: str) -> bool:
    """Whether a longer sentence holds a word for stopping: worth a question, no more."""
    return not _PERHAPS.isdisjoint(folded(text).split())


def nearest(text: str, labels: Mapping[str, str]) -> str | None:
    """The action of the label that was typed by hand, misspelled perhaps; `labels` is label -> action.

    A single word counts where only one label has it.
    """
    said = folded(text)
    if not said or len(said) > _LONGEST_LABEL:
        return None
    candidates = _candidates(labels)
    found = process.extractOne(said, list(candidates), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    return candidates[found[0]] if found else None


def _candidates(labels: Mapping[str, str]) -> dict[str, str]:
    """Whole labels, and those of their words that point to one action only."""
    whole = {folded(re.sub(r"^[^\w]+", "", label)): action for label, action in labels.items()}
    words: dict[str, set[str]] = {}
    for label, action in whole.items():
        for word in label.split():
            words.setdefault(word, set()).add(action)
    single = {word: next(iter(actions)) for word, actions in words.items() if len(actions) == 1 and len(word) > 3}
    return {**single, **whole}
