"""An embedded PostgreSQL 18: a wheel's programs on a folder of ours, behind a socket only its owner can open."""

import fcntl
import os
import socket
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from core import pgprograms, unprivileged
from core.postmaster import PORT, USER, EmbeddedError, Postmaster, environment, read_status

__all__ = ["EmbeddedError", "EmbeddedPostgres"]

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An error reaches the program that made it; the server's log never holds a statement or a value.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


class EmbeddedPostgres:
    """A running server: our own child (start), or that of another process on the same folder (join)."""

    def __init__(self, sockets: Path, postmaster: Postmaster | None = None, lock: int | None = None) -> None:
        """For `start` and `join`: a joined server has no postmaster and no lock."""
        #: the folder of the socket: what pg_dump and psql take as --host
        self.sockets = sockets
        self._postmaster = postmaster
        self._lock = lock

    @classmethod
    def start(cls, data_dir: Path, *, options: Mapping[str, str] = {}) -> Self:
        """Start the server of this folder, made first if need be; options are settings of PostgreSQL.

        Only from the main thread: the kernel stops the server when the thread that started it ends.
        """
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedError("The embedded database can only be started from the main thread.")
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            lock = _hold(data_dir)
            try:
                footing = unprivileged.prepare(data_dir.absolute() / "postgres", _installation())
                postmaster = Postmaster(footing, {**SETTINGS, **options})
                postmaster.start()
            except BaseException:
                os.close(lock)
                raise
        except OSError as error:
            reason = f"{error.strerror} ({error.filename})" if error.strerror else error
            raise EmbeddedError(f"The embedded database can't be started: {reason}.") from error
        return cls(postmaster.sockets, postmaster, lock)

    @classmethod
    def join(cls, data_dir: Path) -> Self | None:
        """The server that another process runs on this folder, or None; to stop it is left to that process."""
        try:
            status = read_status(data_dir.absolute() / "postgres" / "data")
        except PermissionError as error:
            raise EmbeddedError(f"The database in {data_dir} belongs to another user.") from error
        if status is None or not status.ready or not _answers(status.sockets):
            return None
        return cls(status.sockets)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Our server's process; None when it died, was stopped, or is joined."""
        return self._postmaster.pid if self._postmaster is not None else None

    def url(self, database: str) -> URL:
        """Where asyncpg finds a database of this server."""
        where = {"host": os.fspath(self.sockets), "port": str(PORT)}
        return URL.create("postgresql+asyncpg", username=USER, database=database, query=where)

    def run(self, program: str, *arguments: str) -> str:
        """What one of PostgreSQL's own programs (psql, pg_dump) prints about this server; EmbeddedError if it fails."""
        where = ("--host", os.fspath(self.sockets), "--port", str(PORT), "--username", USER, "--no-password")
        command = [os.fspath(_installation() / "bin" / program), *where, *arguments]
        done = subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise EmbeddedError(f"The embedded database refused: {done.stderr.strip()}")
        return done.stdout

    def databases(self) -> set[str]:
        """The names of all databases, PostgreSQL's own included."""
        names = "SELECT datname FROM pg_database"
        return set(self.run("psql", "--no-psqlrc", "-At", "-c", names, "postgres").splitlines())

    def create_database(self, name: str, template: str | None = None) -> URL:
        """Make a database, empty or a copy of a template that nobody is connected to; gives its url."""
        # Copying the files takes 15-80 ms; the default, through the log, several times that.
        self.run("createdb", "--strategy=file_copy", f"--template={template or 'template0'}", "--", name)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there, and whoever is connected to it."""
        self.run("dropdb", "--if-exists", "--force", "--", name)

    def restart(self) -> None:
        """Start our server anew, also after it died; a pool with pool_pre_ping heals by itself."""
        if self._postmaster is None or self._lock is None:
            raise EmbeddedError("Only the process that started the embedded database can restart it.")
        self._postmaster.stop()
        self._postmaster.start()

    def stop(self) -> None:
        """Stop our server and free its folder; a joined one runs on. Once stopped, nothing more to do."""
        if self._postmaster is not None and self._lock is not None:
            self._postmaster.stop()
            os.close(self._lock)
            self._lock = None


def _hold(data_dir: Path) -> int:
    """The folder's lock, ours until closed or until we end; our number is in it for who comes second."""
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(lock, 20, 0).decode(errors="replace").strip() or "that is just starting"
        os.close(lock)
        raise EmbeddedError(
            f"The database in {data_dir} is in use by process {pid}: stop that first, or name another folder."
        ) from None
    os.truncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _installation() -> Path:
    found = pgprograms.installation()
    if found is None:
        raise EmbeddedError("The embedded database isn't installed here: run make setup, or set PIM_DATABASE_URL.")
    return found


def _answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True
