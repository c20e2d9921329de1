"""One piece of news as it is read: an update with the text that is sent and the Dutch below it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import NotFound
from core import clock
from core.languages import SOURCE
from core.settings import Settings
from core.tables.texts import Update, UpdateText


@dataclass(frozen=True, kw_only=True)
class News:
    """An update with its texts: the one that is sent, and the Dutch below it (None where it has none)."""

    update: Update
    text: UpdateText
    dutch: UpdateText | None

    @property
    def seen(self) -> str:
        """What a judge saw, to be given back with the judgement: both texts, the day, the place, the end."""
        whole = [self.text.body, self.dutch.body if self.dutch else "", str(self.update.day), self.update.place or ""]
        return digest("\0".join([*whole, str(self.update.ends_on)]))

    @property
    def bodies(self) -> list[str]:
        """Every word of it that somebody typed."""
        return [row.body for row in (self.text, self.dutch) if row is not None] + [self.update.place or ""]


async def read(session: AsyncSession, text_id: UUID) -> News:
    """An update by the id of one of its texts; NotFound where there is none."""
    update_id = await _update_id(session, text_id)
    (found,) = await of(session, select(Update).where(Update.id == update_id))
    return found


async def of(session: AsyncSession, query: Select[Update]) -> list[News]:
    """The updates of a query, with their texts, in its order."""
    updates = list(await session.scalars(query))
    texts: dict[UUID, list[UpdateText]] = {update.id: [] for update in updates}
    for row in await session.scalars(select(UpdateText).where(UpdateText.update_id.in_(texts))):
        texts[row.update_id].append(row)
    return [_paired(update, texts[update.id]) for update in updates]


async def on_show(session: AsyncSession, now: datetime, settings: Settings, languages: Sequence[str]) -> list[News]:
    """What people with these languages can read now, newest first: sent, and not yet over."""
    today = clock.wall(now, settings.timezone).date()
    query = select(Update).where(Update.state == "sent", Update.ends_on >= today).order_by(Update.created_at.desc())
    return [news for news in await of(session, query) if news.text.language in languages]


def over(news: News, now: datetime, settings: Settings) -> bool:
    """Whether it may no longer be shown: never sent, taken down, or past its last day."""
    return news.update.state != "sent" or news.update.ends_on < clock.wall(now, settings.timezone).date()


async def locked(session: AsyncSession, text_id: UUID) -> News:
    """The same, read anew under a lock on the update: two judges come after each other."""
    update_id = await _update_id(session, text_id)
    update = await session.get_one(Update, update_id, with_for_update=True, populate_existing=True)
    query = select(UpdateText).where(UpdateText.update_id == update_id).execution_options(populate_existing=True)
    return _paired(update, list(await session.scalars(query)))


async def _update_id(session: AsyncSession, text_id: UUID) -> UUID:
    update_id = await session.scalar(select(UpdateText.update_id).where(UpdateText.id == text_id))
    if update_id is None:
        raise NotFound
    return update_id


def _paired(update: Update, rows: list[UpdateText]) -> News:
    own = [row for row in rows if row.language != SOURCE]
    dutch = next((row for row in rows if row.language == SOURCE), None)
    if own:
        return News(update=update, text=own[0], dutch=dutch)
    if dutch is None:
        raise NotFound
    return News(update=update, text=dutch, dutch=None)


def digest(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
