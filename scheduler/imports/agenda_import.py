"""Brings a list of appointments in: new ones are made, another time or place is a move, the rest is the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core import people as persons
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.people import Account, Person
from scheduler.imports import agenda_rows, desk
from scheduler.imports.agenda_rows import AppointmentRow
from scheduler.imports.reading import FileError, Problem, Result, counted
from scheduler.meetings import appointments

ACTION = "agenda.import"

_Key = tuple[UUID, str, date]


async def agenda(
    session: AsyncSession, now: datetime, settings: Settings, content: bytes, *, by: UUID | None, dry_run: bool = False
) -> Result:
    """Read a CSV or XLSX and write all of it, or nothing where a line is wrong. Refused where `by` may not.

    Key: klantnummer, kind and day. An appointment that was called off here stays off until the file gives it
    another time or place.
    """
    account = await desk.importer(session, by, ACTION)
    try:
        reading = agenda_rows.read(content)
    except FileError as error:
        return Result(import_id=None, problems=(error.problem,))
    known = await desk.by_klantnummer(session, (row.klantnummer for row in reading.rows))
    standing = await _standing(session, known.values())
    today = clock.wall(now, settings.timezone)
    plan, problems = _plan(reading.rows, known, standing, account, today)
    problems += [_never_comes(row) for row in reading.rows if clock.skipped(row.wall_time, settings.timezone)]
    if reading.problems or problems:
        return Result(import_id=None, problems=(*reading.problems, *problems))
    result = counted(outcome for _, _, _, outcome in plan)
    if dry_run:
        return result
    for row, person, appointment, outcome in plan:
        if outcome == "new":
            await _make(session, now, settings, row, person, by)
        elif outcome == "changed" and appointment is not None:
            await _change(session, now, settings, row, appointment, by)
    record = desk.done(content, "agenda", result, now, by)
    session.add(record)
    await session.flush()
    return replace(result, import_id=record.id)


def _plan(
    rows: Sequence[AppointmentRow],
    known: dict[bytes, Person],
    standing: dict[_Key, Appointment],
    account: Account | None,
    today: datetime,
) -> tuple[list[tuple[AppointmentRow, Person, Appointment | None, str]], list[Problem]]:
    plan = []
    problems = []
    for row in rows:
        person = known.get(persons.klantnummer_hash(row.klantnummer.reveal()))
        if person is None or not desk.may_touch(account, ACTION, person):
            mend = "Kijk het nummer na, of lees eerst de personen in."
            problems.append(
                Problem(line=row.line, field="klantnummer", what="Deze persoon kennen wij niet.", mend=mend)
            )
            continue
        appointment = standing.get((person.id, row.kind, row.wall_time.date()))
        outcome = _outcome(row, appointment)
        if outcome != "same" and row.wall_time <= today:
            mend = "Haal de rij weg, of schrijf de nieuwe dag."
            problems.append(Problem(line=row.line, field="datum", what="Deze afspraak is al geweest.", mend=mend))
        plan.append((row, person, appointment, outcome))
    return plan, problems


def _never_comes(row: AppointmentRow) -> Problem:
    what = "Deze tijd bestaat niet: in die nacht gaat de klok een uur vooruit."
    return Problem(line=row.line, field="tijd", what=what, mend="Schrijf een andere tijd.")


def _outcome(row: AppointmentRow, appointment: Appointment | None) -> str:
    if appointment is None:
        return "new"
    if _moved(row, appointment):
        return "new" if appointment.status == "cancelled" else "changed"
    details = (row.minutes, row.tolk) != (appointment.minutes, appointment.tolk)
    company = row.with_whom is not None and row.with_whom != appointment.with_whom
    return "changed" if (details or company) and appointment.status == "planned" else "same"


def _moved(row: AppointmentRow, appointment: Appointment) -> bool:
    placed = row.place is not None and row.place != appointment.place
    return row.wall_time != appointment.wall_time or placed


async def _standing(session: AsyncSession, people: Iterable[Person]) -> dict[_Key, Appointment]:
    """Each person's appointments by kind and day; of two, the one that goes on, else the last made."""
    query = select(Appointment).where(desk.among(Appointment.person_id, [person.id for person in people]))
    rows = sorted(await session.scalars(query), key=lambda row: (row.status == "planned", row.created_at))
    return {(row.person_id, row.kind, row.wall_time.date()): row for row in rows}


async def _make(
    session: AsyncSession, now: datetime, settings: Settings, row: AppointmentRow, person: Person, by: UUID | None
) -> None:
    await appointments.make(
        session,
        now,
        settings,
        person_id=person.id,
        kind=row.kind,
        wall_time=row.wall_time,
        minutes=row.minutes,
        place=row.place.reveal() if row.place else None,
        with_whom=row.with_whom.reveal() if row.with_whom else None,
        tolk=row.tolk,
        by=by,
    )


async def _change(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    row: AppointmentRow,
    standing: Appointment,
    by: UUID | None,
) -> None:
    """A move is told; length, company and interpreter are only put right."""
    if _moved(row, standing):
        place = row.place.reveal() if row.place else None
        standing = await appointments.move(
            session,
            now,
            settings,
            standing.id,
            version=standing.version,
            wall_time=row.wall_time,
            place=place,
            by=by,
        )
    standing.minutes, standing.tolk = row.minutes, row.tolk
    standing.with_whom = row.with_whom or standing.with_whom
    await session.flush()
