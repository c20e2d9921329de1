"""A rolmodel who writes news on her phone."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.voice.attachments import Picture, Voice
from core.tables.texts import UpdateText
from tests.bot.phones import Phone

PHOTO = Picture(content=b"\xff\xd8 made up", width=2, height=2)
SPOKEN = Voice(content=b"OggS made up", milliseconds=4200, recorded=4300, loudness=-20, peak=-3)


async def written(phone: Phone) -> str:
    await phone.does("rolmodel.write")
    await phone.types("ጽባሕ ቡን ኣሎ።")
    await phone.types("Morgen is er koffie.")
    await phone.taps("Overslaan")
    await phone.taps("Overslaan")
    await phone.taps("Deze week")
    return await phone.taps("Klaar")


async def asked_for_extra(phone: Phone) -> None:
    await phone.does("rolmodel.write")
    for typed in ("ጽባሕ ቡን ኣሎ።", "Morgen is er koffie.", "14-1", "Voorbeeldhuis, Schijndel"):
        await phone.types(typed)
    await phone.taps("2 weken")


async def own_text(session: AsyncSession) -> UpdateText:
    return (await session.scalars(select(UpdateText).where(UpdateText.language == "ti"))).one()
