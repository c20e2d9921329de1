"""Brings a list of people in: new, changed or the same, by klantnummer; an empty cell changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core import people as persons
from core.settings import Settings
from core.tables.people import Account, Person
from scheduler.imports import desk, people_phones, people_rows
from scheduler.imports.people_phones import Bond
from scheduler.imports.people_rows import PersonRow
from scheduler.imports.reading import FileError, Problem, Result, counted

ACTION = "people.import"


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the service knows already of whom the file names."""

    persons: Mapping[bytes, Person]  #: by klantnummer
    numbers: Mapping[bytes, Person]  #: by hhbnummer
    bonds: Mapping[UUID, list[Bond]]
    accounts: Mapping[str, Account]

    def person(self, row: PersonRow) -> Person | None:
        return self.persons.get(persons.klantnummer_hash(row.klantnummer.reveal()))


async def people(
    session: AsyncSession, now: datetime, settings: Settings, content: bytes, *, by: UUID | None, dry_run: bool = False
) -> Result:
    """Read a CSV or XLSX and write all of it, or nothing where a line is wrong. Refused where `by` may not.

    `first_sms` of the result names who chose SMS in this file: they get their first one now.
    """
    importer = await desk.importer(session, by, ACTION)
    try:
        reading = people_rows.read(content)
    except FileError as error:
        return Result(import_id=None, problems=(error.problem,))
    known = await _known(session, reading.rows)
    today = clock.wall(now, settings.timezone).date()
    problems = list(reading.problems)
    for row in reading.rows:
        problems.extend(_wrong(row, known, importer))
        if row.sms_since is not None and row.sms_since > today:
            problems.append(_problem(row, "toestemming_sms", "Deze dag is nog niet geweest.", "Schrijf de dag zelf."))
    problems.extend(_doubles(reading.rows))
    if problems:
        return Result(import_id=None, problems=tuple(sorted(problems, key=lambda problem: problem.line)))
    outcomes = [(row, _outcome(row, known, importer)) for row in reading.rows]
    result = replace(counted(outcome for _, outcome in outcomes), repairs=reading.repairs)
    if dry_run:
        return result
    first_sms = []
    for row, outcome in outcomes:
        if outcome != "same" and (person_id := await _write(session, now, settings, row, known, importer)):
            first_sms.append(person_id)
    record = desk.done(content, "people", result, now, by)
    session.add(record)
    await session.flush()
    return replace(result, import_id=record.id, first_sms=tuple(first_sms))


async def _known(session: AsyncSession, rows: Sequence[PersonRow]) -> _Known:
    standing = await desk.by_klantnummer(session, (row.klantnummer for row in rows))
    hashes = {persons.hhbnummer_hash(row.hhbnummer.reveal()) for row in rows if row.hhbnummer}
    numbered = await session.scalars(select(Person).where(desk.among(Person.hhbnummer_hash, hashes)))
    accounts = await session.scalars(
        select(Account).where(Account.email.in_(people_rows.names(rows)), Account.disabled_at.is_(None))
    )
    return _Known(
        persons=standing,
        numbers={person.hhbnummer_hash: person for person in numbered if person.hhbnummer_hash},
        bonds=await people_phones.bonds_of(session, [person.id for person in standing.values()]),
        accounts={account.email: account for account in accounts},
    )


def _wrong(row: PersonRow, known: _Known, importer: Account | None) -> list[Problem]:
    """What is wrong with a row in the light of what we know."""
    found = []
    for role, email in (("klantmanager", row.klantmanager), ("begeleider", row.begeleider)):
        account = known.accounts.get(email) if email else None
        if email and (account is None or account.role != role):
            found.append(_problem(row, role, f"Er is geen {role} met dit e-mailadres.", "Maak eerst het account."))
    person = known.person(row)
    theirs = person is not None and not desk.may_touch(importer, ACTION, person)
    given_away = (
        importer is not None and importer.role == "klantmanager" and row.klantmanager not in (None, importer.email)
    )
    if theirs or given_away:
        mend = "Vraag de regisseur om dit bestand in te lezen."
        found.append(_problem(row, "klantnummer", "Deze persoon is niet van u.", mend))
    if row.hhbnummer is not None:
        owner = known.numbers.get(persons.hhbnummer_hash(row.hhbnummer.reveal()))
        if owner is not None and owner is not person:
            found.append(_problem(row, "hhbnummer", "Dit hhbnummer is al van een ander.", "Kijk het nummer na."))
    return found


def _doubles(rows: Sequence[PersonRow]) -> list[Problem]:
    """A hhbnummer is one person's, also when it is written in another way."""
    lines: dict[bytes, int] = {}
    found = []
    for row in rows:
        if row.hhbnummer is None:
            continue
        first = lines.setdefault(persons.hhbnummer_hash(row.hhbnummer.reveal()), row.line)
        if first != row.line:
            found.append(_problem(row, "hhbnummer", f"Dit hhbnummer staat ook op rij {first}.", "Kijk het nummer na."))
    return found


def _problem(row: PersonRow, field: str, what: str, mend: str) -> Problem:
    return Problem(line=row.line, field=field, what=what, mend=mend)


def _outcome(row: PersonRow, known: _Known, importer: Account | None) -> str:
    person = known.person(row)
    if person is None:
        return "new"
    phone = people_phones.differs(row, known.bonds.get(person.id, []))
    return "changed" if phone or _changes(row, person, known) or _renamed(row, person) else "same"


def _renamed(row: PersonRow, person: Person) -> bool:
    number = row.hhbnummer is not None and persons.hhbnummer_hash(row.hhbnummer.reveal()) != person.hhbnummer_hash
    account = row.iban is not None and row.iban[0] != person.iban_hash
    return row.name != person.name or number or account


def _changes(row: PersonRow, person: Person, known: _Known) -> dict[str, Any]:
    """The plain columns that the file gives another value; what the person chose in the chat stands."""
    wanted: dict[str, Any] = {
        "doelgroep": row.doelgroep,
        "leerroute": row.leerroute,
        "bijstand_start": row.bijstand_start,
        "klantmanager_id": known.accounts[row.klantmanager].id if row.klantmanager else None,
        "begeleider_id": known.accounts[row.begeleider].id if row.begeleider else None,
    }
    changes = {name: value for name, value in wanted.items() if value is not None and value != getattr(person, name)}
    if row.language not in person.languages:
        changes["languages"] = [row.language, *person.languages]
    if row.hears is not None and row.hears != (person.sense in ("hear", "both")):
        changes["sense"] = "hear" if row.hears else "read"
    return changes


async def _write(
    session: AsyncSession, now: datetime, settings: Settings, row: PersonRow, known: _Known, importer: Account | None
) -> UUID | None:
    """Write one row; the person's id where the first SMS must go."""
    person = known.person(row)
    if person is None:
        person = await persons.add(
            session,
            now,
            name=row.name.reveal(),
            languages=(row.language,),
            klantnummer=row.klantnummer.reveal(),
            klantmanager_id=importer.id if importer is not None and importer.role == "klantmanager" else None,
        )
    elif row.name != person.name:
        await persons.rename(session, person, row.name.reveal())
    for name, value in _changes(row, person, known).items():
        setattr(person, name, value)
    if row.hhbnummer is not None:
        persons.set_hhbnummer(person, row.hhbnummer.reveal())
    if row.iban is not None:
        person.iban_hash, person.iban_last4 = row.iban
    await session.flush()
    return person.id if await people_phones.give(session, now, settings, row, person.id) else None
