"""Keeps one PostgreSQL server process on one folder: made whole, started, found again after a crash, stopped."""

import functools
import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.unprivileged import Footing

USER = "pim"
PORT = 5432  #: only part of the socket's name; nothing listens on the network
LONGEST_SOCKET = 107  #: bytes of a socket's path that the kernel takes
START_SECONDS = 120.0  #: recovery after a crash is part of a start
ORPHANS_SECONDS = 30.0  #: for the last processes of a killed server to notice and leave
STILL_HELD = "shared memory block"  #: what a server says that finds them still there
FAREWELL = "unexpected postmaster exit"  #: what they say when they leave
LOG_BYTES = 1_000_000  #: a longer log is put aside at the next start
#: Break off transactions; then processes; then leave it to the recovery of the next start. With seconds to wait.
STOP = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


class EmbeddedError(Exception):
    """The embedded database can't be started or used; the text is for whoever started it."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a server says of itself in postmaster.pid."""

    pid: int
    sockets: Path
    ready: bool


def read_status(data: Path) -> Status | None:
    """What the server of this cluster last said, which may be long ago; None when it left as it should."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Status(pid=int(lines[0]), sockets=Path(lines[4]), ready=lines[7].strip() == "ready")
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: English words, and none of the caller's PG variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


class Postmaster:
    """The server of one folder, as our own child; whoever uses this holds the folder's lock."""

    def __init__(self, footing: Footing, settings: Mapping[str, str]) -> None:
        self.sockets = _socket_folder(footing.folder)
        self._footing = footing
        self._data = footing.folder / "data"
        self._log = footing.folder / "server.log"
        self._log_start = 0
        # The setting is a list; in double quotes a path with spaces is one entry.
        quoted = '"' + os.fspath(self.sockets).replace('"', '""') + '"'
        self._settings = {**settings, "unix_socket_directories": quoted, "port": str(PORT)}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, None when it isn't running."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Return when the server takes connections; EmbeddedError with its own last words when it won't."""
        self._end_left_over()
        self._open_socket_folder()
        if not self._data.exists():
            self._make_data()
        deadline = time.monotonic() + ORPHANS_SECONDS
        while not self._try_start():
            words = self._said()
            if STILL_HELD not in words or time.monotonic() > deadline:
                raise EmbeddedError(f"The embedded database doesn't start: {_verdict(words)} (more in {self._log}).")
            time.sleep(0.1)

    def stop(self) -> None:
        """Return when the server is gone; nothing to do when it already is."""
        if self._child is None:
            return
        for sign, seconds in STOP:
            self._child.send_signal(sign)
            try:
                self._child.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self._child = None
        if self.sockets.parent != self._footing.folder:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _make_data(self) -> None:
        """Make the cluster under a new name, then give it its own: killed at any moment, nothing is half made."""
        for left in self._footing.folder.glob("attempt-*"):
            shutil.rmtree(left, ignore_errors=True)
        attempt = self._footing.folder / f"attempt-{secrets.token_hex(4)}"
        rules = [f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        # PostgreSQL's own rules for letters: the same on every system and after every upgrade of it.
        rules += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._settings.get("fsync") == "off":
            rules.append("--no-sync")
        command = self._command("initdb", "-D", os.fspath(attempt), *rules)
        done = subprocess.run(
            command, env=environment(), cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise EmbeddedError(f"The embedded database can't be made: {_verdict(done.stderr)}.")
        attempt.rename(self._data)

    def _try_start(self) -> bool:
        """True when the server is ready, False when it left instead."""
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_name("server.log.1"))
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", os.fspath(self._data), *settings)
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            # In a group of its own, for Ctrl-C is meant for us: we finish our work, then stop the server.
            self._child = subprocess.Popen(
                command, env=environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
            )
        deadline = time.monotonic() + START_SECONDS
        while self._child.poll() is None:
            status = read_status(self._data)
            if status is not None and status.pid == self._child.pid and status.ready:
                return True
            if time.monotonic() > deadline:
                self.stop()
                break
            time.sleep(0.005)
        return False

    def _command(self, program: str, *arguments: str) -> list[str]:
        """A command without root's rights that ends when we do, in this order: a change of rights forgets the end."""
        path = os.fspath(self._footing.programs / "bin" / program)
        return [*self._footing.prefix, *_ending_with_us(), path, *arguments]

    def _said(self) -> str:
        """What came into the log since this start: its own words, and farewells of a killed server's processes."""
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _open_socket_folder(self) -> None:
        owner = self._footing.folder.stat()
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid not in (owner.st_uid, os.geteuid()):
            raise EmbeddedError(
                f"{self.sockets} is in use by somebody else: remove it, or set TMPDIR to another folder."
            )
        if found.st_uid != owner.st_uid:
            os.chown(self.sockets, owner.st_uid, owner.st_gid)

    def _end_left_over(self) -> None:
        """Stop a server that outlived its parent, and forget one whose number another process has now."""
        status = read_status(self._data)
        if status is None:
            return
        for sign, seconds in STOP:
            if not _is_server(status.pid, self._data):
                break
            os.kill(status.pid, sign)
            deadline = time.monotonic() + seconds
            while _is_server(status.pid, self._data) and time.monotonic() < deadline:
                time.sleep(0.01)
        # PostgreSQL takes these for a running server when its number is alive, whoever has it now. That no
        # process of the old server is left, it also knows from its shared memory.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _socket_folder(folder: Path) -> Path:
    """Beside the data if the kernel takes so long a path (and SQLAlchemy its signs), else in the temporary folder."""
    beside = folder / "socket"
    name = os.fsencode(beside / f".s.PGSQL.{PORT}")
    if len(name) <= LONGEST_SOCKET and b"," not in name:
        return beside
    return Path(tempfile.gettempdir()) / f"pim-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


@functools.cache
def _ending_with_us() -> tuple[str, ...]:
    """Before a command: the kernel sends it SIGINT when the thread that started it ends, kill -9 included (Linux)."""
    prefix = ("setpriv", "--pdeathsig", "INT", "--")
    try:
        works = subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    except OSError:
        works = False
    return prefix if works else ()


def _is_server(pid: int, data: Path) -> bool:
    """Whether this process is the server of this cluster, for the numbers of processes come back."""
    try:
        if Path("/proc/self/cwd").exists():
            return Path(f"/proc/{pid}/cwd").samefile(data)
        command = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True).stdout
        return os.fsencode(data) in command
    except OSError:
        return False


def _verdict(words: str) -> str:
    """The line of a program's output that says why it gave up."""
    lines = [line.strip() for line in words.splitlines() if line.strip() and FAREWELL not in line]
    fatal = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (fatal or lines or ["it gave no reason"])[-1].rstrip(".")
