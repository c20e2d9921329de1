"""What a push can be about on a day: an appointment or a workshop, for one person; makes plans for the queue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value
from core import clock
from core.settings import Settings
from core.tables.agenda import Appointment, Session
from core.tables.people import Person
from scheduler import rules
from scheduler.queue.notices import Plan
from scheduler.rules import House, Step

#: How notices, tasks and buttons name the two: by their tables.
APPOINTMENT, SESSION = "appointment", "workshop_session"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One thing with a start, as it concerns one person."""

    person_id: UUID
    kind: Literal["appointment", "workshop"]
    source_kind: str
    source_id: UUID
    version: int
    wall_time: datetime
    house: House  #: in the zone of the subject

    @property
    def start(self) -> datetime:
        """Its start, in UTC."""
        return clock.instant(self.wall_time, self.house.zone)

    def plan(self, step: Step) -> Plan:
        """A step as it should stand in the queue."""
        return Plan(
            person_id=self.person_id,
            kind=self.kind,
            step=step.name,
            source_kind=self.source_kind,
            source_id=self.source_id,
            source_version=self.version,
            due=step.due,
            use_by=step.use_by,
            unit=f"{self.kind}.{step.says}" if step.differs else None,
            values=values(self.wall_time),
        )

    def changed(self, now: datetime, believed: datetime, *, placed: bool, revived: bool = False) -> Plan | None:
        """The `changed` step for who believes this wall time; None where that is right, or after the start.

        `placed`: the place is another one than was told. `revived`: was told that it is off.
        """
        moved = believed != self.wall_time
        if self.start <= now or not (moved or placed or revived):
            return None
        known = clock.instant(believed, self.house.zone)
        in_vain = min(start for start in (known, self.start) if start > now)
        due = rules.at_once(now, in_vain, self.house)
        plan = self.plan(Step(name="changed", due=due, use_by=self.start, says="changed"))
        if revived:
            return plan._replace(unit=f"{self.kind}.announced")
        if not moved:
            return plan._replace(unit=f"{self.kind}.place")
        same_day = believed.date() == self.wall_time.date()
        return plan._replace(
            unit=f"{self.kind}.time" if same_day else None,
            values={**plan.values, "old_day": believed.date(), "old_time": believed.time()},
        )

    def cancelled(self, now: datetime, believed: datetime) -> Plan | None:
        """The `cancelled` step about the day that was told; None where nobody can come in vain any more."""
        known = clock.instant(believed, self.house.zone)
        day, start = (believed, known) if known > now else (self.wall_time, self.start)
        if start <= now:
            return None
        due = rules.at_once(now, start, self.house)
        plan = self.plan(Step(name="cancelled", due=due, use_by=start, says="cancelled"))
        return plan._replace(values=values(day))


def values(wall_time: datetime) -> dict[str, Value]:
    """All that a push may say: day and time."""
    return {"day": wall_time.date(), "time": wall_time.time()}


async def as_wished(session: AsyncSession, subject: Subject) -> Subject:
    """The same with the quiet hours of its person, where she chose to hear of things only by day."""
    by_day = await session.scalar(select(Person.daytime_only).where(Person.id == subject.person_id))
    return replace(subject, house=subject.house.by_day) if by_day else subject


def of_appointment(settings: Settings, row: Appointment) -> Subject:
    """An appointment, for its person."""
    return Subject(
        person_id=row.person_id,
        kind="appointment",
        source_kind=APPOINTMENT,
        source_id=row.id,
        version=row.version,
        wall_time=row.wall_time,
        house=replace(House.of(settings), zone=row.zone),
    )


def of_session(settings: Settings, row: Session, person_id: UUID) -> Subject:
    """A workshop's day, for one of its people."""
    return Subject(
        person_id=person_id,
        kind="workshop",
        source_kind=SESSION,
        source_id=row.id,
        version=row.version,
        wall_time=row.wall_time,
        house=replace(House.of(settings), zone=row.zone),
    )
