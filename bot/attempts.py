"""Attempts at waiting updates: each is counted and committed before the work, many with one commit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, any_, func, literal_column, select, update

from core import batches
from core.database import Database
from core.tables.chats import Inbox

_chats = batches.rows("held", chat=BigInteger())

#: The oldest of each chat. Looked up under the chat's lock: whoever held it before may have ended what we saw.
_oldest = (
    select(Inbox.id)
    .where(Inbox.handled_at.is_(None), Inbox.chat == _chats.c.chat)
    .order_by(Inbox.n)
    .limit(literal_column("1", Integer()))  # written out, so that its plan is one step down the index
    .correlate(_chats)
    .scalar_subquery()
)

#: An array, not a join: its plan stays at the index, however many rows there are.
_COUNT = (
    update(Inbox)
    .where(Inbox.id == any_(func.array(select(_oldest).select_from(_chats).scalar_subquery())))
    .values(attempts=Inbox.attempts + 1)
    .returning(Inbox.chat, Inbox.id, Inbox.channel, Inbox.payload_sealed, Inbox.received_at, Inbox.attempts)
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The oldest waiting update of a chat whose lock we hold; this attempt is counted already."""

    id: UUID
    channel: str
    sealed: bytes
    received: datetime
    attempts: int


class Attempts:
    """Counts for all hands of one process, on a connection of its own while there is something to count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[int, asyncio.Future[Taken | None]] = {}
        self._counting: asyncio.Task[None] | None = None

    async def take(self, chat: int) -> Taken | None:
        """The oldest update of a chat that the caller holds, its attempt counted; None where nothing waits any more."""
        taken: asyncio.Future[Taken | None] = asyncio.get_running_loop().create_future()
        self._waiting[chat] = taken
        if self._counting is None:
            self._counting = asyncio.create_task(self._count(), name="count attempts")
        return await taken

    async def _count(self) -> None:
        """Statement after statement, until nobody waits; who asks while the connection is given back is seen too."""
        asked: dict[int, asyncio.Future[Taken | None]] = {}
        try:
            while self._waiting:
                try:
                    async with self._database.at_once() as connection:
                        while self._waiting:
                            asked, self._waiting = self._waiting, {}
                            rows = await connection.execute(_COUNT, batches.given("held", chat=list(asked)))
                            _tell(asked, {row.chat: _taken(row) for row in rows})
                except Exception as error:
                    # Nobody is left waiting: not who was asked for, nor who came while there was no connection.
                    _fail({**asked, **self._waiting}, error)
                    self._waiting = {}
        finally:
            self._counting = None


def _tell(asked: Mapping[int, "asyncio.Future[Taken | None]"], found: Mapping[int, Taken]) -> None:
    for chat, taken in asked.items():
        if not taken.done():
            taken.set_result(found.get(chat))


def _fail(asked: Mapping[int, "asyncio.Future[Taken | None]"], error: Exception) -> None:
    for taken in asked.values():
        if not taken.done():
            taken.set_exception(error)


def _taken(row: Any) -> Taken:
    return Taken(
        id=row.id, channel=row.channel, sealed=row.payload_sealed, received=row.received_at, attempts=row.attempts
    )
