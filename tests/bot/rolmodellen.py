"""Made-up rolmodellen, each with a phone of her own."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts
from core.tables.people import Account, Person
from tests.bot import phones
from tests.bot.phones import NOW, Phone

LANGUAGES = ("ti", "nl")


async def account(session: AsyncSession, person: Person, name: str, languages: Sequence[str] = LANGUAGES) -> Account:
    """What makes a rolmodel of this person."""
    return await accounts.add(
        session,
        NOW,
        email=f"{uuid4().hex}@voorbeeld.nl",
        name=name,
        role="rolmodel",
        languages=tuple(languages),
        person_id=person.id,
    )


async def rolmodel(
    session: AsyncSession,
    name: str = "Selam",
    *,
    languages: Sequence[str] = LANGUAGES,
    reads: Sequence[str] | None = None,
    channel: str = "telegram",
) -> Phone:
    """The phone of somebody who speaks these languages; her own chat is in the first of `reads`, or of them."""
    person = await phones.make_person(session, doelgroep="overig", languages=tuple(reads or languages))
    await account(session, person, name, languages)
    return await phones.linked(session, person, channel=channel)
