"""Puts a backup back: all of it, with everything on hold, in one transaction; or nothing."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from core import backup, crypto, migrate, pgprograms, restorescript
from core.archive import Archive, ArchiveError, Facts
from core.backup import BackupError, Progress
from core.bell import SERVICE
from core.clock import Clock
from core.database import Database
from core.tables import Base

#: A service that stopped without a word is known by its heart: it beats more often than this.
SILENT_SECONDS = 20.0

_KNOWN = text(
    "SELECT current_schema() AS schema, to_regclass('alembic_version') IS NOT NULL AS migrated,"
    " (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted"
)
_RELATIONS = text(
    "SELECT relname FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
)
_SERVICES = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
)
_LAST_BEAT = text("SELECT max(at) FROM heartbeat")

_NOWHERE = asyncio.subprocess.DEVNULL


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What a database holds before a backup comes in its place."""

    schema: str
    encrypted: bool  #: the connection to it
    migrated: bool
    people: int
    accounts: int

    @property
    def is_in_use(self) -> bool:
        """Whether something would be lost."""
        return bool(self.people or self.accounts)


def refuse_foreign(facts: Facts) -> None:
    """BackupError where what the archive holds can't live in this installation."""
    if not migrate.is_known(facts["revision"]):
        raise BackupError(
            f"This backup has schema {facts['revision']}, which this version doesn't know: restore it with the newer "
            "version of PIM Welkom that made it."
        )
    if not crypto.keyring().holds(facts["sealed_by"]):
        raise BackupError(
            "This backup was made with a key that PIM_SECRET_KEYS doesn't hold: nobody could read what is in it. Add "
            "the one of then."
        )
    if facts["indexed_by"] != backup.indexed_by():
        raise BackupError(
            "This backup was made with another PIM_INDEX_KEY: nobody in it would be found. Set the one of then."
        )


async def look(database: Database, told: Callable[[str], None], *, shared: bool) -> Holding:
    """What stands in the way; BackupError where a service runs on it or it isn't ours to replace.

    `shared`: processes on other machines may be at it; False for the embedded server that this process started.
    """
    async with database.engine.connect() as connection:
        known = (await connection.execute(_KNOWN)).one()
        if known.schema is None:
            raise BackupError("The database has no schema to restore into: create one, or look at the search_path.")
        found = set((await connection.scalars(_RELATIONS)).all())
        await _refuse_others(connection, found, migrated=known.migrated)
        if known.migrated and shared:
            await _refuse_running(connection, told)
        return Holding(
            schema=known.schema,
            encrypted=bool(known.encrypted),
            migrated=known.migrated,
            people=await backup.people(connection) if known.migrated else 0,
            accounts=await connection.scalar(text("SELECT count(*) FROM account")) or 0 if known.migrated else 0,
        )


async def _refuse_others(connection: AsyncConnection, found: set[str], *, migrated: bool) -> None:
    """Another program's tables in the same place are a mistake in the address."""
    foreign = sorted(found - ours() if migrated else found)
    if foreign:
        raise BackupError(
            f"The database holds what isn't PIM Welkom's ({', '.join(foreign[:3])}): restore into a database of its "
            "own."
        )
    if migrated:
        revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        if revision is not None and not migrate.is_known(revision):
            raise BackupError(
                f"The database has schema {revision}, which this version doesn't know: use the newer version."
            )


async def _refuse_running(connection: AsyncConnection, told: Callable[[str], None]) -> None:
    """A service is known by its connections; one that is cut off from the database for a moment, by its heart."""
    beat = await _last_beat(connection)
    age = SILENT_SECONDS if beat is None else (Clock().real() - beat).total_seconds()
    if not await _services(connection) and age < SILENT_SECONDS:
        told("The service was alive a moment ago. Waiting to see that it stopped.")
        await connection.rollback()  # now() and what we see stand still in a transaction
        await asyncio.sleep(min(SILENT_SECONDS, SILENT_SECONDS - age))
    if await _services(connection) or await _last_beat(connection) != beat:
        raise BackupError("A service runs on this database: stop it first (every `pim run`, on every machine).")


