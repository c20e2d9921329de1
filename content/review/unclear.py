"""Texts in force and news on show that too few people find clear: they wait for somebody who can say them better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift, understanding, updates
from content.catalogue import Catalogue, body_of, digest
from content.understanding import Rate
from content.updates import News
from core.languages import SOURCE
from core.permissions import may
from core.tables.people import Account
from core.tables.texts import Text, Update, UpdateText


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """One version that isn't understood."""

    row: Text
    answered: int  #: people who judged it: 5 or more


@dataclass(frozen=True, kw_only=True)
class UnclearNews:
    """One version of news that people can read today, and too few find clear."""

    news: News
    rate: Rate


async def news(session: AsyncSession, today: date) -> list[UnclearNews]:
    """All of it, worst first; what was called back, taken down or is over waits for nobody."""
    poor = [(understanding.news_id(rate.wording.unit), rate) for rate in await understanding.poor(session)]
    stands = (UpdateText.state == "sent", Update.state != "withdrawn", Update.ends_on >= today)
    query = select(UpdateText.id).join(Update, Update.id == UpdateText.update_id).where(*stands)
    standing = set(await session.scalars(query.where(UpdateText.id.in_([text_id for text_id, _ in poor if text_id]))))
    return [
        UnclearNews(news=await updates.read(session, text_id), rate=rate)
        for text_id, rate in poor
        if text_id is not None and text_id in standing
    ]


async def waiting_news(session: AsyncSession, today: date, account: Account) -> list[UnclearNews]:
    """What this account could say better; of another's too: whoever speaks the language finds better words."""
    languages = [code for code in account.languages if code != SOURCE and may(account, "update.approve", language=code)]
    return [one for one in await news(session, today) if one.news.text.language in languages]


async def waiting(session: AsyncSession, catalogue: Catalogue, account: Account) -> list[Unclear]:
    """What this account could say better, worst first; not where a better wording waits for its judgement already."""
    languages = [code for code in account.languages if code != SOURCE and may(account, "text.approve", language=code)]
    poor = [
        rate
        for rate in await understanding.poor(session)
        if rate.wording.language in languages and rate.wording.unit in catalogue.hashes
    ]
    if not poor:
        return []
    said = {(row.unit, row.language): row for row in await _said(session, catalogue, poor)}
    found = [(rate, said.get((rate.wording.unit, rate.wording.language))) for rate in poor]
    return [
        Unclear(row=row, answered=rate.answered)
        for rate, row in found
        if row is not None and digest(body_of(row.body)) == rate.wording.text_hash
    ]


async def _said(session: AsyncSession, catalogue: Catalogue, poor: Sequence[Rate]) -> list[Text]:
    """The newest approved version of each, but for those of which a newer one waits."""
    asked = {(rate.wording.unit, rate.wording.language) for rate in poor}
    counts = await drift.accepted(session, {unit: catalogue.hashes[unit] for unit, _ in asked})
    of_these = tuple_(Text.unit, Text.language).in_(asked)
    unjudged = select(Text.unit, Text.language).where(of_these, drift.of_today(counts), Text.state.in_(drift.UNJUDGED))
    query = (
        drift.approved_today(counts)
        .where(of_these, tuple_(Text.unit, Text.language).not_in(unjudged))
        .ext(distinct_on(Text.unit, Text.language))
        .order_by(Text.unit, Text.language, Text.version.desc())
    )
    return list(await session.scalars(query))
