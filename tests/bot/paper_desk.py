"""An inbox on channels of paper, with the people who write to it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.inbox import Inbox, keeper
from content import catalogue
from content.inforce import concepts
from core.database import Database
from core.tables.chats import Inbox as Row
from core.tables.chats import Reply
from core.tables.people import Address
from messaging.channel import from_json
from tests.fakes.clock import FakeClock
from tests.fakes.paper import PaperChannel
from tests.scheduler.world import HOUSE, NOW

DUTCH = concepts(catalogue.load(("nl",)))


class Desk:
    """An inbox, and what came of what was stored."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock(NOW)
        self.channel, self.sms = PaperChannel(), PaperChannel("sms")
        self.keep = keeper(database, self.clock)
        self._others: list[Database] = []
        self.inbox = self._inbox(database)
        self._n = 0

    def another(self) -> Inbox:
        """The inbox as a further process sees it, with connections of its own."""
        self._others.append(Database(self.database.url))
        return self._inbox(self._others[-1])

    async def close(self) -> None:
        """The further processes end."""
        for database in self._others:
            await database.close()

    def _inbox(self, database: Database) -> Inbox:
        channels = {channel.name: channel for channel in (self.channel, self.sms)}
        return Inbox(database, self.clock, HOUSE, channels, lambda: DUTCH)

    async def store(self, payload: Mapping[str, Any], number: str | None = None, channel: str = "telegram") -> bool:
        self._n += 1
        return await self.keep(channel, number or str(self._n), payload)

    async def typed(self, text: str, sender: str = "1001", channel: str = "telegram", **more: Any) -> None:
        await self.store({"handle": sender, "text": text, **more}, channel=channel)

    async def rows(self) -> list[Row]:
        async with self.database.begin() as session:
            return list(await session.scalars(select(Row).order_by(Row.n)))

    async def ends(self) -> list[tuple[str | None, int]]:
        """Why each update was set aside, if it was, and how often it was taken."""
        assert all(row.handled_at for row in await self.rows())
        return [(row.failed, row.attempts) for row in await self.rows()]

    async def replies(self) -> list[str]:
        """To whom replies were written, in order."""
        query = select(Address).join(Reply, Reply.address_id == Address.id).order_by(Reply.n)
        async with self.database.begin() as session:
            return [row.handle.reveal() for row in await session.scalars(query) if row.handle is not None]

    async def said(self) -> list[str]:
        """The words of all replies, in order."""
        async with self.database.begin() as session:
            return [from_json(row.message or {}).text for row in await session.scalars(select(Reply).order_by(Reply.n))]