async def _services(connection: AsyncConnection) -> int:
    return int(await connection.scalar(_SERVICES, {"name": SERVICE}) or 0)


async def _last_beat(connection: AsyncConnection) -> datetime | None:
    beat: datetime | None = await connection.scalar(_LAST_BEAT)
    return beat


def ours() -> set[str]:
    """The names of our tables."""
    return {*Base.metadata.tables, "alembic_version"}


async def put_back(
    database: Database, archive: Archive, place: Holding, hold: UUID, why: str, progress: Progress
) -> None:
    """Replace what the database holds by what the archive does, under a hold of this id and reason.

    BackupError where it failed: then the database is as it was, unless only the answer was lost (`is_done`).
    """
    if archive.facts["schema"] != place.schema:
        raise BackupError(
            f"This backup is of schema {archive.facts['schema']}, the database opens in {place.schema}: make them the "
            "same."
        )
    try:
        programs = pgprograms.of(database.url, encrypted=place.encrypted)
        await _pour(programs, archive, _variables(place, hold, why), progress)
    except ArchiveError as error:
        raise BackupError(f"The file {error}. The database is as it was.") from None
    except (OSError, DBAPIError) as error:
        raise BackupError(f"Nothing was restored: {backup.reason(error)}. The database is as it was.") from None
    except pgprograms.ProgramError as error:
        raise BackupError(str(error)) from None


async def is_done(database: Database, hold: UUID) -> bool:
    """Whether the restore with this hold is in the database; waits for the last word of one that is ending."""
    async with database.engine.connect() as connection:
        if await connection.scalar(text("SELECT to_regclass('hold') IS NULL")):
            return False
        return bool(await connection.scalar(text("SELECT count(*) FROM hold WHERE id = :hold"), {"hold": hold}))


def _variables(place: Holding, hold: UUID, why: str) -> list[str]:
    given = {
        "schema": place.schema,
        "migrated": str(place.migrated).lower(),
        "ours": ",".join(sorted(ours())),
        "hold": str(hold),
        "why": why,
    }
    # terse: an error names its row, never what stands in it
    given |= {"ON_ERROR_STOP": "1", "VERBOSITY": "terse", "SHOW_CONTEXT": "never"}
    return [f"--set={name}={value}" for name, value in given.items()]


async def _pour(programs: pgprograms.Programs, archive: Archive, variables: list[str], progress: Progress) -> None:
    """The archive through pg_restore, which makes statements of it, into one transaction of psql."""
    command = programs.command("psql", "--no-psqlrc", "--quiet", "--no-password", *variables)
    reads, writes = os.pipe()
    with os.fdopen(reads, "rb") as listens, os.fdopen(writes, "wb", buffering=0) as script, TemporaryFile() as said:
        async with backup.running(command, programs, stdin=listens, stdout=_NOWHERE, stderr=said) as psql:
            listens.close()
            complaint = ""
            try:
                script.write(restorescript.BEFORE.encode())
                complaint = await _statements(programs, archive, script, progress)
                if not complaint:
                    script.write(restorescript.AFTER.encode())
            except BrokenPipeError:
                pass  # psql left, and said why
            finally:
                script.close()
            if await psql.wait() or complaint:
                said.seek(0)
                refusal = backup.verdict(said) if said.read(1) else complaint
                raise BackupError(f"Nothing was restored: {refusal}. The database is as it was.")


async def _statements(programs: pgprograms.Programs, archive: Archive, script: IO[bytes], progress: Progress) -> str:
    """The statements that make what the archive holds; a complaint, or nothing where all were written."""
    options = ("--file=-", "--no-owner", "--no-privileges", f"--schema={archive.facts['schema']}")
    command = programs.command("pg_restore", *options)
    content = archive.content()
    with TemporaryFile() as said:
        async with backup.running(
            command, programs, stdin=asyncio.subprocess.PIPE, stdout=script, stderr=said
        ) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError, ConnectionResetError):  # it left: its status says how
                for chunk in content:
                    process.stdin.write(chunk)
                    await process.stdin.drain()
                    progress(archive.place())
                process.stdin.close()
            if await process.wait():
                return backup.verdict(said)
    for _ in content:  # whatever it didn't need to read must be whole too
        pass
    return ""
