"""The queue: what is to be said to whom, when; its SQL stands here and, for what is planned, in plans.py.

planned -> claimed (leased, surely not left) -> handing (attempt committed before the call) -> sent, and on
from there by receipts. The business row is the schedule: a change of a source plans again, in place.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, ScalarSelect, Select, Uuid, any_, case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.notices import Delivery, Notice
from scheduler.queue import locking
from scheduler.queue.plans import OPEN, Plan, decode, encode, in_state, plan, replace

__all__ = [
    "OPEN",
    "TOLD",
    "Plan",
    "answered",
    "decode",
    "encode",
    "is_told",
    "last_sent",
    "plan",
    "put_off",
    "replace",
    "was_told",
    "withdraw",
    "withdraw_all",
]

#: States from which the person may know: surely, or possibly.
TOLD = ("handing", "sent", "delivered", "read", "unsure")

#: Whether the person may know of a notice, also of one that is planned once more.
is_told = in_state(TOLD) | Notice.sent_at.is_not(None)


async def withdraw(
    session: AsyncSession,
    source_id: UUID,
    reason: str,
    *,
    person_id: UUID | None = None,
    steps: Sequence[str] | None = None,
) -> int:
    """Take planned (and claimed) notices of a source out of the queue; returns how many."""
    wanted = [Notice.source_id == source_id]
    if person_id is not None:
        wanted.append(Notice.person_id == person_id)
    if steps is not None:
        wanted.append(Notice.step.in_(steps))
    await locking.lock(session, Notice.is_open, *wanted)
    gone = await session.scalars(
        update(Notice)
        .where(*wanted, Notice.state.in_(("planned", "claimed")))
        .values(state="withdrawn", reason=reason, token=None, lease_until=None)
        .returning(Notice.id)
    )
    await _last_try(session, *wanted)
    return len(gone.all())


async def _last_try(session: AsyncSession, *wanted: ColumnElement[bool]) -> None:
    """What is being handed over can't be called back, but if it isn't taken it isn't tried again."""
    await session.execute(update(Notice).where(*wanted, Notice.state == "handing").values(use_by=Notice.due))


async def withdraw_all(session: AsyncSession, source_ids: Sequence[UUID], reason: str) -> int:
    """Take what waits about many sources out of the queue with one statement; returns how many."""
    of_these = Notice.source_id == any_(literal(list(source_ids), ARRAY(Uuid())))
    await locking.lock(session, Notice.is_open, of_these)
    gone = await session.scalars(
        update(Notice)
        .where(of_these, Notice.state.in_(("planned", "claimed")))
        .values(state="withdrawn", reason=reason, token=None, lease_until=None)
        .returning(Notice.id)
    )
    await _last_try(session, of_these)
    return len(gone.all())


async def put_off(session: AsyncSession, person_id: UUID, kind: str, until: datetime) -> None:
    """What waits of one kind for a person goes no sooner than then; what is of no use by then expires as ever."""
    theirs = (Notice.person_id == person_id, Notice.kind == kind, Notice.due < until)
    await session.execute(
        update(Notice)
        .where(locking.in_order(*theirs, Notice.state.in_(("planned", "claimed"))))
        .values(state="planned", due=until, token=None, lease_until=None)
    )


async def bring_forward(session: AsyncSession, person_id: UUID, kind: str, put_off: datetime, due: datetime) -> None:
    """What was put off until the moment `put_off` goes at `due` after all."""
    theirs = (Notice.person_id == person_id, Notice.kind == kind, Notice.due == put_off, Notice.state == "planned")
    await session.execute(update(Notice).where(locking.in_order(*theirs)).values(due=due))


async def was_told(session: AsyncSession, source_id: UUID, person_id: UUID) -> bool:
    """Whether anything about this source was handed over to this person (also unsure)."""
    told = _of(source_id, person_id).where(is_told)
    return (await session.scalars(told.limit(1))).first() is not None


async def last_sent(session: AsyncSession, source_id: UUID, person_id: UUID) -> datetime | None:
    """When (service time) the last step of this source really went to this person."""
    query = select(func.max(Notice.sent_at)).where(Notice.source_id == source_id, Notice.person_id == person_id)
    return (await session.execute(query)).scalar_one()


async def answered(session: AsyncSession, now: datetime, source_id: UUID, person_id: UUID) -> None:
    """The person answered, on any channel: nothing of this source waits for an answer, or is said once more."""
    theirs = (Notice.source_id == source_id, Notice.person_id == person_id)
    await locking.lock(session, *theirs)
    tried = Notice.sent_at.is_not(None) | Notice.avoid.is_not(None)
    came = func.coalesce(_furthest(), "withdrawn")
    why = case((came == "withdrawn", "answered"), else_=None)
    waiting = update(Notice).where(*theirs, tried, Notice.state.in_(("planned", "claimed")))
    ended = waiting.values(state=came, reason=why, token=None, lease_until=None, retry_at=None)
    await session.execute(ended.execution_options(synchronize_session=False))
    await session.execute(
        update(Notice).where(*theirs, Notice.answered_at.is_(None), Notice.state.in_(TOLD)).values(answered_at=now)
    )


def _furthest() -> ScalarSelect[str]:
    """How far the best attempt of a notice came, or may have come; null where none arrived."""
    came = ("unsure", "sent", "delivered", "read")
    rank = case({state: place for place, state in enumerate(came)}, value=Delivery.state)
    tries = select(Delivery.state).where(Delivery.notice_id == Notice.id, Delivery.state.in_(came))
    return tries.order_by(rank.desc()).limit(1).correlate(Notice).scalar_subquery()


def _of(source_id: UUID, person_id: UUID) -> Select[Notice]:
    return select(Notice).where(Notice.source_id == source_id, Notice.person_id == person_id)
