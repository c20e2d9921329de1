"""The worker's side of the queue: claim, hand over, finish, and what to do when a worker died in between."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.ids import new_id
from core.tables.notices import Delivery, Notice
from core.tables.service import Hold
from messaging.channel import Verdict
from scheduler import deliveries
from scheduler.bundles import EXEMPT
from scheduler.claims import Call, Claimed, Outcome
from scheduler.notices import decode

LEASE = timedelta(seconds=25)

#: Counted before the work: a notice that breaks whoever takes it is set aside.
MOST_ATTEMPTS = 8

_IN_HAND = ("claimed", "handing")

_FIELDS = (
    Notice.id,
    Notice.token,
    Notice.person_id,
    Notice.kind,
    Notice.step,
    Notice.source_kind,
    Notice.source_id,
    Notice.source_version,
    Notice.due,
    Notice.use_by,
    Notice.variables_sealed,
    Notice.again,
    Notice.attempts,
)


async def on_hold(session: AsyncSession) -> bool:
    """Whether the kill switch is on."""
    return (await session.scalars(select(Hold.id).where(Hold.lifted_at.is_(None)).limit(1))).first() is not None


async def claim(session: AsyncSession, now: datetime, real: datetime, limit: int) -> list[Claimed]:
    """Lease due notices, most urgent first; a person has at most one batch in hand. Commit after it."""
    await expire(session, now)
    held = aliased(Notice)
    in_hand = select(held.id).where(held.person_id == Notice.person_id, held.state.in_(_IN_HAND)).exists()
    ready = (
        select(Notice.id)
        .where(Notice.state == "planned", Notice.due <= now, ~in_hand)
        .where(or_(Notice.retry_at.is_(None), Notice.retry_at <= real))
        .order_by(Notice.priority, Notice.due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await _lease(session, real, ready)


async def claim_also(
    session: AsyncSession, real: datetime, person_ids: Sequence[UUID], now: datetime, until: datetime
) -> list[Claimed]:
    """Lease what these persons still have planned between two moments, to join it to a push that goes now."""
    ready = (
        select(Notice.id)
        .where(Notice.state == "planned", Notice.person_id.in_(person_ids))
        .where(Notice.due > now, Notice.due < until, Notice.kind.in_(("appointment", "workshop")))
        .where(Notice.step.not_in(EXEMPT))
        .with_for_update(skip_locked=True)
    )
    return await _lease(session, real, ready)


async def _lease(session: AsyncSession, real: datetime, ready: Any) -> list[Claimed]:
    # ANY(ARRAY(...)): an IN turns into a sequential scan once the statement is prepared.
    statement = (
        update(Notice)
        .where(Notice.id == func.any(func.array(ready.scalar_subquery())))
        .values(state="claimed", token=new_id(), lease_until=real + LEASE, attempts=Notice.attempts + 1)
        .returning(*_FIELDS)
        .execution_options(synchronize_session=False)
    )
    return [_claimed(row) for row in await session.execute(statement)]


def _claimed(row: Any) -> Claimed:
    variables: Mapping[str, Any] = {}
    if row.variables_sealed is not None:
        variables = Notice.variables.open(Notice.__tablename__, row.id, row.variables_sealed)
    return Claimed(
        id=row.id,
        token=row.token,
        person_id=row.person_id,
        kind=row.kind,
        step=row.step,
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_version=row.source_version,
        due=row.due,
        use_by=row.use_by,
        unit=variables.get("unit"),
        values=decode(variables.get("values", {})),
        again=row.again,
        attempts=row.attempts,
    )


async def expire(session: AsyncSession, now: datetime) -> int:
    """Nothing is sent after its use-by: such notices end, visibly."""
    gone = await session.scalars(
        update(Notice)
        .where(Notice.state == "planned", Notice.due <= now, Notice.use_by <= now)
        .values(state="expired", reason="use_by_passed")
        .returning(Notice.id)
    )
    return len(gone.all())


async def pushes_since(session: AsyncSession, person_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How many counted pushes each of these persons had since a moment (service time)."""
    query = (
        select(Notice.person_id, func.count().label("pushes"))
        .where(Notice.person_id.in_(person_ids), Notice.sent_at >= since, Notice.lead_id.is_(None))
        .where(Notice.step.not_in(EXEMPT))
        .group_by(Notice.person_id)
    )
    return {row.person_id: row.pushes for row in await session.execute(query)}


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
            .where(Notice.id.in_(ids), Notice.state == "claimed", Notice.token == token)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


