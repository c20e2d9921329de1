"""News that people don't understand waits for better words, behind what waits for a yes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import understanding
from core.tables.people import Account
from core.tables.texts import Update, UpdateText
from scheduler.news import broadcasts
from scheduler.volunteers import reviewing
from tests.bot.phones import NOW, SETTINGS, TEXTS, Phone
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.newswriting import written
from tests.content.test_understanding import answered_by


async def not_understood(session: AsyncSession, author: Phone, other: Phone, body: str = "ጽባሕ ቡን ኣሎ።") -> UpdateText:
    """News of hers that is out, which two of six people found clear."""
    await written(author)
    row = (
        await session.scalars(select(UpdateText).where(UpdateText.language == "ti", UpdateText.state == "draft"))
    ).one()
    row.state = "sent"
    (await session.get_one(Update, row.update_id)).state = "sent"
    await session.flush()
    await answered_by(session, understanding.of_news(row), {"clear": 2, "unclear": 4})
    return row


async def test_news_that_people_do_not_understand_waits_for_better_words(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    row = await not_understood(session, author, other)

    for phone in (author, other):
        said = await phone.does("rolmodel.begin")
        assert "NL: Morgen is er koffie." in said
        assert "Mensen begrijpen deze tekst niet goed. Antwoorden: 6. Minder dan 80% vindt hem duidelijk." in said
        assert phone.labels == ["✏️ Verbeter", "⏭ Later", "📞 Bel regisseur", "🏠 Begin"]
    assert "Er wachten nu geen teksten op u" in await other.taps("Later")
    await other.does("rolmodel.begin")
    assert "Wat is uw nieuws?" in await author.taps("Verbeter")

    await broadcasts.take_down(session, row.id, (await session.scalars(select(Account).limit(1))).one())
    assert "Er wachten nu geen teksten op u" in await author.does("rolmodel.begin")


async def test_what_waits_for_a_yes_comes_before_what_is_not_understood(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await not_understood(session, author, other)
    await author.does("rolmodel.write")
    await author.types("ጽባሕ ሻሂ ኣሎ።")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)

    assert "ሻሂ" in await other.does("rolmodel.begin")
    await other.taps("Goed")
    assert "ቡን" in await other.taps("Volgende")
    account = (await session.scalars(select(Account).where(Account.name == "Abel"))).one()
    load = await reviewing.load(session, NOW, SETTINGS, TEXTS.source, account)
    assert (load.news, load.unclear, load.count) == (0, 1, 1)
