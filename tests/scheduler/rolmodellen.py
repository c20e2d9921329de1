"""Made-up rolmodellen, and questions before them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts, addresses, people
from core.tables.notices import Notice
from core.tables.people import Account, Person
from core.tables.relay import Question
from core.values import Handle
from scheduler.volunteers import duty, questions
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

EVENING = at("2026-12-21 17:00")  #: the end of a duty of that Monday


async def rolmodel(
    session: AsyncSession, *languages: str, serves: bool = False, person: Person | None = None, name: str = "Selam"
) -> Account:
    """Somebody who speaks Tigrinya, or these languages; on duty until the evening, if she serves."""
    spoken = list(languages) or ["ti", "nl"]
    person = person or await people.add(session, NOW, name=name, languages=spoken)
    account = await accounts.add(
        session,
        NOW,
        email=f"{uuid4().hex}@voorbeeld.nl",
        name=name,
        role="rolmodel",
        languages=spoken,
        person_id=person.id,
    )
    if serves:
        await duty.start(session, NOW, account, EVENING)
    return account


async def asked(
    session: AsyncSession,
    text: str = "Hoe werkt de bus?",
    *,
    language: str = "ti",
    now: datetime = NOW,
    person: Person | None = None,
    **values: Any,
) -> Question:
    """A question of somebody on a phone of her own."""
    person = person or await world.person(session)
    address = await addresses.ensure(session, now, "telegram", Handle(str(person.id)))
    await addresses.attach(session, now, person.id, address.id, verified=True)
    return await questions.ask(
        session, now, HOUSE, person=person, address_id=address.id, language=language, text=text, **values
    )


async def calls(session: AsyncSession, account: Account) -> list[Notice]:
    """The calls to a question that wait for a rolmodel."""
    query = select(Notice).where(Notice.source_id == account.id, Notice.state == "planned")
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def told(session: AsyncSession, question: Question) -> list[Notice]:
    """The pushes to the person that wait."""
    query = select(Notice).where(Notice.source_id == question.id, Notice.state == "planned")
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def fresh(session: AsyncSession, question: Question) -> Question:
    """The question as it stands in the database."""
    await session.flush()
    await session.refresh(question)
    return question
