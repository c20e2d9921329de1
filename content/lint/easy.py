"""Whether Dutch is easy: LIX, words of the office, and words that we never say to people."""

import re
from collections.abc import Iterator

from content.catalogue import Body

#: LIX of one kind or scene, on its sentences; without placeholders, so without dates and names.
HARD, TOO_HARD = 30, 35

#: Fewer words than this say nothing about how hard they read.
ENOUGH_WORDS = 8

#: Units of single words and facts, not of sentences.
WORDS = frozenset({"buttons", "kinds", "weekdays", "who", "facts"})

#: voices.md, habit 4: they blame or threaten.
NEVER = ("u bent vergeten", "helaas", "verplicht", "verplichting", "boete", "fout", "foutief", "ongeldig", "straf")

#: Words of the office that people don't know.
JARGON = (
    "aangaande", "alsmede", "beschikking", "betreffende", "bezwaarschrift", "conform", "dient", "derhalve",
    "desbetreffende", "desgewenst", "doelgroep", "eerstvolgende", "gelieve", "hieromtrent", "inachtneming", "indien",
    "indienen", "ingevolge", "inwoner", "inzake", "krachtens", "leerroute", "middels", "mits", "momenteel",
    "omtrent", "onderhavige", "onverwijld", "participatie", "raadplegen", "reeds", "respectievelijk", "teneinde",
    "tenzij", "terstond", "tevens", "traject", "verzoeken", "voorafgaand", "voornoemd", "voortgang", "wederom",
)  # fmt: skip

_PLACEHOLDER = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END = re.compile(r"[.?!:]+(?:\s|$)|\n")
_NEVER = re.compile(r"\b(?:" + "|".join(NEVER) + r")\b", re.IGNORECASE)
_JARGON = re.compile(r"\b(?:" + "|".join(JARGON) + r")\b", re.IGNORECASE)
_MUST = re.compile(r"\b(?:moet|moeten)\b", re.IGNORECASE)


def lix(sentences: list[str]) -> float:
    """Words per sentence plus the share of words over 6 letters, in percent; 0 where there are too few words."""
    plain = [_PLACEHOLDER.sub(" ", sentence) for sentence in sentences]
    words = [word for sentence in plain for word in _WORD.findall(sentence)]
    if len(words) < ENOUGH_WORDS:
        return 0
    ends = sum(1 for sentence in plain for piece in _END.split(sentence) if _WORD.search(piece))
    return len(words) / ends + 100 * sum(len(word) > 6 for word in words) / len(words)


def hardness(unit: str, body: Body) -> float:
    """LIX of a unit: what is said in a bubble, in its last plural form; an SMS is no measure."""
    if unit in WORDS:
        return 0
    return lix([forms[-1] for name, forms in body.items() if not name.startswith("sms")])


def unwanted(text: str) -> Iterator[str]:
    """What a Dutch text may not say, in words."""
    for pattern, why in ((_NEVER, "we never say"), (_JARGON, "jargon:")):
        for found in pattern.findall(text):
            yield f"{why} “{found}”"


def doubtful(text: str) -> Iterator[str]:
    """What may be right, but asks a second look."""
    if _MUST.search(text):
        yield "“moet”: is “kunt” true here?"
