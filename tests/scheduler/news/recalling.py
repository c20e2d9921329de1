"""News that went out to its listeners, and is called back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, updates
from content.inforce import concepts
from content.updates.news import News
from core import addresses
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Account, Person
from core.tables.texts import Broadcast
from messaging.channel import Outgoing, from_json
from scheduler.news import broadcasts, recall
from scheduler.news.recall import Reach
from scheduler.queue import replies
from tests.content.community import NOW, SETTINGS, make_account, make_news

TEXTS = concepts(catalogue.load(("nl", "ti", "ar")))
UNDO = timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)


async def approved(session: AsyncSession, news: News, now: datetime = NOW) -> News:
    """News that another speaker said yes to, on its way."""
    speaker = await make_account(session, languages=[news.text.language, "nl"])
    await broadcasts.approve(session, now, SETTINGS, news, speaker, seen=news.seen)
    return await updates.read(session, news.text.id)


async def in_arabic_too(session: AsyncSession, news: News) -> News:
    """The same news in Arabic, waiting for its judge."""
    translator = await make_account(session, languages=["ar", "nl"])
    added = await updates.add(session, news.text.id, translator, language="ar", body="غدا هناك لقاء.")
    return await updates.submit(session, added.text.id, translator)


async def sent(session: AsyncSession, author: Account | None = None) -> News:
    """News in Tigrinya that was written to everybody's queue."""
    news = await approved(session, await make_news(session, author or await make_account(session)))
    await broadcasts.fan_out(session, NOW + UNDO, SETTINGS)
    return await updates.read(session, news.text.id)


async def went(session: AsyncSession, news: News, *people: Person) -> None:
    """Let the notices of these have gone; those of others still wait."""
    ids = [person.id for person in people]
    query = update(Notice).where(Notice.source_id == news.text.id, Notice.person_id.in_(ids))
    await session.execute(query.values(state="sent", sent_at=NOW + UNDO))


async def called_back(session: AsyncSession, news: News, *, tell: bool = True, by: Account | None = None) -> Reach:
    staff = by or await make_account(session, "regisseur", ["nl"])
    return await recall.recall(session, LATER, SETTINGS, TEXTS, news.text.id, staff, tell=tell)


async def told(session: AsyncSession, text_id: UUID, step: str = "changed") -> set[UUID]:
    """Whom a notice of this step waits for."""
    query = select(Notice.person_id).where(Notice.source_id == text_id, Notice.step == step, Notice.state == "planned")
    return set(await session.scalars(query))


async def broadcast(session: AsyncSession, news: News) -> Broadcast:
    row = await broadcasts.of_text(session, news.text.id)
    assert row is not None
    return row


async def said_to(
    session: AsyncSession, news: News, person: Person, bubble: str = "7", *, says: bool = True, **files: Any
) -> UUID:
    """An answer with this news stands in a bubble on the person's phone."""
    ((_, address),) = await addresses.of_person(session, person.id)
    edit, mark = None if files else bubble, news.mark if says else None
    message = Outgoing(text=news.text.body, language="ti", edit=edit, says=mark, **files)
    reply_id = await replies.put(session, NOW, address.id, message)
    reply = await session.get_one(Reply, reply_id)
    reply.state = "sent"
    session.add(
        Delivery(
            reply_id=reply_id,
            address_id=address.id,
            channel=address.channel,
            state="sent",
            provider_id=bubble,
            language="ti",
            text_hash=message.says,
            handed_at=NOW + UNDO + timedelta(seconds=await rows(session)),
        )
    )
    await session.flush()
    return address.id


async def rows(session: AsyncSession) -> int:
    return len((await session.scalars(select(Delivery.id))).all())


async def waiting_answers(session: AsyncSession) -> list[Outgoing]:
    query = select(Reply).where(Reply.state == "planned").order_by(Reply.n)
    return [from_json(reply.message or {}) for reply in await session.scalars(query)]
