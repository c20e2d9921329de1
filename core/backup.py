"""Makes a backup: a consistent copy of the database in one encrypted file, while the service runs."""

import asyncio
import errno
import fcntl
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from core import crypto, pgprograms
from core.archive import CHUNK_BYTES, Sealer
from core.clock import Clock
from core.database import Database

#: A dump that waits longer than this for a table gives up: a migration runs, or somebody holds it.
LOCK_SECONDS = 60

_FACTS = text(
    "SELECT current_schema() AS schema, current_setting('server_version') AS server, pg_export_snapshot() AS snapshot,"
    " (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted,"
    " to_regclass('alembic_version') IS NOT NULL AS migrated"
)

#: It only holds the snapshot while the dump goes on, however long: a server that ends who sits idle would end that.
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = 0")

#: A program that was told to stop may take this long.
_FAREWELL_SECONDS = 5.0

#: What the audit log calls them.
MADE, RESTORED = "backup.make", "backup.restore"

Progress = Callable[[int], None]  #: bytes so far


class BackupError(Exception):
    """A backup can't be made or put back; the text is for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a backup became."""

    bytes: int
    seconds: float
    people: int


async def make(url: URL, target: Path, secret: str, progress: Progress) -> Made:
    """Write the file: whole under its name, or not at all; BackupError says why not."""
    begun = time.monotonic()
    database = Database(url, pool_size=1)
    try:
        with drafted(target) as file:
            async with _snapshot(database) as (facts, snapshot, programs):
                sealer = Sealer(file, secret, facts)
                await _dump(programs, facts["schema"], snapshot, sealer, progress)
                sealer.finish()
    except (OSError, DBAPIError) as error:
        raise BackupError(f"No backup was made: {reason(error)}.") from None
    except pgprograms.ProgramError as error:
        raise BackupError(str(error)) from None
    finally:
        await database.close()
    return Made(bytes=sealer.written, seconds=time.monotonic() - begun, people=facts["people"])


@contextmanager
def drafted(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target, that only its owner may read; it gets its name when all went well.

    A draft that a killed process left is used again. BackupError where the target exists, or is being written.
    """
    draft = target.with_name(f".{target.name}.part")
    if target.exists() or target.is_symlink():
        raise BackupError(f"{target} is there already: name a file that isn't, or move that one away.")
    number = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(number, "wb") as file:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another process is writing {target}: wait for that one.") from None
        try:
            os.fchmod(number, 0o600)
            os.ftruncate(number, 0)
            yield file
            file.flush()
            os.fsync(number)
            _name(draft, target)
        finally:
            draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """Give it its name, and keep that over a power cut; never over another file."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise BackupError(f"{target} came to be meanwhile: name another file.") from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        draft.rename(target)  # a file system without links, as a share of Windows
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@asynccontextmanager
async def _snapshot(database: Database) -> AsyncIterator[tuple[dict[str, Any], str, pgprograms.Programs]]:
    """What the file says of itself, the moment at which that and the dump look, and the programs to dump with."""
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
    async with engine.begin() as connection:
        await connection.execute(_PATIENCE)
        known = (await connection.execute(_FACTS)).one()
        if not known.migrated:
            raise BackupError("The database is empty: there is nothing to back up. See that it is the right one.")
        facts = {
            "made": Clock().real().isoformat(timespec="seconds"),
            "schema": known.schema,
            "revision": await connection.scalar(text("SELECT version_num FROM alembic_version")),
            "server": known.server,
            "people": await people(connection),
            "sealed_by": crypto.keyring().first,
            "indexed_by": indexed_by(),
        }
        yield facts, known.snapshot, pgprograms.of(database.url, encrypted=known.encrypted)


async def people(connection: AsyncConnection) -> int:
    """How many persons the database holds."""
    return int(await connection.scalar(text("SELECT count(*) FROM person")) or 0)


def indexed_by() -> str:
    """Names the key of look-ups, and tells nothing of it."""
    return crypto.index("backup", "").hex()[:16]


async def _dump(programs: pgprograms.Programs, schema: str, snapshot: str, sealer: Sealer, progress: Progress) -> None:
    # Most of it is sealed, and shrinks little however long one presses.
    options = ("--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges")
    view = (f"--schema={quoted(schema)}", f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_SECONDS}s")
    command = programs.command("pg_dump", *options, *view)
    with TemporaryFile() as said:
        async with running(command, programs, stdout=asyncio.subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None
            while content := await process.stdout.read(CHUNK_BYTES):
                sealer.write(content)
                progress(sealer.written)
            if await process.wait():
                raise BackupError(f"No backup was made: {verdict(said)}.")


def quoted(schema: str) -> str:
    """A name as a pattern that means only itself."""
    return '"' + schema.replace('"', '""') + '"'


@asynccontextmanager
async def running(
    command: list[str], programs: pgprograms.Programs, **streams: Any
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program under way; it doesn't outlive the block."""
    given = {"stdin": asyncio.subprocess.DEVNULL, **streams}
    process = await asyncio.create_subprocess_exec(*command, env=dict(programs.environment), **given)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)  # it tells the server to stop too, which else would go on
            try:
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def verdict(said: IO[bytes]) -> str:
    """What a program complained of first, without the program's name: one line, never a row's values."""
    said.seek(0)
    lines = said.read(100_000).decode(errors="replace").splitlines()
    complaints = [line for line in lines if "error:" in line or "ERROR:" in line or "FATAL:" in line]
    return (complaints or lines or ["a program ended without a word"])[0].partition(": ")[2].rstrip(".")


def reason(error: Exception) -> str:
    """An error of the system or of the database in few words."""
    told = getattr(error, "strerror", None)
    if told:
        name = getattr(error, "filename", None)
        return f"{told} ({name})" if name else str(told)
    return f"the database can't be reached ({type(getattr(error, 'orig', error)).__name__})"