async def hand_over(
    session: AsyncSession, now: datetime, real: datetime, calls: Sequence[tuple[Claimed, Call]]
) -> list[Call]:
    """Claimed -> handing, with the attempt on record; commit before the calls.

    Gives back only what still stands as it was claimed: a notice that was changed, withdrawn or taken over
    meanwhile is left to its new state.
    """
    still = await session.scalars(
        update(Notice)
        .where(
            or_(
                *(
                    and_(
                        Notice.id == notice.id,
                        Notice.token == notice.token,
                        Notice.source_version == notice.source_version,
                    )
                    for notice, _ in calls
                )
            ),
            Notice.state == "claimed",
        )
        .values(state="handing", lease_until=real + LEASE)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    standing = set(still.all())
    kept = [call for notice, call in calls if notice.id in standing]
    await deliveries.open_calls(session, now, "notice_id", kept)
    return kept


async def join(session: AsyncSession, now: datetime, lead_id: UUID, joined: Sequence[Claimed]) -> None:
    """What went along with another notice is said too: its state follows the lead."""
    await _move(
        session,
        joined,
        {"state": "sent", "sent_at": now, "lead_id": lead_id, "token": None, "lease_until": None},
    )


async def finish(session: AsyncSession, now: datetime, real: datetime, outcomes: Sequence[Outcome]) -> None:
    """Handing -> what the provider said; a row whose source changed meanwhile goes back to planned."""
    await deliveries.close_calls(session, now, real, outcomes)
    taken = [outcome for outcome in outcomes if outcome.sent is not None]
    if taken:
        changed = Notice.source_version > bindparam("b_version")
        statement = (
            update(Notice)
            .where(Notice.id == bindparam("b_id"), Notice.state == "handing")
            .values(
                state=case((changed, "planned"), else_="sent"),
                sent_at=now,
                token=None,
                lease_until=None,
                retry_at=None,
                reason=None,
            )
        )
        connection = await session.connection()
        rows = [{"b_id": outcome.call.item_id, "b_version": outcome.call.version} for outcome in taken]
        await connection.execute(statement, rows)
        await _catch_up(session, [outcome.call.item_id for outcome in taken])
    for outcome in outcomes:
        if outcome.error is not None:
            await _not_taken(session, now, real, outcome)


async def _catch_up(session: AsyncSession, notice_ids: Sequence[UUID]) -> None:
    """A receipt may be handled before the call that it is about came back."""
    await session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids), Notice.state == "sent", Delivery.notice_id == Notice.id)
        .where(Delivery.state.in_(("delivered", "read")))
        .values(state=Delivery.state)
        .execution_options(synchronize_session=False)
    )


async def _not_taken(session: AsyncSession, now: datetime, real: datetime, outcome: Outcome) -> None:
    error = outcome.error
    assert error is not None
    notice = await session.get(Notice, outcome.call.item_id, with_for_update=True, populate_existing=True)
    if notice is None or notice.state != "handing":
        return
    notice.token, notice.lease_until, notice.reason = None, None, error.reason
    if error.verdict is Verdict.UNSURE:
        doubt(notice, now, real)
    elif error.verdict is Verdict.REFUSED:
        notice.state = "failed"
    else:
        notice.state = "planned"
        notice.retry_at = None if error.verdict is Verdict.DEAD else deliveries.wait(real, error, notice.attempts)
        if error.verdict is Verdict.PAUSE:
            notice.attempts -= 1
    await session.flush()


def doubt(notice: Notice, now: datetime, real: datetime) -> None:
    """The provider's answer was lost: once more and marked, or never, by the notice's class of doubt."""
    notice.sent_at = notice.sent_at or now
    if notice.doubt == "once_more" and not notice.again:
        notice.state, notice.again, notice.retry_at = "planned", True, real + LEASE
    else:
        notice.state = "unsure"


async def sweep(session: AsyncSession, now: datetime, real: datetime) -> int:
    """Leases that lapsed: claimed surely never left and is planned again; handing may have left."""
    freed = await session.scalars(
        update(Notice)
        .where(Notice.state == "claimed", Notice.lease_until < real)
        .values(state="planned", token=None, lease_until=None)
        .returning(Notice.id)
    )
    lapsed = list(
        await session.scalars(
            select(Notice).where(Notice.state == "handing", Notice.lease_until < real).with_for_update(skip_locked=True)
        )
    )
    for notice in lapsed:
        notice.token, notice.lease_until, notice.reason = None, None, "worker_lost"
        doubt(notice, now, real)
    await _unsure_calls(session, [notice.id for notice in lapsed])
    await session.flush()
    return len(freed.all()) + len(lapsed)


async def _unsure_calls(session: AsyncSession, notice_ids: Sequence[UUID]) -> None:
    await session.execute(
        update(Delivery)
        .where(Delivery.notice_id.in_(notice_ids), Delivery.state == "handing")
        .values(state="unsure", reason="worker_lost")
    )


async def state_of(session: AsyncSession, notice_id: UUID) -> str | None:
    """The state a notice stands in."""
    return (await session.scalars(select(Notice.state).where(Notice.id == notice_id))).one_or_none()
