"""`pim backup` and `pim restore`: a copy of everything, and the way back."""

import asyncio
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from bot import installation
from core import audit, backup, migrate, restore
from core.archive import Archive, ArchiveError
from core.backup import BackupError
from core.clock import Clock
from core.database import Database
from core.ids import new_id
from core.settings import Settings, SettingsError
from scheduler.queue import holds

_AS_IT_WAS = "The database is as it was."
_SILENT_SECONDS = 10.0


def make(settings: Settings, target: Path) -> int:
    """Write a new backup, whether the service runs or not."""
    secret = _secret(settings)
    installation.install_keys(settings)
    with _not_halfway("No backup was made."), installation.server(settings) as url:
        made = asyncio.run(_make(url, target, secret))
    print(f"{target}: {_size(made.bytes)}, {_number(made.people, 'people')}, in {made.seconds:.1f} s.")
    return 0


def put_back(settings: Settings, source: Path, *, replace: bool) -> int:
    """Restore a backup, with everything on hold; what the database holds is only replaced where asked."""
    secret = _secret(settings)
    installation.install_keys(settings)
    with _not_halfway(_AS_IT_WAS), _opened(source) as file:
        archive = _whole(file, source, secret)
        restore.refuse_foreign(archive.facts)
        with installation.server(settings, alone=True) as url:
            asyncio.run(_put_back(settings, url, archive, source, replace=replace))
    return 0


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    try:
        file = source.open("rb")
    except OSError as error:
        raise BackupError(f"{source} can't be read: {error.strerror}.") from None
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BackupError(f"{source} is no file on a disk: it is read twice, so copy it to one first.")
        yield file


def _whole(file: BinaryIO, source: Path, secret: str) -> Archive:
    """The archive, read to its end before anything is touched."""
    size = os.fstat(file.fileno()).st_size
    try:
        archive = Archive.open(file, secret)
        with _progress("Looked at", size) as progress:
            for _ in archive.content():
                progress(archive.place())
    except ArchiveError as error:
        raise BackupError(f"{source} {error}. {_AS_IT_WAS}") from None
    except OSError as error:
        raise BackupError(f"{source} can't be read: {error.strerror}.") from None
    facts = archive.facts
    print(f"The backup of {facts['made']} is whole: {_size(size)}, {_number(facts['people'], 'people')}.")
    return archive


def _secret(settings: Settings) -> str:
    """The key of backups; SettingsError where it can't protect them."""
    mend = "make one with: openssl rand -hex 32, and keep it where neither this machine nor the backups are"
    if not settings.backup_key:
        raise SettingsError(f"PIM_BACKUP_KEY is missing: {mend}.")
    if settings.backup_key in (*settings.secret_keys, settings.index_key):
        raise SettingsError(f"PIM_BACKUP_KEY must differ from PIM_SECRET_KEYS and PIM_INDEX_KEY: {mend}.")
    return settings.backup_key


@contextmanager
def _not_halfway(sentence: str) -> Iterator[None]:
    """Who breaks it off hears how things stand, and a script sees that it isn't done."""
    try:
        yield
    except KeyboardInterrupt:
        raise BackupError(f"Broken off. {sentence}") from None


async def _make(url: URL, target: Path, secret: str) -> backup.Made:
    database = Database(url)
    try:
        await installation.reach(database)
        with _progress("Copied") as progress:
            made = await backup.make(url, target, secret, progress)
        try:
            if await migrate.is_current(database.engine):
                await _note(database, backup.MADE)
        except (DBAPIError, OSError) as error:
            raise BackupError(f"{target} is whole, but the audit log doesn't know: {backup.reason(error)}.") from None
    finally:
        await database.close()
    return made


async def _note(database: Database, action: str) -> None:
    """On record without an actor: who may run commands isn't known to us."""
    async with database.begin() as session:
        await audit.record(session, Clock().real(), actor_id=None, action=action, object_kind="service", object_id=None)


async def _put_back(settings: Settings, url: URL, archive: Archive, source: Path, *, replace: bool) -> None:
    database = Database(url)
    try:
        await installation.reach(database)
        place = await _place(database, shared=bool(settings.database_url))
        if place.is_in_use and not replace:
            raise BackupError(
                f"The database holds {_number(place.people, 'people')} and {_number(place.accounts, 'accounts')}. To "
                "replace them by this backup, add --replace; a copy of them is made first."
            )
        if place.is_in_use:
            await _keep_a_way_back(database, source, settings.backup_key)
        await _replace(database, archive, place)
    finally:
        await database.close()
    print("Restored, and on hold: nothing is sent.")
    print("See what would go: pim notices --due TIME. Let it go: pim hold off, or the console's first page.")


async def _replace(database: Database, archive: Archive, place: restore.Holding) -> None:
    """Whatever breaks it off, who asked for it hears whether it is done."""
    hold = new_id()
    try:
        with _progress("Restored") as progress:
            await restore.put_back(database, archive, place, hold, holds.RESTORED, progress)
        await _bring_up_to_date(database)
    except (asyncio.CancelledError, BackupError, DBAPIError, OSError):
        if not await _is_done(database, hold):
            raise
        raise BackupError("All was restored and is on hold, but not brought up to date: run pim migrate.") from None


async def _is_done(database: Database, hold: UUID) -> bool:
    try:
        return await restore.is_done(database, hold)
    except (DBAPIError, OSError) as error:
        raise BackupError(
            f"It isn't known whether all was restored, or nothing: {backup.reason(error)}. See with pim check."
        ) from None


async def _place(database: Database, *, shared: bool) -> restore.Holding:
    try:
        return await restore.look(database, print, shared=shared)
    except DBAPIError as error:
        raise BackupError(f"The database can't be looked at: {backup.reason(error)}.") from None


async def _keep_a_way_back(database: Database, source: Path, secret: str) -> None:
    """What is replaced is a backup like any other: encrypted, and gone with the others."""
    kept = source.with_name(f"{source.stem}-replaced-{Clock().real():%Y%m%dT%H%M%SZ}{source.suffix}")
    with _progress("Copied") as progress:
        made = await backup.make(database.url, kept, secret, progress)
    print(f"What the database held is in {kept} ({_size(made.bytes)}).")


async def _bring_up_to_date(database: Database) -> None:
    """What an older backup lacks; the hold is on already, so a crash in here starts nothing."""
    await migrate.upgrade(database.engine)
    async with database.at_once() as connection:
        await connection.execute(text("ANALYZE"))
    await _note(database, backup.RESTORED)


@contextmanager
def _progress(does: str, whole: int | None = None) -> Iterator[Callable[[int], None]]:
    """Tells on stderr how far long work is: on a terminal always in one place, else a line every ten seconds."""
    on_terminal = sys.stderr.isatty()
    said = time.monotonic()

    def tell(done: int) -> None:
        nonlocal said
        if time.monotonic() - said < (0.2 if on_terminal else _SILENT_SECONDS):
            return
        said = time.monotonic()
        share = f" of {_size(whole)}" if whole else ""
        print(f"{does} {_size(done)}{share}", file=sys.stderr, end="\r" if on_terminal else "\n", flush=True)

    yield tell
    if on_terminal:
        print(" " * 50, file=sys.stderr, end="\r", flush=True)


def _number(count: int, of: str) -> str:
    one = {"people": "person", "accounts": "account"}[of]
    return f"{count or 'no'} {one if count == 1 else of}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
