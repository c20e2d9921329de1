"""Stores raw updates durably, those that come at the same time with one commit."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, Table, Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import bsn
from core import addresses, batches
from core.clock import Clock
from core.database import BELL, Database
from core.ids import new_id
from core.tables.chats import Inbox as Row
from messaging import senders
from messaging.channel import Keep

#: Updates of one commit.
MOST_AT_ONCE = 100

#: While many come, each commit waits this long for company: fewer commits take more updates. One alone never waits.
COMPANY_SECONDS = 0.002
MANY = 4

#: Of a column of 64 bits.
_LARGEST = 2**63 - 1

#: SQLSTATE classes of an update that can't be stored as it is: its value, its length, a rule of the table.
_ITS_OWN_FAULT = ("22", "23", "54")

_rows = batches.rows(
    "update",
    id=Uuid(),
    chat=BigInteger(),
    channel=Text(),
    provider_id=Text(),
    payload=LargeBinary(),
    received=DateTime(timezone=True),
)

# The table itself: an ORM insert takes parameters for rows of its own.
_table = cast(Table, Row.__table__)

_new = (
    insert(_table)
    .from_select(
        ["id", "chat", "channel", "provider_id", "payload_sealed", "received_at", "attempts"],
        select(*_rows.c, literal(0)),
    )
    .on_conflict_do_nothing()
    .returning(_table.c.id)
    .cte("new")
)
_rung = select(func.pg_notify(BELL, "").label("rung")).where(select(_new).exists()).cte("rung")

#: One statement is one transaction and one way to the server and back; who waits for work is woken by it too.
_INSERT = select(_new.c.id, select(func.count()).select_from(_rung).scalar_subquery())


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """An update whose sender waits to hear that it is kept."""

    id: UUID
    chat: int
    channel: str
    provider_id: str
    payload: bytes
    received: datetime
    kept: "asyncio.Future[bool]"


def keeper(database: Database, clock: Clock) -> Keep:
    """The function that stores a raw update durably, once; False when it was there already.

    It returns after the commit. What keeps a commit from happening is raised to everybody who waited for it.
    """
    return _Keeper(database, clock).keep


class _Keeper:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._busy = False

    async def keep(self, channel: str, provider_id: str, payload: Mapping[str, Any]) -> bool:
        """Store one update together with all that wait at this moment."""
        row_id = new_id()
        update = _Waiting(
            id=row_id,
            chat=_chat(channel, payload, row_id),
            channel=channel,
            provider_id=provider_id,
            payload=Row.payload.seal(Row.__tablename__, row_id, bsn.masked(payload)),
            received=self._clock.now(),
            kept=asyncio.get_running_loop().create_future(),
        )
        self._waiting.append(update)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="keep")
        return await update.kept

    async def _write(self) -> None:
        """Commit after commit on one connection, until nobody waits any more."""
        try:
            while self._waiting:
                batch: Sequence[_Waiting] = ()
                try:
                    async with self._database.at_once() as connection:
                        while batch := await self._gathered():
                            await _store(connection, batch)
                except Exception as error:
                    _fail(batch or await self._gathered(), error)
        finally:
            self._writing = None

    async def _gathered(self) -> list[_Waiting]:
        """Who waits now, and whoever is ready in this moment."""
        await asyncio.sleep(COMPANY_SECONDS if self._busy else 0)
        self._busy = len(self._waiting) > MANY
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]


def _chat(channel: str, payload: Mapping[str, Any], row_id: UUID) -> int:
    """The key of its sender's chat; what has no sender is a chat of its own, and waits for nobody."""
    sender = senders.sender(payload)
    return -1 - (row_id.int & _LARGEST) if sender is None else addresses.chat_key(channel, sender)


async def _store(connection: AsyncConnection, batch: Sequence[_Waiting]) -> None:
    """Store them and tell their senders; raises where that says nothing about a single one of them."""
    given = batches.given(
        "update",
        id=[update.id for update in batch],
        chat=[update.chat for update in batch],
        channel=[update.channel for update in batch],
        provider_id=[update.provider_id for update in batch],
        payload=[update.payload for update in batch],
        received=[update.received for update in batch],
    )
    try:
        new = set((await connection.scalars(_INSERT, given)).all())
    except DBAPIError as error:
        if not _is_its_own_fault(error):
            raise
        if len(batch) == 1:
            _fail(batch, error)
        else:
            for update in batch:
                await _store(connection, [update])
        return
    for update in batch:
        if not update.kept.done():
            update.kept.set_result(update.id in new)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for update in batch:
        if not update.kept.done():
            update.kept.set_exception(error)


def _is_its_own_fault(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_ITS_OWN_FAULT)
