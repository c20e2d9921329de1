"""Texts and news that people don't understand: which words, in which language, and how many found them clear."""

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from bot.console import words
from bot.console.desk import Visit
from content import understanding
from content.inforce import InForce
from content.review import unclear
from content.review.unclear import UnclearNews
from content.understanding import Rate
from core import clock
from core.languages import SOURCE
from core.permissions import may
from core.tables.texts import UpdateText

#: Letters of news in a list; its page has all of it.
_MOST = 90


@dataclass(frozen=True, kw_only=True)
class Line:
    """One flagged text as staff read of it."""

    text: str  #: how its Dutch begins; of news without Dutch: how it begins
    code: str  #: the language of that
    address: str  #: of its page, in this language
    what: str = ""  #: of what kind it is, where that isn't a text of the catalogue
    language: str
    tenths: int  #: of all who judged, this many found it clear; rounded, so that nobody's answer shows
    answered: int


class _Counted(TypedDict):
    language: str
    tenths: int
    answered: int


async def lines(visit: Visit) -> list[Line]:
    """What this account may see of the flagged texts and news, worst first of each."""
    if not may(visit.account, "text.rated"):
        return []
    texts = visit.desk.texts()
    flagged = [
        _line(texts, rate) for rate in await understanding.flagged(visit.session, texts) if _may_see(visit, rate)
    ]
    news = [one for one in await unclear.news(visit.session, _today(visit)) if _may_see(visit, one.rate)]
    return [*flagged, *map(_news_line, news)]


async def waiting_news(visit: Visit) -> list[Line]:
    """News that this account could say better."""
    found = await unclear.waiting_news(visit.session, _today(visit), visit.account)
    return [_news_line(one) for one in found]


async def of_news(visit: Visit, text: UpdateText) -> Rate | None:
    """How clear people find one version of news; None where this account may not know, or so few judged it."""
    if not may(visit.account, "text.rated", language=text.language):
        return None
    rate = await understanding.rate(visit.session, understanding.of_news(text))
    return rate if rate.share is not None else None


def _may_see(visit: Visit, rate: Rate) -> bool:
    return may(visit.account, "text.rated", language=rate.wording.language)


def _today(visit: Visit) -> date:
    return clock.wall(visit.now, visit.settings.timezone).date()


def _line(texts: InForce, rate: Rate) -> Line:
    body = texts.bodies[SOURCE, rate.wording.unit]
    return Line(
        address=f"/console/texts/units/{rate.wording.unit}?language={rate.wording.language}",
        text=next(iter(body.values()))[-1],
        code=SOURCE,
        **_counted(rate),
    )


def _news_line(one: UnclearNews) -> Line:
    said = one.news.dutch or one.news.text
    return Line(
        address=f"/console/updates/{one.news.text.id}",
        text=textwrap.shorten(said.body, _MOST, placeholder=" …"),
        code=said.language,
        what="nieuws",
        **_counted(one.rate),
    )


def _counted(rate: Rate) -> _Counted:
    assert rate.share is not None
    return {
        "language": words.language(rate.wording.language),
        "tenths": int(rate.share * 10),
        "answered": rate.answered,
    }
