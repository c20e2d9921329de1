"""What a worker holds, until it gives it back, ends it, or is lost; its taking is `claiming`, then comes handover, and
after the call endings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, case, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import batches
from core.tables.notices import Notice
from scheduler.queue import locking
from scheduler.queue.claims import Claimed

LEASE = timedelta(seconds=25)

#: How often a worker renews what it is still calling.
RENEW = timedelta(seconds=8)

#: Counted before the work: a notice that breaks whoever takes it is set aside.
MOST_ATTEMPTS = 8

#: A worker holds it.
IN_HAND = ("claimed", "handing")

_notice = cast(Table, Notice.__table__)
_NOW = bindparam("l_now", type_=Notice.due.type)

#: Nothing is sent after its use-by: such notices end, visibly.
EXPIRE = (
    update(_notice)
    .where(locking.free(Notice.is_open, Notice.state == "planned", Notice.due <= _NOW, Notice.use_by <= _NOW))
    .values(state="expired", reason="use_by_passed")
    .returning(_notice.c.id)
)


async def expire(session: AsyncSession, now: datetime) -> int:
    """Nothing is sent after its use-by: such notices end, visibly."""
    return len((await session.scalars(EXPIRE, {"l_now": now})).all())


async def put_back(
    session: AsyncSession,
    held: Sequence[Claimed],
    *,
    due: datetime | None = None,
    retry_at: datetime | None = None,
    uncount: bool = False,
) -> None:
    """Claimed -> planned, as if never taken; `due` or `retry_at` say when to look again."""
    values: dict[str, Any] = {"state": "planned", "token": None, "lease_until": None, "retry_at": retry_at}
    values["lead_id"] = None
    if due is not None:
        values["due"] = due
    if uncount:
        values["attempts"] = Notice.attempts - 1
    await _move(session, held, values)


async def end(session: AsyncSession, held: Sequence[Claimed], state: str, reason: str) -> None:
    """Claimed -> failed or suppressed, with a reason that staff can read."""
    await _move(session, held, {"state": state, "reason": reason, "token": None, "lease_until": None})


async def _move(session: AsyncSession, held: Sequence[Claimed], values: Mapping[str, Any]) -> None:
    for token in {notice.token for notice in held}:
        ids = [notice.id for notice in held if notice.token == token]
        await session.execute(
            update(Notice)
            .where(locking.in_order(Notice.id.in_(ids), Notice.state == "claimed", Notice.token == token))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


_leased = batches.rows("leased", id=Uuid(), token=Uuid())
_still = (Notice.id == _leased.c.id, Notice.token == _leased.c.token, Notice.state.in_(IN_HAND))
#: What is being handed over or written down at this moment gets its lease, or its end, from that.
_RENEW = update(_notice).where(locking.free(*_still)).values(lease_until=bindparam("b_lease", type_=Notice.due.type))


async def renew(session: AsyncSession, real: datetime, held: Sequence[Claimed]) -> None:
    """This worker still holds these: nobody else may think them lost."""
    given = batches.given("leased", id=[notice.id for notice in held], token=[notice.token for notice in held])
    await session.execute(_RENEW, {**given, "b_lease": real + LEASE})


async def doubt(
    session: AsyncSession, now: datetime, real: datetime, lead_id: UUID, joined: Sequence[Claimed], reason: str
) -> None:
    """What went along with a notice in doubt may have been said too: once more and marked, or never, by its class."""
    once_more = (Notice.doubt == "once_more") & ~Notice.again
    values = {
        "state": case((once_more, "planned"), else_="unsure"),
        "again": Notice.again | once_more,
        "retry_at": case((once_more, real + LEASE)),
        "sent_at": func.coalesce(Notice.sent_at, now),
    }
    await _move(session, joined, {**values, "reason": reason, "lead_id": lead_id, "token": None, "lease_until": None})


async def join(session: AsyncSession, now: datetime, lead_id: UUID, joined: Sequence[Claimed]) -> None:
    """What went along with another notice is said too: its state follows the lead."""
    await _move(
        session,
        joined,
        {"state": "sent", "sent_at": now, "lead_id": lead_id, "token": None, "lease_until": None},
    )
