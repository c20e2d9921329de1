"""What changes for a notice that goes later than planned: whether it is still wanted, may go at this hour, is true."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, any_, bindparam, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value
from core import clock
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.notices import Notice
from scheduler import holidays, rules
from scheduler.queue.claims import Claimed
from scheduler.rules import House, Late

#: Why a notice that isn't wanted any more ends, for staff.
NOT_WANTED = "too_soon"

_REMINDERS = ("week", "day", "hours")
_NEWS = ("announced", "changed", "cancelled")


async def still_wanted(
    session: AsyncSession, now: datetime, settings: Settings, notice_ids: Collection[UUID]
) -> set[UUID]:
    """Which of these due notices would still help if they went now; one query. The others end as NOT_WANTED.

    A reminder falls away where another step of its source went within its gap, is being handed over, or is due
    beside it and says more: news of the day, or a reminder nearer to the start. `week` falls away once answered.
    """
    gaps = settings.local.gaps
    given = {f"l_{step}": now - gaps.before(step) for step in _REMINDERS}
    return set(await session.scalars(_WANTED, {"l_ids": list(notice_ids), "l_now": now, **given}))


_notice = cast(Table, Notice.__table__)
_other = _notice.alias("other")


def _crowded() -> ColumnElement[bool]:
    moment = Notice.due.type
    long_enough = case({step: bindparam(f"l_{step}", type_=moment) for step in _REMINDERS}, value=_notice.c.step)
    says_more = or_(_other.c.step.in_(_NEWS), _other.c.step.in_(_REMINDERS) & (_other.c.due > _notice.c.due))
    due = _other.c.due <= bindparam("l_now", type_=moment)
    return (
        select(_other.c.id)
        .where(_other.c.source_kind == _notice.c.source_kind, _other.c.source_id == _notice.c.source_id)
        .where(_other.c.person_id == _notice.c.person_id, _other.c.id != _notice.c.id)
        .where(
            or_(
                _other.c.sent_at > long_enough,
                _other.c.state == "handing",
                _other.c.state.in_(("planned", "claimed")) & due & says_more,
            )
        )
        .exists()
    )


def _has_answer() -> ColumnElement[bool]:
    asked = (Appointment.id == _notice.c.source_id) & Appointment.answer.is_not(None)
    return select(Appointment.id).where(asked).correlate(_notice).exists()


# What looks for a person at another address was chosen to go again.
_WANTED = (
    select(_notice.c.id)
    .where(_notice.c.id == any_(bindparam("l_ids", type_=ARRAY(Uuid()))))
    .where(
        _notice.c.avoid.is_not(None)
        | ~((_notice.c.step.in_(_REMINDERS) & _crowded()) | ((_notice.c.step == "week") & _has_answer()))
    )
)


def put_off(
    now: datetime, settings: Settings, held: Sequence[Claimed], by_day: Collection[UUID] = ()
) -> Mapping[UUID, datetime]:
    """Those of these notices that must not wake anybody now -> the end of the quiet hours they wait for.

    `by_day`: the persons who chose to hear of things only by day.
    """
    ours = House.of(settings)
    waiting = [Late(start=_start(notice, now, ours), house=_house(notice, ours, by_day)) for notice in held]
    moments = rules.may_go_now(now, waiting)
    for place, notice in enumerate(held):
        if notice.kind == "work":
            hour = holidays.rolmodel_hour(now, ours.zone)
            moments[place] = hour if hour > now else None
    return {notice.id: moment for notice, moment in zip(held, moments, strict=True) if moment is not None}


def _house(notice: Claimed, house: House, by_day: Collection[UUID]) -> House:
    return house.by_day if notice.person_id in by_day else house


def _start(notice: Claimed, now: datetime, house: House) -> datetime | None:
    """From when on it is too late: its use-by, or sooner the old moment of what was moved."""
    if notice.kind not in ("appointment", "workshop"):
        return None
    old = _wall_time(notice.values, "old_day", "old_time")
    in_vain = clock.instant(old, house.zone) if old else None
    moments = [moment for moment in (notice.use_by, in_vain) if moment is not None and moment > now]
    return min(moments, default=None)


def _wall_time(values: Mapping[str, Value], day: str, hour: str) -> datetime | None:
    on, at = values.get(day), values.get(hour)
    return datetime.combine(on, at) if isinstance(on, date) and isinstance(at, time) else None


def unit_now(notice: Claimed, now: datetime, zone: str) -> str | None:
    """The unit that a reminder says if it goes now: "today", "tomorrow", only the day; None: as it was planned."""
    starts = _wall_time(notice.values, "day", "time")
    if notice.step not in _REMINDERS or starts is None:
        return notice.unit
    says = rules.true_at(now, "week" if notice.step == "week" else "day", starts, zone)
    return None if says == notice.step else f"{notice.kind}.{says}"
