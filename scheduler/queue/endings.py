"""How a hand-over ends: by the provider's answer, by a receipt that was faster, or by a worker that was lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import batches
from core.settings import Settings
from core.tables.notices import Delivery, Notice
from messaging.channel import Verdict
from scheduler import tasks
from scheduler.queue import deliveries, leases, locking, receipts
from scheduler.queue.claims import Call, Claimed, Outcome
from scheduler.queue.leases import LEASE

#: States of a delivery that a provider surely took.
_ARRIVING = ("sent", "delivered", "read")


async def finish(
    session: AsyncSession,
    now: datetime,
    real: datetime,
    settings: Settings,
    outcomes: Sequence[Outcome],
    along: Mapping[UUID, Sequence[Claimed]] = MappingProxyType({}),
) -> None:
    """Handing -> what the provider said; a row whose source changed meanwhile goes back to planned.

    `along`: notice -> those that its message said too; they share its fate.
    """
    outcomes = sorted(outcomes, key=lambda outcome: outcome.call.item_id)
    reached = await deliveries.close_calls(session, now, real, outcomes)
    if along or any(outcome.error for outcome in outcomes):
        # More than one statement changes rows of the queue then.
        ids = {outcome.call.item_id for outcome in outcomes}
        ids |= {notice.id for joined in along.values() for notice in joined}
        await locking.lock(session, Notice.id.in_(ids))
    taken: list[tuple[Call, str]] = []
    for outcome in outcomes:
        state = _taken(outcome, reached.get(outcome.call.delivery_id))
        if state is None:
            await _not_taken(session, now, real, settings, outcome)
        else:
            taken.append((outcome.call, state))
    if taken:
        given = batches.given(
            "said",
            id=[call.item_id for call, _ in taken],
            token=[call.token for call, _ in taken],
            version=[call.version for call, _ in taken],
            state=["sent" if state == "failed" else state for _, state in taken],
        )
        await session.execute(_TAKEN, {**given, "b_now": now})
    states = {call.item_id: state for call, state in taken}
    for outcome in outcomes:
        if joined := along.get(outcome.call.item_id):
            await _joined(session, now, real, outcome, joined, taken=outcome.call.item_id in states)
    for call, state in taken:
        if state == "failed":
            await receipts.failed_early(session, call.delivery_id)


def _taken(outcome: Outcome, reached: str | None) -> str | None:
    """How far what the provider took came; failed: a receipt that was faster says that it surely didn't arrive."""
    if reached in _ARRIVING:
        return reached
    left = outcome.error is None or outcome.error.verdict is Verdict.UNSURE
    return reached if reached == "failed" and left else None


async def _joined(
    session: AsyncSession, now: datetime, real: datetime, outcome: Outcome, joined: Sequence[Claimed], *, taken: bool
) -> None:
    if taken:
        await leases.join(session, now, outcome.call.item_id, joined)
    elif outcome.error is not None and outcome.error.verdict is Verdict.UNSURE:
        await leases.doubt(session, now, real, outcome.call.item_id, joined, outcome.error.reason)
    else:
        await leases.put_back(session, joined)


#: Why a hand-over whose lease lapsed is in doubt.
LOST = "worker_lost"

_in_doubt = or_(Notice.state == "unsure", and_(Notice.again, Notice.state.in_(("planned", "claimed"))))

_said = batches.rows("said", id=Uuid(), token=Uuid(), version=Integer(), state=Text())

#: A worker that lost its claim meanwhile finishes nothing; a row whose source changed is planned again.
_TAKEN = (
    update(Notice)
    .where(Notice.id == _said.c.id)
    .where(
        or_(
            and_(Notice.state == "handing", Notice.token == _said.c.token),
            # The sweep gave up on it while the database was away, or the worker slept; now its answer is known.
            and_(Notice.reason == LOST, _said.c.state.in_(_ARRIVING), _in_doubt),
        )
    )
    .values(
        state=case((Notice.source_version > _said.c.version, "planned"), else_=_said.c.state),
        sent_at=bindparam("b_now"),
        token=None,
        lease_until=None,
        retry_at=None,
        reason=None,
        lead_id=None,
    )
    .execution_options(synchronize_session=False)
)


async def _not_taken(
    session: AsyncSession, now: datetime, real: datetime, settings: Settings, outcome: Outcome
) -> None:
    error = outcome.error
    assert error is not None
    notice = await session.get(Notice, outcome.call.item_id, with_for_update=True, populate_existing=True)
    if notice is None or notice.state != "handing" or notice.token != outcome.call.token:
        return
    notice.token, notice.lease_until, notice.reason = None, None, error.reason
    if error.verdict is Verdict.UNSURE:
        _doubt(notice, now, real)
    elif error.verdict is Verdict.REFUSED:
        notice.state = "failed"
    else:
        notice.state = "planned"
        notice.retry_at = None if error.verdict is Verdict.DEAD else deliveries.wait(real, error, notice.attempts)
        if error.verdict is Verdict.PAUSE or not outcome.started:
            notice.attempts -= 1
    await session.flush()
    await _tell_staff(session, now, settings, [notice])


