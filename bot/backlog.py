"""The updates that wait, all SQL of handling them: whose turn it is, what was tried, and how it ended.

A chat is handled by whoever holds its lock in the database, an advisory lock of the handling transaction: it
ends with that transaction or with its process, so nothing has to lapse and nothing is left behind.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Select,
    Subquery,
    all_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import BELL
from core.tables.chats import Inbox as Row
from messaging import flood
from messaging.flood import Heard

LOWEST = -(2**63)  #: below every chat
FIRST_SENDER = -1  #: below every chat that somebody writes in


#: Limits are written out: with a limit it doesn't know, the server may plan for many and sort them all.
_ONE = literal_column("1", Integer())
_MOST_HEARD = literal_column(str(flood.MOST_HEARD), Integer())


class NotOurs(Exception):
    """The update was ended by somebody else meanwhile."""


#: Chats that are left alone: they wait for a file to come.
_left_alone = bindparam("left_alone", type_=ARRAY(BigInteger()))


def _above(chat: Any, *, but: bool) -> Select[int]:
    """The next chat in which something waits: one step down the index, however much waits in it."""
    above = select(Row.chat).where(Row.handled_at.is_(None), Row.chat > chat).order_by(Row.chat).limit(_ONE)
    return above.where(Row.chat != all_(_left_alone)) if but else above


def _tried(found: Subquery) -> Select[int, bool]:
    return select(found.c.chat, func.pg_try_advisory_xact_lock(found.c.chat).label("ours"))


def _next(*, but: bool) -> Select[int]:
    """Chat after chat, until one isn't in other hands: as many steps as others are busy with."""
    first = _above(bindparam("after", type_=BigInteger()), but=but).subquery("first")
    look = _tried(first).cte("look", recursive=True)
    following = _above(look.c.chat, but=but).lateral("following")
    step = select(following.c.chat, func.pg_try_advisory_xact_lock(following.c.chat))
    look = look.union_all(step.select_from(look.join(following, true())).where(not_(look.c.ours)))
    return select(look.c.chat).where(look.c.ours)


_NEXT, _NEXT_BUT = _next(but=False), _next(but=True)


async def lock_next(session: AsyncSession, after: int, left_alone: Collection[int] = ()) -> int | None:
    """The first chat above `after` in which something waits and nobody works; it is ours until the transaction ends."""
    chat: int | None
    if left_alone:
        chat = await session.scalar(_NEXT_BUT, {"after": after, "left_alone": list(left_alone)})
    else:
        chat = await session.scalar(_NEXT, {"after": after})
    return chat


async def finish(
    session: AsyncSession, now: datetime, update_id: UUID, values: Mapping[str, Any], *, ringing: bool
) -> None:
    """Handled, in the transaction of what came of it; `ringing` wakes whoever waits for work.

    NotOurs where it was ended already: nothing may come of it.
    """
    waits = (Row.id == update_id) & Row.handled_at.is_(None)
    ended = update(Row).where(waits).values(handled_at=now, **values).returning(Row.id).cte("ended")
    rung = select(ended.c.id, func.pg_notify(BELL, "")) if ringing else select(ended.c.id)
    if (await session.execute(rung)).one_or_none() is None:
        raise NotOurs


async def set_aside(session: AsyncSession, now: datetime, update_id: UUID, failed: str) -> None:
    """Never again, but kept where staff can see it."""
    waits = (Row.id == update_id) & Row.handled_at.is_(None)
    await session.execute(update(Row).where(waits).values(handled_at=now, failed=failed))


async def heard(session: AsyncSession, sender_hash: bytes, at: datetime) -> list[Heard]:
    """What was handled of one sender in the flood's memory, as much as it needs, oldest first."""
    query = (
        select(Row.received_at, Row.text_hash, Row.flood)
        .where(Row.sender_hash == sender_hash, Row.received_at > at - flood.MEMORY)
        .order_by(Row.received_at.desc(), Row.n.desc())
        .limit(_MOST_HEARD)
    )
    rows = (await session.execute(query)).all()
    return [Heard(at=row.received_at, text_hash=row.text_hash, flood=row.flood) for row in reversed(rows)]


async def waiting(session: AsyncSession) -> int:
    """How many stored updates are not handled yet."""
    query = select(func.count()).select_from(Row).where(Row.handled_at.is_(None))
    return int((await session.execute(query)).scalar_one())
