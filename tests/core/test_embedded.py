import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from core.database import Database
from core.embedded import EmbeddedError, EmbeddedPostgres
from tests.server import FAST

#: A process that starts a server on a folder, names it, and waits to be killed.
PARENT = """
import sys, time
from pathlib import Path
from core import unprivileged
from core.embedded import EmbeddedPostgres

if len(sys.argv) > 2:
    unprivileged.LAST_RESORT = Path(sys.argv[2])
server = EmbeddedPostgres.start(Path(sys.argv[1]), options={"fsync": "off"})
server.create_database("kept") if "kept" not in server.databases() else None
print(server.pid, flush=True)
sys.stdin.read()
server.stop()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give away")


@contextmanager
def folder_open_to_all() -> Iterator[Path]:
    """Every user can enter it, as pytest's own folders are not: root may have to run the server as nobody."""
    with tempfile.TemporaryDirectory(prefix="pim test ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a cluster in it and nothing running: to make one takes longer than all else here."""
    with folder_open_to_all() as folder:
        EmbeddedPostgres.start(folder / "var", options=FAST).stop()
        yield folder / "var"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with folder_open_to_all() as folder:
        yield folder


@pytest.fixture
def data_dir(made: Path, open_folder: Path) -> Iterator[Path]:
    """The made cluster under a path of this test's own."""
    here = made.rename(open_folder / "var")
    yield here
    here.rename(made)


@pytest.fixture
def place(data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The made cluster in a folder with another name."""
    here = data_dir.rename(data_dir.with_name(request.param))
    yield here
    here.rename(data_dir)


def path_where(program: str, refuses: str, folder: Path) -> str:
    """A PATH on which this program fails when this option comes first."""
    stand_in = folder / "bin" / program
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\n[ "$1" = {refuses} ] && exit 1\nexec {shutil.which(program)} "$@"\n')
    stand_in.chmod(0o755)
    return f"{stand_in.parent}:{os.environ['PATH']}"


async def ask(url: URL, *statements: str) -> object:
    """Run statements in one transaction; what the last one says."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            results = [await connection.execute(text(statement)) for statement in statements]
            return results[-1].scalar() if results[-1].returns_rows else None
    finally:
        await engine.dispose()


@contextmanager
def parent(
    data_dir: Path, *more: Path, path: str = os.environ["PATH"]
) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Another process with a server on this folder, and the server's number."""
    command = [sys.executable, "-c", PARENT, *map(os.fspath, (data_dir, *more))]
    environment = {**os.environ, "PATH": path}
    with subprocess.Popen(command, env=environment, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())


def is_gone(pid: int) -> bool:
    """Whether no such process runs; what is left for its parent to be read doesn't run."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b""
    except FileNotFoundError:
        return True


def leave(log: Path, slow: int) -> None:
    """One process after another says good-bye in the log, until the slow one may leave as well."""
    farewell = b"2026-11-27 16:02:55.461 UTC [1] FATAL:  terminating connection due to unexpected postmaster exit\n"
    with log.open("ab", buffering=0) as written:
        for _ in range(400):
            written.write(farewell)
            time.sleep(0.002)
    os.kill(slow, signal.SIGCONT)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def soon(happened: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.005)
    return happened()


async def test_what_was_written_is_there_at_the_next_start(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        url = server.create_database("agenda")
        await ask(url, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('Çay')")

    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        assert await ask(server.url("agenda"), "SELECT lower(word) FROM kept") == "çay"


def test_databases_are_made_from_a_template_and_dropped(server: EmbeddedPostgres) -> None:
    server.create_database('a "b" c')
    server.create_database("copy", template='a "b" c')
    assert {'a "b" c', "copy"} <= server.databases()

    server.drop_database("copy")
    server.drop_database('a "b" c')
    server.drop_database("was never there")
    assert not {'a "b" c', "copy"} & server.databases()


def test_a_database_that_is_there_is_not_made_again(server: EmbeddedPostgres) -> None:
    with pytest.raises(EmbeddedError, match='database "postgres" already exists'):
        server.create_database("postgres")


def test_second_start_on_a_folder_is_refused_and_names_the_first(data_dir: Path) -> None:
    named = pytest.raises(EmbeddedError, match=rf"in use by process {os.getpid()}: stop that first")
    with EmbeddedPostgres.start(data_dir, options=FAST), named:
        EmbeddedPostgres.start(data_dir)


async def test_joined_server_is_used_and_left_running(data_dir: Path) -> None:
    with parent(data_dir) as (_, pid):
        joined = EmbeddedPostgres.join(data_dir)
        assert joined is not None
        joined.stop()
        assert await ask(joined.url("postgres"), "SELECT 42") == 42
        with pytest.raises(EmbeddedError, match="Only the process that started"):
            joined.restart()
        assert not is_gone(pid)


def test_nothing_to_join_where_nothing_runs(data_dir: Path, tmp_path: Path) -> None:
    assert EmbeddedPostgres.join(data_dir) is None
    assert EmbeddedPostgres.join(tmp_path / "never made") is None


async def test_server_killed_at_once_recovers_what_was_committed(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, options={"fsync": "off"}) as server:
        url = server.create_database("crash")
        await ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert soon(lambda: server.pid is None)

        server.restart()
        assert await ask(url, "SELECT number FROM kept") == 7


async def test_open_pool_heals_after_the_server_was_killed(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        database = Database(server.url("postgres"))
        async with database.begin() as session:
            await session.execute(text("SELECT 1"))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.restart()
        async with database.begin() as session:
            assert (await session.execute(text("SELECT 1"))).scalar() == 1
        await database.close()


async def test_farewells_of_a_killed_server_do_not_end_the_wait_for_its_last_process(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        engine = create_async_engine(server.url("postgres"))
        async with engine.connect() as connection:
            slow = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            assert server.pid is not None
            os.kill(slow, signal.SIGSTOP)
            os.kill(server.pid, signal.SIGKILL)
            with ThreadPoolExecutor(1) as others:
                leaving = others.submit(leave, data_dir / "postgres/server.log", slow)
                server.restart()
            leaving.result()
            await connection.invalidate()
        assert await ask(server.url("postgres"), "SELECT 7") == 7
        await engine.dispose()


def test_no_server_outlives_a_parent_that_is_killed(data_dir: Path) -> None:
    with parent(data_dir) as (process, pid):
        process.kill()
        assert soon(partial(is_gone, pid))

    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        assert server.pid is not None


def test_server_that_outlived_its_parent_is_stopped_first(data_dir: Path, open_folder: Path) -> None:
    """As on a system without setpriv, where nobody tells the server that its parent was killed."""
    with parent(data_dir, path=path_where("setpriv", "--pdeathsig", open_folder)) as (process, left_over):
        process.kill()
        process.wait()
        assert not is_gone(left_over)

    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        assert is_gone(left_over)
        assert "postgres" in server.databases()


def test_number_of_a_dead_server_that_another_process_has_now_is_no_obstacle(data_dir: Path) -> None:
    """After a crash in a container the numbers are dealt out anew."""
    with EmbeddedPostgres.start(data_dir, options=FAST) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        dead = server.pid

    with subprocess.Popen(["sleep", "60"]) as other:
        for left in (data_dir / "postgres/data/postmaster.pid", server.sockets / ".s.PGSQL.5432.lock"):
            left.write_text(left.read_text().replace(str(dead), str(other.pid), 1))
        EmbeddedPostgres.start(data_dir, options=FAST).stop()
        other.kill()


def test_set_up_that_was_cut_off_is_done_again(open_folder: Path) -> None:
    (open_folder / "postgres").mkdir(mode=0o700)
    half = open_folder / "postgres" / "attempt-1234abcd"
    half.mkdir(mode=0o700)
    (half / "PG_VERSION").write_text("18")

    with EmbeddedPostgres.start(open_folder, options=FAST) as server:
        assert "postgres" in server.databases()
    assert not half.exists()


@pytest.mark.parametrize("place", ["plain", "with, comma: and 'quotes\"", "ድልየት", "long" * 60], indirect=True)
async def test_any_path_will_do(place: Path) -> None:
    with EmbeddedPostgres.start(place, options=FAST) as server:
        assert await ask(server.url("postgres"), "SELECT 42") == 42
        assert mode(server.sockets) == 0o700


def test_only_the_owner_can_open_what_it_writes(data_dir: Path) -> None:
    assert mode(data_dir / "postgres") == 0o700
    assert mode(data_dir / "lock") == 0o600


async def test_the_log_holds_no_values(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, options=FAST) as server, pytest.raises(DBAPIError):
        await ask(server.url("postgres"), "SELECT 'canary'::integer")
    log = (data_dir / "postgres" / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "canary" not in log


def test_start_outside_the_main_thread_is_refused(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        started = pool.submit(EmbeddedPostgres.start, tmp_path)
        with pytest.raises(EmbeddedError, match="main thread"):
            started.result()


def test_a_setting_that_postgres_refuses_is_said_in_its_words(data_dir: Path) -> None:
    with pytest.raises(EmbeddedError, match='unrecognized configuration parameter "no_such"'):
        EmbeddedPostgres.start(data_dir, options={"no_such": "1"})
    EmbeddedPostgres.start(data_dir, options=FAST).stop()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=r"can't be started: .*file"):
        EmbeddedPostgres.start(tmp_path / "file" / "var")


@as_root
@pytest.mark.parametrize("reachable", [True, False])
def test_root_without_user_namespaces_becomes_nobody(open_folder: Path, reachable: bool) -> None:
    """As in a container that refuses namespaces; what nobody can't reach stands in the last resort instead."""
    path = path_where("unshare", "--user", open_folder)
    data_dir = open_folder / "home" / "var"
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o755 if reachable else 0o700)

    for _ in range(2):
        with parent(data_dir, open_folder / "last resort", path=path) as (process, pid):
            assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
            joined = EmbeddedPostgres.join(data_dir)
            assert joined is not None
            assert "kept" in joined.databases()
            process.kill()
            assert soon(partial(is_gone, pid))
