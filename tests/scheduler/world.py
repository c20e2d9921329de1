"""Made-up people, appointments and workshops, and what stands in the queue for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import accounts, clock, people
from core.settings import Settings, load
from core.tables.agenda import Appointment, Partner, Place, Session, Workshop
from core.tables.notices import Notice
from core.tables.people import Account, Person
from core.tables.work import Task
from scheduler.meetings import appointments, week, workshops
from scheduler.queue import notices
from scheduler.rules import House

ZONE = "Europe/Amsterdam"


def at(text: str) -> datetime:
    """A wall time in Amsterdam as a moment: `at("2027-01-12 10:00")`."""
    return clock.instant(datetime.fromisoformat(text), ZONE)


NOW = at("2026-12-21 11:00")  # a Monday


def settings(**values: Any) -> Settings:
    """The settings of an installation where nothing was set."""
    return load(_env_file=None, **values)


HOUSE = settings()


async def staff(session: AsyncSession, role: str = "klantmanager", email: str = "karin@voorbeeld.nl") -> Account:
    """An account of somebody who works with people."""
    return await accounts.add(session, NOW, email=email, name="Karin", role=role)


async def person(session: AsyncSession, **values: Any) -> Person:
    """An inburgeraar who speaks Tigrinya."""
    return await people.add(session, NOW, **{"name": "Voorbeeld", "languages": ["ti"], **values})


async def appointment(
    session: AsyncSession, of: Person, start: str = "2027-01-12 10:00", *, now: datetime = NOW, **values: Any
) -> Appointment:
    """An appointment made now."""
    given = {
        "kind": "voortgangsgesprek",
        "wall_time": datetime.fromisoformat(start),
        "minutes": 45,
        "place": "Voorbeeldplein 1, Veghel",
        "with_whom": "Karin",
        "tolk": None,
        "by": None,
    }
    return await appointments.make(session, now, HOUSE, person_id=of.id, **{**given, **values})


async def workshop(session: AsyncSession, title: str = "Werken in Nederland", **values: Any) -> Workshop:
    """A workshop of a partner with that title."""
    partner = Partner(name=f"Partner van {title}")
    session.add(partner)
    await session.flush()
    given = {"summary": "Hoe vindt u werk?", "leefgebied": "werkervaring", "minutes": 180, "counts_for": "map"}
    row = Workshop(title=title, partner_id=partner.id, **{"open_activity": False, **given, **values})
    session.add(row)
    await session.flush()
    return row


async def place(session: AsyncSession, name: str = "Voorbeeldhuis") -> Place:
    """A building in Schijndel."""
    row = Place(name=name, street="Voorbeeldstraat 1", town="Schijndel")
    session.add(row)
    await session.flush()
    return row


async def day(session: AsyncSession, start: str = "2027-02-03 13:00", *, capacity: int = 2, **values: Any) -> Session:
    """A day of a workshop."""
    workshop_id = values.pop("workshop_id", None) or (await workshop(session)).id
    place_id = values.pop("place_id", None) or (await place(session)).id
    wall_time = datetime.fromisoformat(start)
    return await workshops.schedule(
        *(session, NOW, HOUSE),
        workshop_id=workshop_id,
        place_id=place_id,
        wall_time=wall_time,
        capacity=capacity,
        **values,
    )


async def waiting(session: AsyncSession, source_id: UUID, of: Person | None = None) -> list[str]:
    """What stands in the queue about a source, as a person's clock shows it, in order."""
    query = select(Notice).where(Notice.source_id == source_id, Notice.state == "planned").order_by(Notice.due)
    if of is not None:
        query = query.where(Notice.person_id == of.id)
    rows = (await session.scalars(query.execution_options(populate_existing=True))).all()
    return [f"{row.step} {clock.wall(row.due, ZONE):%m-%d %H:%M}" for row in rows]


async def said(session: AsyncSession, source_id: UUID, step: str) -> dict[str, Any]:
    """Unit (None: the step's own) and values of a step that waits."""
    query = select(Notice).where(Notice.source_id == source_id, Notice.step == step, Notice.state == "planned")
    row = (await session.scalars(query.execution_options(populate_existing=True))).one()
    variables: dict[str, Any] = row.variables or {}
    return {"unit": variables["unit"], **notices.decode(variables["values"])}


async def send(session: AsyncSession, source_id: UUID, until: datetime) -> int:
    """Let what is due until then have gone, each at its own moment."""
    gone = await session.execute(
        update(Notice)
        .where(Notice.source_id == source_id, Notice.state == "planned", Notice.due <= until)
        .values(state="sent", sent_at=Notice.due)
        .returning(Notice.id)
    )
    return len(gone.all())


async def overview_went(session: AsyncSession, of: Person, moment: datetime) -> None:
    """Let this week's overviews have gone."""
    await week.plan_week(session, moment, HOUSE)
    await send(session, week.overview_id(of.id, moment, House.of(HOUSE)), moment)


async def told(session: AsyncSession, **values: Any) -> Appointment:
    """An appointment whose announcement went at 11:02."""
    row = await appointment(session, await person(session), **values)
    await send(session, row.id, at("2026-12-21 11:02"))
    return row


async def open_tasks(session: AsyncSession) -> list[Task]:
    query = select(Task).where(Task.closed_at.is_(None)).execution_options(populate_existing=True)
    return list((await session.scalars(query)).all())
