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


#: Words per language, in the order of core.languages; some stand in several.
_TABLE: Mapping[Universal, str] = {
    Universal.STOP: (
        "stop, /stop, stopall, unsubscribe, quit, stoppen, توقف, إيقاف, أوقف, قف, ደው, ጠጠው, ኣቋርጽ, ایست, بس, ودروه, "
        "jooji, joogso, raweste, bisekine, dur, durdur, አቁም, стоп, зупинити, przestań, arrêt, arrêter, arrêtez, спри, "
        "oprește, opreste"
    ),
    Universal.START: (
        "start, /start, unstop, ابدأ, ابدا, بدء, ጀምር, ጀምሩ, شروع, پیل, bilow, billow, destpêk, başla, başlat, старт, "
        "почати, zacznij, démarrer, commencer, започни, începe, incepe"
    ),
    Universal.HELP: (
        "help, /help, hulp, info, مساعدة, النجدة, ሓገዝ, ረድኤት, کمک, مرسته, caawimo, caawin, alîkarî, yardım, እርዳታ, እገዛ, "
        "допомога, pomoc, aide, помощ, ajutor"
    ),
    Universal.REALLY: (
        "echt, echt waar, is dit echt, klopt dit, real, really, is this real, حقيقي, هل هذا حقيقي, صحيح, "
        "ናይ ብሓቂ, ሓቂ ድዩ, واقعی, واقعیه, راست است, رښتیا, run, ma run baa, rast e, gerçek mi, gerçekten mi, "
        "እውነት ነው, справді, це правда, naprawdę, czy to prawda, vraiment, c'est vrai, наистина, chiar, este adevărat"
    ),
}

#: May stand after STOP without changing it.
_POLITE = frozenset(
    (
        *(
            "a",
            "u",
            "alstublieft",
            "aub",
            "svp",
            "dank",
            "dankuwel",
            "bedankt",
            "please",
            "pls",
            "thanks",
            "thank",
            "you",
        ),
        *("شكرا", "من", "فضلك", "لطفا", "ممنون", "teşekkürler", "lütfen", "mahadsanid", "spas", "proszę", "merci"),
    )
)

#: Somewhere in a sentence: perhaps STOP is meant, so we ask.
_PERHAPS = frozenset(("stop", "stoppen", "unsubscribe", "afmelden", "توقف", "стоп"))

_WORD = re.compile(r"[^\s.,;:!?؟،።]+")

#: Letters that folding leaves different, though people type one for the other.
_ALIKE = str.maketrans({"ı": "i", "ى": "ي", "ي": "ی", "ك": "ک", "ኣ": "አ"})

_CLOSE = 85  #: of 100: how much a typed word must look like a label
_LONGEST_LABEL = 25


def folded(text: str) -> str:
    """Lower case, without accents and signs around the words: how a word is compared."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return " ".join(_WORD.findall(bare.translate(_ALIKE)))


_MEANING = {folded(word): meaning for meaning, words in _TABLE.items() for word in words.split(", ") if folded(word)}
_POLITE_FOLDED = frozenset(folded(word) for word in _POLITE)
_PERHAPS_FOLDED = frozenset(folded(word) for word in _PERHAPS)


def universal(text: str) -> Universal | None:
    """The meaning of a whole message, or of a first word with nothing but politeness after it."""
    said = folded(text)
    if said in _MEANING:
        return _MEANING[said]
    first, *rest = said.split() or [""]
    if rest and _POLITE_FOLDED.issuperset(rest):
        return _MEANING.get(first)
    return None


def perhaps_stop(text: str) -> bool:
    """Whether a longer sentence holds a word for stopping: worth a question, no more."""
    return not _PERHAPS_FOLDED.isdisjoint(folded(text).split())


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
