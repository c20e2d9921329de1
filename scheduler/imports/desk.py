"""Who brings a file in, whether they may, and the record that is kept of it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from core import people, permissions
from core.tables.leefgeld import SourceFile
from core.tables.people import Account, Person
from core.values import Private
from scheduler.imports.reading import Refused, Result


async def importer(session: AsyncSession, by: UUID | None, action: str) -> Account | None:
    """The account that imports; None for whoever runs the service itself. Refused where it may not."""
    if by is None:
        return None
    account = await session.get(Account, by)
    if account is None or account.disabled_at is not None or not permissions.may(account, action):
        raise Refused("Dit account mag dit bestand niet inlezen.")
    return account


def may_touch(account: Account | None, action: str, person: Person) -> bool:
    """Whether a file of this account may say something about this person."""
    return account is None or permissions.may(account, action, person)


async def by_klantnummer(session: AsyncSession, numbers: Iterable[Private]) -> dict[bytes, Person]:
    """The people of a file in one query, by the look-up value of their klantnummer."""
    wanted = {people.klantnummer_hash(number.reveal()) for number in numbers}
    query = select(Person).where(among(Person.klantnummer_hash, wanted))
    return {person.klantnummer_hash: person for person in await session.scalars(query) if person.klantnummer_hash}


def among(column: InstrumentedAttribute[Any], values: Iterable[bytes | UUID]) -> ColumnElement[bool]:
    """Whether a column is one of any number of values: one parameter, where IN ends at 32,767."""
    kind = Uuid() if isinstance(column.type, Uuid) else LargeBinary()
    return column == any_(literal(list(values), ARRAY(kind)))


def sha256(content: bytes) -> str:
    """What a file is recognised by."""
    return hashlib.sha256(content).hexdigest()


def done(content: bytes, kind: str, result: Result, now: datetime, by: UUID | None) -> SourceFile:
    """The record of a file that needed nobody's approval."""
    counts = {"new": result.new, "changed": result.changed, "same": result.same}
    return SourceFile(sha256=sha256(content), kind=kind, status="done", counts=counts, imported_by=by, imported_at=now)
