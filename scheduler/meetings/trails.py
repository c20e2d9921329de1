"""How far the last thing said about an appointment or a workshop came: unanswered, or not arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from content.kinds import NOTICES
from core.tables.agenda import Appointment, Enrolment, Session
from core.tables.notices import Delivery, Notice
from core.tables.people import Person
from core.tables.work import Task
from messaging.receipts import CONFIRMING
from scheduler.meetings.subjects import APPOINTMENT, SESSION
from scheduler.tasks import Kind

#: States of what went, or was given up.
_SETTLED = ("sent", "delivered", "read", "unsure", "failed")
_OPEN = ("planned", "claimed", "handing")

_STEPS = ("announced", "week", "day", "hours", "changed", "cancelled")
_NEWS = ("announced", "changed", "cancelled")

_CALLS = (Kind.NO_ANSWER.value, Kind.NOT_REACHED.value)


@dataclass(frozen=True, kw_only=True)
class Trail:
    """One person who must still be found about one thing."""

    notice: Notice  #: what was said last, or last asked
    asks: bool  #: it waits for an answer; else it didn't arrive
    start: datetime
    went: datetime
    used: frozenset[UUID]  #: the addresses where it was said


Rows = Select[Notice, datetime, bool]


async def open_ones(
    session: AsyncSession, now: datetime, until: datetime | None = None, *, lock: bool = False
) -> list[Trail]:
    """Everybody with something to come, before `until`, who didn't answer a question or wasn't reached.

    Left out: who is on the call list for it, who is paused or left, and about whom newer news is on its way.
    `lock` keeps the notices as they are; one that is locked by somebody else is left for the next time.
    """
    found: dict[tuple[UUID, UUID], list[tuple[Notice, datetime, bool]]] = {}
    for query in (_of_appointments(now, until), _of_sessions(now, until)):
        rows = query.with_for_update(of=Notice, skip_locked=True) if lock else query
        for notice, start, asks in await session.execute(rows.execution_options(populate_existing=True)):
            if not (asks and _only_place(notice)):
                found.setdefault((notice.source_id, notice.person_id), []).append((notice, start, asks))
    chosen = [_one(rows) for rows in found.values()]
    used = await _used(session, [notice for notice, _, _ in chosen])
    return [_trail(*one, used[one[0].id]) for one in chosen]


def _one(rows: Sequence[tuple[Notice, datetime, bool]]) -> tuple[Notice, datetime, bool]:
    """An open question first, the newest of several."""
    return max(rows, key=lambda row: (row[2], row[0].sent_at or row[0].due))


def _trail(notice: Notice, start: datetime, asks: bool, used: set[UUID]) -> Trail:
    return Trail(
        notice=notice,
        asks=asks,
        start=notice.use_by or start if notice.step == "cancelled" else start,
        went=notice.sent_at or notice.due,
        used=frozenset(used | set(notice.avoid or ())),
    )


def _only_place(notice: Notice) -> bool:
    """Another place asks nothing."""
    if notice.step != "changed":
        return False
    try:
        unit = (notice.variables or {}).get("unit") or ""
    except Exception:
        return False  # nobody can read what it asked; she is looked for, and the others too
    return bool(unit.endswith(".place"))


def _of_appointments(now: datetime, until: datetime | None) -> Rows:
    asks = _asking("appointment") & Appointment.answer.is_(None)
    query = _open(now, asks, Appointment.status, Appointment.starts_at, until)
    return query.join(Appointment, Appointment.id == Notice.source_id).where(Notice.source_kind == APPOINTMENT)


def _of_sessions(now: datetime, until: datetime | None) -> Rows:
    query = _open(now, _asking("workshop"), Session.status, Session.starts_at, until)
    seat = (Enrolment.session_id == Session.id) & (Enrolment.person_id == Notice.person_id)
    query = query.join(Session, Session.id == Notice.source_id).join(Enrolment, seat)
    return query.where(Notice.source_kind == SESSION, Enrolment.status == "enrolled")


def _asking(kind: str) -> ColumnElement[bool]:
    """It went, asks something, and has no answer."""
    steps = [step for (of, step), told in NOTICES.items() if of == kind and told.needs_answer]
    return Notice.step.in_(steps) & Notice.answered_at.is_(None) & (Notice.state != "failed")


def _open(
    now: datetime,
    asks: ColumnElement[bool],
    status: InstrumentedAttribute[str],
    begins: InstrumentedAttribute[datetime],
    until: datetime | None,
) -> Rows:
    """What went about something to come and is unanswered, or is the newest and didn't arrive."""
    off = status == "cancelled"
    unfinished = or_(~off & asks, (off == (Notice.step == "cancelled")) & ~_reached() & ~_newer())
    return (
        select(Notice, begins, (~off & asks).label("asks"))
        .join(Person, Person.id == Notice.person_id)
        .where(begins > now, *(() if until is None else (begins <= until,)))
        .where(Notice.state.in_(_SETTLED), Notice.step.in_(_STEPS), unfinished, ~_on_its_way(), ~_listed())
        .where(Person.left_at.is_(None), or_(Person.paused_until.is_(None), Person.paused_until <= now))
    )


def _reached() -> ColumnElement[bool]:
    """By a receipt; where a provider gives none, taken is as far as we can know."""
    arrived = Delivery.state.in_(("delivered", "read"))
    taken = (Delivery.state == "sent") & Delivery.channel.not_in(CONFIRMING)
    said = Delivery.notice_id == func.coalesce(Notice.lead_id, Notice.id)
    return select(Delivery.id).where(said, arrived | taken).exists()


def _other() -> tuple[type[Notice], ColumnElement[bool]]:
    """Another notice to the same person about the same thing."""
    other = aliased(Notice)
    same = (
        (other.source_kind == Notice.source_kind)
        & (other.source_id == Notice.source_id)
        & (other.person_id == Notice.person_id)
        & (other.id != Notice.id)
    )
    return other, same


def _newer() -> ColumnElement[bool]:
    other, same = _other()
    later = func.coalesce(other.sent_at, other.due) > func.coalesce(Notice.sent_at, Notice.due)
    return select(other.id).where(same, other.state.in_(_SETTLED), other.step.in_(_STEPS), later).exists()


def _on_its_way() -> ColumnElement[bool]:
    """News, or another try: what comes of it decides."""
    other, same = _other()
    news = other.step.in_(_NEWS) | other.avoid.is_not(None)
    return select(other.id).where(same, other.state.in_(_OPEN), news).exists()


def _listed() -> ColumnElement[bool]:
    """Somebody is to call about it, or did so after it went."""
    about = (Task.source_id == Notice.source_id) & (Task.person_id == Notice.person_id) & Task.kind.in_(_CALLS)
    after = Task.created_at >= func.coalesce(Notice.sent_at, Notice.due)
    return select(Task.id).where(about, or_(Task.closed_at.is_(None), after)).exists()


async def _used(session: AsyncSession, notices: Iterable[Notice]) -> dict[UUID, set[UUID]]:
    """Notice -> the addresses where it was said, by itself or along with another."""
    said = {notice.id: notice.lead_id or notice.id for notice in notices}
    query = select(Delivery.notice_id, Delivery.address_id).where(Delivery.notice_id.in_(set(said.values())))
    by_lead: dict[UUID | None, set[UUID]] = {}
    for lead_id, address_id in await session.execute(query):
        by_lead.setdefault(lead_id, set()).add(address_id)
    return {notice_id: by_lead.get(lead_id, set()) for notice_id, lead_id in said.items()}
