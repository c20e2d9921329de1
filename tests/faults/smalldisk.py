"""A PostgreSQL on a disk of its own that can be filled and emptied, in a mount namespace that needs no rights.

python -m tests.faults.smalldisk FOLDER     says the folder of its sockets; then a line `full` or `free` on the
standard input, answered with the same word; serves until its input closes. A server that dies is started again.
"""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from core.embedded import EmbeddedError, EmbeddedPostgres
from core.postmaster import PORT, USER
from tests.faults.processes import ROOT

SIZE = "160m"

#: Each in turn: as any user, then as root where user namespaces are switched off.
WORLDS = (("unshare", "--user", "--map-root-user", "--mount", "--"), ("unshare", "--mount", "--"))

#: As `QUICK` of the conftest; and the log's files are as small as they get.
OPTIONS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "min_wal_size": "32MB"}


class SmallDisk:
    """That server, as a test sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.sockets = self._heard()

    def url(self, database: str) -> URL:
        """Where asyncpg finds a database of it."""
        where = {"host": self.sockets, "port": str(PORT)}
        return URL.create("postgresql+asyncpg", username=USER, database=database, query=where)

    def fill(self) -> None:
        """Not a byte is left."""
        self._ask("full")

    def free(self) -> None:
        """There is room again."""
        self._ask("free")

    def _ask(self, word: str) -> None:
        assert self._process.stdin is not None
        print(word, file=self._process.stdin, flush=True)
        assert self._heard() == word

    def _heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def world() -> tuple[str, ...] | None:
    """What begins a command in a world with mounts of its own; None where this machine allows none."""
    for prefix in WORLDS:
        with suppress(OSError):
            try_out = [*prefix, "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
            if subprocess.run(try_out, capture_output=True).returncode == 0:
                return prefix
    return None


@contextmanager
def running(prefix: tuple[str, ...], folder: Path) -> Iterator[SmallDisk]:
    """The server, with an empty database `pim`, as long as the block lasts."""
    command = [*prefix, sys.executable, "-m", "tests.faults.smalldisk", os.fspath(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        try:
            yield SmallDisk(process)
        finally:
            process.stdin.close()


def _serve(folder: Path) -> None:
    with EmbeddedPostgres.start(folder, options=OPTIONS) as server:
        server.create_database("pim")
    data = folder / "postgres" / "data"
    kept = data.rename(folder / "postgres" / "kept")
    data.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "none", data], check=True)
    subprocess.run(["cp", "-a", f"{kept}/.", data], check=True)
    with EmbeddedPostgres.start(folder, options=OPTIONS) as server:
        print(server.sockets, flush=True)
        while True:
            ready, _, _ = select.select([sys.stdin], [], [], 0.2)
            if ready:
                word = sys.stdin.readline().strip()
                if not word:
                    return
                _obey(word, data / "ballast")
                print(word, flush=True)
            if server.pid is None:
                with suppress(EmbeddedError):
                    server.restart()


def _obey(word: str, ballast: Path) -> None:
    if word == "free":
        ballast.unlink(missing_ok=True)
        return
    for size in (1 << 20, 1 << 12):
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(size))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