def _doubt(notice: Notice, now: datetime, real: datetime) -> None:
    """The provider's answer was lost: once more and marked, or never, by the notice's class of doubt."""
    notice.sent_at = notice.sent_at or now
    if notice.doubt == "once_more" and not notice.again:
        notice.state, notice.again, notice.retry_at = "planned", True, real + LEASE
    else:
        notice.state = "unsure"


async def _tell_staff(session: AsyncSession, now: datetime, settings: Settings, notices: Sequence[Notice]) -> None:
    """Money in doubt is never sent again by itself: a person decides. What was refused is told by a person."""
    for notice in notices:
        if notice.doubt == "staff" and notice.state == "unsure":
            kind, reason = tasks.Kind.DELIVERY_UNSURE, "unsure"
        elif notice.state == "failed" and _nobody_follows(notice):
            kind, reason = tasks.Kind.NOT_REACHED, notice.reason or "not_delivered"
        else:
            continue
        await tasks.open_task(
            session,
            now,
            settings,
            kind=kind,
            person_id=notice.person_id,
            reason=reason,
            source_kind=notice.source_kind,
            source_id=notice.source_id,
            call=True,
        )


def _nobody_follows(notice: Notice) -> bool:
    """Whether somebody waits for it whom `chase` doesn't look for."""
    return notice.kind == "leefgeld" or notice.step == "offered"


async def sweep(
    session: AsyncSession, now: datetime, real: datetime, settings: Settings, *, whole: bool = False
) -> int:
    """Leases that lapsed: claimed surely never left and is planned again; handing may have left.

    What a worker took was due, or is due the same day where it went along with something else: that is looked
    through by an index. `whole` looks through all that is open, for what was moved while it was handed over.
    """
    taken = Notice.is_open & (Notice.lease_until < real)
    if not whole:
        taken &= Notice.due <= now + timedelta(days=1)
    lapsed = await _lapsed(session, taken)
    reached = await deliveries.last_reached(session, [notice.id for notice in lapsed])
    for notice in lapsed:
        notice.token, notice.lease_until, notice.reason = None, None, LOST
        _lost(notice, reached.get(notice.id), now, real)
    await _unsure_calls(session, [notice.id for notice in lapsed])
    await _lost_along(session, taken, {notice.id: reached.get(notice.id) for notice in lapsed}, now, real)
    await session.flush()
    freed = await session.scalars(
        update(Notice)
        .where(locking.free(taken, Notice.state == "claimed", ~_ITS_LEAD_IS_OUT))
        .values(state="planned", token=None, lease_until=None, lead_id=None)
        .returning(Notice.id)
    )
    await _tell_staff(session, now, settings, lapsed)
    return len(freed.all()) + len(lapsed)


#: What is written down at this moment, and is left to that, says what goes along with it too.
_lead = aliased(Notice)
_ITS_LEAD_IS_OUT = exists().where(_lead.id == Notice.lead_id, _lead.state == "handing")


async def _lapsed(session: AsyncSession, taken: ColumnElement[bool]) -> list[Notice]:
    """Those of which nobody is writing down the end at this moment; their attempts are locked too."""
    query = select(Notice).where(taken, Notice.state == "handing").with_for_update(skip_locked=True)
    found = {notice.id: notice for notice in await session.scalars(query)}
    calls = select(Delivery.id, Delivery.notice_id).where(Delivery.notice_id.in_(found), Delivery.state == "handing")
    free = set(await session.scalars(calls.with_for_update(key_share=True, skip_locked=True)))
    busy = {notice_id for call, notice_id in await session.execute(calls) if call not in free}
    return [notice for notice in found.values() if notice.id not in busy]


async def _lost_along(
    session: AsyncSession, taken: ColumnElement[bool], leads: Mapping[UUID, str | None], now: datetime, real: datetime
) -> None:
    """What their messages said too is as much in doubt."""
    if not leads:
        return
    query = select(Notice).where(taken, Notice.state == "claimed", Notice.lead_id.in_(leads))
    for notice in await session.scalars(query.with_for_update(skip_locked=True)):
        assert notice.lead_id is not None
        reached = leads[notice.lead_id]
        notice.token, notice.lease_until, notice.reason = None, None, LOST
        _lost(notice, "sent" if reached in _ARRIVING else reached, now, real)


def _lost(notice: Notice, reached: str | None, now: datetime, real: datetime) -> None:
    """A receipt may have told meanwhile what the lost worker couldn't."""
    if reached in _ARRIVING:
        notice.state, notice.reason, notice.sent_at = reached, None, notice.sent_at or now
    elif reached == "failed":
        notice.state = "planned"
    else:
        _doubt(notice, now, real)


async def _unsure_calls(session: AsyncSession, notice_ids: Sequence[UUID]) -> None:
    await session.execute(
        update(Delivery)
        .where(Delivery.notice_id.in_(notice_ids), Delivery.state == "handing")
        .values(state="unsure", reason=LOST)
    )
