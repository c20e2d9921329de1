"""Texts of the catalogue that wait for a rolmodel, and what she does with them on her phone."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, texts
from core.tables.texts import Text
from tests.bot.phones import NOW, Phone

SHIPPED = catalogue.load(("ti",))
FIRST = "appointment.announced"
BETTER = "ሓድሽ ቆጸራ ኣለኩም፦ {day}፣ {time}። ትመጹ ዲኹም?"


async def queue(session: AsyncSession, *units: str) -> list[Text]:
    """These units wait in Tigrinya; all that the release ships, where none are named."""
    await texts.ship(session, NOW, SHIPPED)
    rows = list(await session.scalars(select(Text).where(Text.language == "ti", Text.state == "concept")))
    for row in rows:
        if units and row.unit not in units:
            row.state = "returned"
    await session.flush()
    return [row for row in rows if row.state == "concept"]


async def ticked(phone: Phone) -> str:
    """Everything on the checklist."""
    said = ""
    while waiting := [button.id for button in phone.last.buttons if button.label.startswith("☐")]:
        said = await phone.does(waiting[0])
    return said


async def states(session: AsyncSession, unit: str) -> list[str]:
    query = select(Text.state).where(Text.unit == unit, Text.language == "ti").order_by(Text.version)
    return list(await session.scalars(query))


async def improving(phone: Phone, number: int = 1) -> str:
    await phone.does("rolmodel.begin")
    await phone.taps("Verbeter")
    label = next(label for label in phone.labels if label.startswith(f"{number} "))
    return await phone.taps(label)
