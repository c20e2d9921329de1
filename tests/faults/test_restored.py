"""G13: what was put back sends nothing until a person lifts the hold; a backup and a restore are whole or not there."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select, text

from core.backup import LOCK_SECONDS
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.tables.people import Person
from core.tables.service import Heartbeat, Hold
from scheduler.queue import holds
from tests.faults.house import House
from tests.faults.processes import Process, until
from tests.faults.provider import Provider

KEY = {"PIM_BACKUP_KEY": "c0ffee00112233445566778899aabbcd"}
PASSWORD = "wachtwoord-van-de-database"

#: What a program of PostgreSQL waits for, on behalf of a backup or a restore.
_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pim backup' "
    "AND wait_event_type = 'Lock'"
)
_HELD_UP = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
_WAITS_WITH = text(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pim backup' "
    "AND wait_event_type = 'Lock'"
)
_THERE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pim backup'"
)
_SERVICE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pim service'"
)


async def done(process: Process, seconds: float = 60) -> str:
    assert await process.ended(seconds) == 0, process.said
    return process.said


async def settled_by_a_worker(house: House) -> None:
    """Everything that is due goes; then the worker stops."""
    worker = await house.start("worker")
    await until(house.settled, 30, "all went")
    worker.terminate()
    assert await worker.ended(20) == 0


async def held(house: House) -> str | None:
    why: str | None = await house.scalar(select(Hold.why).where(Hold.lifted_at.is_(None)))
    return why


def backups(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "kopie" in path.name]


def command_lines() -> str:
    """What everybody on this machine can read of every process."""
    seen = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended
            seen.append(process.read_text(errors="replace"))
    return "\n".join(seen)


class TestOurs:
    async def test_what_was_sent_since_waits_for_a_person(
        self, house: House, provider: Provider, tmp_path: Path
    ) -> None:
        file, people = tmp_path / "kopie.pim", await house.people(20)
        await house.plan(people[:10])
        await settled_by_a_worker(house)
        await house.plan(people[10:])
        assert "20 people" in await done(house.pim("backup", str(file), **KEY))
        await settled_by_a_worker(house)
        assert set((await provider.got()).values()) == {1}
        before = await provider.calls()

        assert "on hold" in await done(house.pim("restore", str(file), "--replace", **KEY))

        processes = [await house.start("worker", "timers"), await house.start("worker", "timers")]
        await asyncio.sleep(3)
        assert await provider.calls() == before
        assert await held(house) == holds.RESTORED
        assert await house.states() == {"planned": 10, "sent": 10}
        shown = await done(house.pim("notices"))
        assert "10  in all" in shown
        assert "On hold" in shown
        await done(house.pim("hold", "off"))
        await until(house.settled, 30, "all went")
        got = await provider.got()
        assert [got[house.chats[person]] for person in people] == [1] * 10 + [2] * 10
        assert all(process.alive for process in processes)
        assert await held(house) is None

    async def test_who_lifts_it_before_the_start_is_not_asked_again(
        self, house: House, provider: Provider, tmp_path: Path
    ) -> None:
        timers = await house.start("timers")
        await until(lambda: house.scalar(select(Heartbeat.at)), 30, "a sign of life")
        await done(house.pim("backup", str(tmp_path / "kopie.pim"), **KEY))
        timers.kill()
        await done(house.pim("restore", str(tmp_path / "kopie.pim"), **KEY))
        await done(house.pim("hold", "off"))
        await house.plan(await house.people(3))
        await house.start("worker", "timers")
        await until(house.settled, 30, "all went")
        assert len(await provider.got()) == 3

    async def test_nothing_is_put_back_under_a_service(self, house: House, tmp_path: Path) -> None:
        await house.people(1)
        await done(house.pim("backup", str(tmp_path / "kopie.pim"), **KEY))
        worker = await house.start("worker")
        await until(lambda: house.scalar(_SERVICE), 20, "it is connected")
        restore = house.pim("restore", str(tmp_path / "kopie.pim"), "--replace", **KEY)
        assert await restore.ended(60) == 1
        assert "A service runs on this database: stop it first" in restore.said
        assert worker.alive
        assert await held(house) is None


class TestOfOthers:
    """Somebody put a database back without us."""

    @pytest.fixture
    async def lived(self, house: House) -> House:
        """A service ran on it, and ended."""
        timers = await house.start("timers")
        await until(lambda: house.scalar(select(Heartbeat.home)), 30, "a sign of life")
        timers.terminate()
        assert await timers.ended(20) == 0
        await house.plan(await house.people(5))
        return house

    async def test_a_restart_goes_on(self, lived: House, provider: Provider) -> None:
        await lived.start("worker", "timers")
        await until(lived.settled, 30, "all went")
        assert len(await provider.got()) == 5
        assert await held(lived) is None

    async def test_a_copy_waits(self, lived: House, provider: Provider, server: EmbeddedPostgres) -> None:
        await lived.database.close()
        copied = Database(server.create_database("faults_copied", lived.database.url.database))
        here = {"PIM_DATABASE_URL": copied.url.render_as_string(hide_password=False)}
        before = await provider.calls()
        process = await lived.start("worker", "timers", **here)
        await asyncio.sleep(3)
        assert await provider.calls() == before
        async with copied.begin() as session:
            assert await session.scalar(select(Hold.why)) == holds.MOVED
        await done(lived.pim("hold", "off", **here))

        async def all_went() -> bool:
            return len(await provider.got()) == 5

        await until(all_went, 30, "all went")
        process.kill()
        await copied.close()
        server.drop_database("faults_copied")

    async def test_pg_restore_under_a_running_service_is_seen(
        self, lived: House, server: EmbeddedPostgres, tmp_path: Path
    ) -> None:
        process = await lived.start("worker", "timers")
        await until(lived.settled, 30, "all went")
        name, file = str(lived.database.url.database), str(tmp_path / "heartbeat")
        await asyncio.to_thread(server.run, "pg_dump", "--format=custom", "--table=heartbeat", f"--file={file}", name)
        await asyncio.to_thread(server.run, "pg_restore", "--clean", "--single-transaction", f"--dbname={name}", file)
        await until(lambda: held(lived), 30, "it is seen with the next heartbeat")
        assert await held(lived) == holds.MOVED
        assert process.alive


class TestKilled:
    async def test_a_backup_leaves_no_half_file_and_shows_no_password(self, house: House, tmp_path: Path) -> None:
        await house.people(3)
        file = tmp_path / "kopie.pim"
        url = make_url(house.env["PIM_DATABASE_URL"]).set(password=PASSWORD)
        env = {**KEY, "PIM_DATABASE_URL": url.render_as_string(hide_password=False)}
        async with house.database.begin() as session:
            await session.execute(text("LOCK TABLE text"))
            backup = house.pim("backup", str(file), **env)
            await until(lambda: house.scalar(_WAITS), 30, "it waits for the lock")
            seen = command_lines()
            backup.kill()
        assert "pg_dump\0--format=custom" in seen
        assert PASSWORD not in seen + backup.said
        assert not file.exists()

        assert "3 people" in await done(house.pim("backup", str(file), **env))
        assert backups(tmp_path) == ["kopie.pim"]

    async def test_a_backup_that_is_broken_off_says_so_to_who_waits(self, house: House, tmp_path: Path) -> None:
        async with house.database.begin() as session:
            await session.execute(text("LOCK TABLE text"))
            backup = house.pim("backup", str(tmp_path / "kopie.pim"), **KEY)
            await until(lambda: house.scalar(_WAITS), 30, "it waits for the lock")
            backup.interrupt()
            assert await backup.ended(LOCK_SECONDS / 2) == 1
        assert backup.said == "pim: Broken off. No backup was made.\n"
        assert backups(tmp_path) == []

    async def test_a_restore_that_is_broken_off_says_what_is_true(self, house: House, tmp_path: Path) -> None:
        await house.people(3)
        await done(house.pim("backup", str(tmp_path / "kopie.pim"), **KEY))
        for held_up, says in (
            ("LOCK TABLE person IN ACCESS SHARE MODE", "Broken off. The database is as it was."),
            ("SELECT pg_advisory_xact_lock(hashtextextended(:month, 0))", "All was restored and is on hold, but not"),
        ):
            async with house.database.begin() as session:
                month = {"month": f"audit {house.clock.real():%Y-%m}"} if ":month" in held_up else {}
                await session.execute(text(held_up), month)
                restore = house.pim("restore", str(tmp_path / "kopie.pim"), "--replace", **KEY)
                await until(lambda: house.scalar(_HELD_UP), 60, "it waits for the lock")
                restore.interrupt()
                assert await restore.ended(20) == 1
            assert f"\npim: {says}" in f"\n{restore.said}"
            assert await held(house) == (holds.RESTORED if month else None)

    @pytest.mark.parametrize(
        ("held_up", "renamed", "people", "why"),
        [
            ("question_number_seq", "ALTER SEQUENCE question_number_seq RENAME TO other_seq", 507, None),
            ("pk_workshop", "ALTER INDEX pk_workshop RENAME TO pk_other", 500, holds.RESTORED),
        ],
        ids=["in the middle", "after its last word"],
    )
    async def test_a_restore_is_done_or_not_begun(
        self, house: House, tmp_path: Path, held_up: str, renamed: str, people: int, why: str | None
    ) -> None:
        """It is held up and killed there; what it started runs to its end. Once all was said, nothing is missing."""
        await house.people(500)
        await done(house.pim("backup", str(tmp_path / "kopie.pim"), **KEY))
        await house.people(7)
        async with house.database.begin() as session:
            await session.execute(text(renamed))
        async with house.database.sessions() as session:
            # What is restored wants this name too, and waits to hear whether it is taken.
            await session.execute(text(f"CREATE TABLE {held_up} (n integer)"))
            restore = house.pim("restore", str(tmp_path / "kopie.pim"), "--replace", **KEY)
            await until(lambda: house.scalar(_WAITS), 60, "it waits")
            assert held_up in await house.scalar(_WAITS_WITH)
            await asyncio.sleep(1)  # whatever it still has to say, it says
            restore.kill()
            await session.rollback()

        async def gone() -> bool:
            return not await house.scalar(_THERE)

        await until(gone, 30, "its programs left")
        assert await house.scalar(select(func.count()).select_from(Person)) == people
        assert await held(house) == why
        again = await done(house.pim("restore", str(tmp_path / "kopie.pim"), "--replace", **KEY))
        assert "Restored, and on hold" in again
        assert await house.scalar(select(func.count()).select_from(Person)) == 500
