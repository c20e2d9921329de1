"""Who was asked and didn't answer: 20 hours before the start somebody calls."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.notices import Notice
from core.tables.work import Task
from scheduler import tasks

BEFORE = timedelta(hours=20)

#: Steps that ask for an answer.
_ASKING = tuple(step for (kind, step), told in NOTICES.items() if kind == "appointment" and told.needs_answer)


async def put_on_call_list(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Open a task for every appointment of the next 20 hours whose question stayed open; once each."""
    opened = 0
    for appointment in await session.scalars(_unanswered(now).where(Appointment.starts_at <= now + BEFORE)):
        await tasks.open_task(
            session,
            now,
            settings,
            kind=tasks.Kind.NO_ANSWER,
            person_id=appointment.person_id,
            reason="no_answer",
            source_kind=Appointment.__tablename__,
            source_id=appointment.id,
            call=True,
        )
        opened += 1
    return opened


async def next_moment(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next open question becomes a call."""
    query = _unanswered(now).with_only_columns(func.min(Appointment.starts_at))
    first = (await session.scalars(query)).one_or_none()
    return None if first is None else first - BEFORE


def _unanswered(now: datetime) -> Select[Appointment]:
    """Planned appointments to come whose question went out and has no answer; each is called about once."""
    asked = (
        select(Notice.id)
        .where(Notice.source_id == Appointment.id, Notice.step.in_(_ASKING))
        .where(Notice.state.in_(("sent", "delivered", "read", "unsure")), Notice.answered_at.is_(None))
        .exists()
    )
    listed = select(Task.id).where(Task.source_id == Appointment.id, Task.kind == tasks.Kind.NO_ANSWER).exists()
    return select(Appointment).where(
        Appointment.status == "planned", Appointment.answer.is_(None), Appointment.starts_at > now, asked, ~listed
    )
