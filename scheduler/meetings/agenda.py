"""What a person has: appointments and workshops in one list, by time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.agenda import Appointment, Enrolment, Partner, Place, Session, Workshop
from core.values import Private

#: Something that began this long ago still stands in the agenda: people run late.
_JUST_BEGUN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in somebody's agenda."""

    kind: Literal["appointment", "workshop"]
    id: UUID  #: of the appointment or the workshop session
    code: str  #: a code of content.kinds.APPOINTMENTS, or the title of the workshop
    wall_time: datetime
    zone: str
    starts_at: datetime
    minutes: int
    place: Private | None
    with_whom: Private | None  #: of a workshop: the partner
    tolk: str | None
    answer: str | None  #: of an appointment: yes | no | late
    status: str  #: planned, or of a workshop enrolled | offered | waiting


async def upcoming(session: AsyncSession, now: datetime, person_id: UUID) -> list[Item]:
    """Everything of a person from an hour ago on, soonest first."""
    items = [
        *await _appointments(session, now, person_id),
        *await _workshops(session, now, person_id),
    ]
    return sorted(items, key=lambda item: (item.starts_at, item.id))


async def _appointments(session: AsyncSession, now: datetime, person_id: UUID) -> list[Item]:
    query = select(Appointment).where(
        Appointment.person_id == person_id,
        Appointment.status == "planned",
        Appointment.starts_at >= now - _JUST_BEGUN,
    )
    return [
        Item(
            kind="appointment",
            id=row.id,
            code=row.kind,
            wall_time=row.wall_time,
            zone=row.zone,
            starts_at=row.starts_at,
            minutes=row.minutes,
            place=row.place,
            with_whom=row.with_whom,
            tolk=row.tolk,
            answer=row.answer,
            status=row.status,
        )
        for row in await session.scalars(query)
    ]


async def _workshops(session: AsyncSession, now: datetime, person_id: UUID) -> list[Item]:
    query = (
        select(Session, Enrolment.status, Workshop.title, Place, Partner.name)
        .join(Enrolment, Enrolment.session_id == Session.id)
        .join(Workshop, Workshop.id == Session.workshop_id)
        .join(Place, Place.id == Session.place_id)
        .join(Partner, Partner.id == Workshop.partner_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status.in_(("enrolled", "offered", "waiting", "attended")),
            Session.status == "planned",
            Session.starts_at >= now - _JUST_BEGUN,
        )
    )
    return [
        Item(
            kind="workshop",
            id=row.id,
            code=title,
            wall_time=row.wall_time,
            zone=row.zone,
            starts_at=row.starts_at,
            minutes=row.minutes,
            place=Private(in_words(place)),
            with_whom=Private(partner),
            tolk=None,
            answer=None,
            status=status,
        )
        for row, status, title, place, partner in await session.execute(query)
    ]


def in_words(place: Place) -> str:
    """A building as people look for it: name, street, town."""
    return ", ".join(part for part in (place.name, place.street, place.town) if part)
