"""Texts that people don't understand: which words, in which language, and roughly how many found them clear."""

from dataclasses import dataclass

from bot.console import words
from bot.console.desk import Visit
from content import understanding
from content.inforce import InForce
from content.understanding import Rate
from core.languages import SOURCE
from core.permissions import may
from core.tables.texts import UpdateText


@dataclass(frozen=True, kw_only=True)
class Line:
    """One flagged text as staff read of it."""

    text: str  #: how its Dutch begins
    address: str  #: of its page, in this language
    language: str
    tenths: int  #: of all who judged, this many found it clear; rounded, so that nobody's answer shows
    answered: int


async def lines(visit: Visit) -> list[Line]:
    """What this account may see of the flagged texts, worst first."""
    texts = visit.desk.texts()
    flagged = await understanding.flagged(visit.session, texts) if may(visit.account, "text.rated") else []
    return [_line(texts, rate) for rate in flagged if may(visit.account, "text.rated", language=rate.wording.language)]


async def of_news(visit: Visit, text: UpdateText) -> Rate | None:
    """How clear people find one version of news; None where this account may not know, or so few judged it."""
    if not may(visit.account, "text.rated", language=text.language):
        return None
    rate = await understanding.rate(visit.session, understanding.of_news(text))
    return rate if rate.share is not None else None


def _line(texts: InForce, rate: Rate) -> Line:
    assert rate.share is not None
    body = texts.bodies[SOURCE, rate.wording.unit]
    return Line(
        address=f"/console/texts/units/{rate.wording.unit}?language={rate.wording.language}",
        text=next(iter(body.values()))[-1],
        language=words.language(rate.wording.language),
        tenths=int(rate.share * 10),
        answered=rate.answered,
    )
