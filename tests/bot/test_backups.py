import os
import re
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from sqlalchemy import URL, func, select, text

from core import addresses, backup, migrate
from core.archive import Archive
from core.bell import SERVICE
from core.clock import Clock
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.tables.audit import AuditEntry
from core.tables.notices import Notice
from core.tables.people import Account, Address, Consent, Person, PersonAddress
from core.tables.service import Heartbeat, Hold, StaffSession
from core.values import Handle
from scheduler import heartbeat
from scheduler.queue import holds
from tests.bot.prompt import INDEX, SECRET, Done, Prompt
from tests.scheduler import world

pytestmark = pytest.mark.usefixtures("installation_keys")

BACKUP, OTHER = "c0ffee00112233445566778899aabbcd", "dec0de00112233445566778899aabbcd"
AS_IT_WAS = "The database is as it was."


class Desk:
    """A command line on one database, with a folder for backups."""

    def __init__(self, prompt: Prompt, database: Database, folder: Path) -> None:
        self.prompt, self.database, self.folder = prompt, database, folder
        self.file = folder / "kopie.pim"

    def pim(self, *arguments: str, **env: str) -> Done:
        given = {
            "PATH": os.environ["PATH"],
            "PIM_DATABASE_URL": self.database.url.render_as_string(hide_password=False),
            "PIM_SECRET_KEYS": SECRET,
            "PIM_INDEX_KEY": INDEX,
            "PIM_BACKUP_KEY": BACKUP,
            "PIM_DATA_DIR": str(self.folder / "var"),
            **env,
        }
        done = self.prompt.pim(arguments, given)
        assert "Traceback" not in done.err
        assert not any(key in done.out + done.err for key in (SECRET, INDEX, BACKUP))
        return done

    def backup(self) -> bytes:
        done = self.pim("backup", str(self.file))
        assert (done.status, done.err) == (0, "")
        return self.file.read_bytes()

    def restore(self, *more: str, **env: str) -> Done:
        return self.pim("restore", str(self.file), *more, **env)

    async def person(self, klantnummer: str) -> Person:
        async with self.database.begin() as session:
            return await world.person(session, klantnummer=klantnummer)

    async def on_telegram(self, klantnummer: str, chat: str) -> PersonAddress:
        """A person who chose this chat."""
        person, now = await self.person(klantnummer), Clock().now()
        async with self.database.begin() as session:
            handle = Handle(chat)
            hashed = addresses.handle_hash("telegram", handle)
            address = Address(channel="telegram", handle=handle, handle_hash=hashed, created_at=now)
            session.add(address)
            await session.flush()
            bond = PersonAddress(person_id=person.id, address_id=address.id, verified_at=now, chosen_at=now)
            session.add(bond)
        return bond

    async def who(self) -> set[str]:
        async with self.database.begin() as session:
            people = await session.scalars(select(Person))
            return {person.klantnummer.reveal() for person in people if person.klantnummer}

    async def ask(self, query: Any) -> Any:
        async with self.database.begin() as session:
            return await session.scalar(query)

    async def run(self, *statements: str) -> None:
        async with self.database.begin() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def downgrade(self, revision: str) -> None:
        """Give the database the schema of an older version."""
        async with self.database.engine.begin() as connection:
            await connection.run_sync(lambda sync: command.downgrade(migrate.config(sync), revision))

    async def held(self) -> str | None:
        """Why everything is on hold."""
        why: str | None = await self.ask(select(Hold.why).where(Hold.lifted_at.is_(None)))
        return why


@pytest.fixture
def desk(prompt: Prompt, fresh_database: Database, tmp_path: Path) -> Desk:
    return Desk(prompt, fresh_database, tmp_path)


@pytest.fixture
async def elsewhere(desk: Desk, server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    """Another installation's place: an empty database, and the same backups."""
    name = f"elsewhere_{uuid4().hex}"
    database = Database(server.create_database(name))
    yield Desk(desk.prompt, database, desk.folder)
    await database.close()
    server.drop_database(name)


async def empty(url: URL) -> bool:
    database = Database(url, pool_size=1)
    async with database.begin() as session:
        count = await session.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    await database.close()
    return not count


class TestBackup:
    async def test_is_one_closed_file_that_says_how_large_it_is(self, desk: Desk) -> None:
        await desk.person("V-1")
        await desk.person("V-2")
        done = desk.pim("backup", str(desk.file))
        assert (done.status, done.err) == (0, "")
        assert re.fullmatch(rf"{desk.file}: 0\.1 MB, 2 people, in \d+\.\d s\.\n", done.out)
        assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600
        assert list(desk.folder.iterdir()) == [desk.file]
        with desk.file.open("rb") as file:
            content = b"".join(Archive.open(file, BACKUP).content())
        assert content.startswith(b"PGDMP")
        assert b"PGDMP" not in desk.file.read_bytes()

    async def test_stands_in_the_audit_log_and_in_pim_check(self, desk: Desk) -> None:
        desk.backup()
        assert await desk.ask(select(AuditEntry.action)) == "backup.make"
        assert re.search(r"^ok     backup       the last was made \d{4}-\d\d-\d\d", desk.pim("check").out, re.MULTILINE)

    def test_never_goes_over_a_file(self, desk: Desk) -> None:
        desk.file.write_text("ook belangrijk")
        assert desk.pim("backup", str(desk.file)).refusal.startswith(f"{desk.file} is there already: name a file")
        assert desk.file.read_text() == "ook belangrijk"

    def test_never_goes_through_a_link(self, desk: Desk) -> None:
        desk.file.symlink_to(desk.folder / "elders")
        assert "is there already" in desk.pim("backup", str(desk.file)).refusal
        desk.file.unlink()
        (desk.folder / ".kopie.pim.part").symlink_to(desk.folder / "elders")
        assert desk.pim("backup", str(desk.file)).refusal.startswith("No backup was made: ")
        assert not (desk.folder / "elders").exists()

    def test_two_at_once_do_not_write_one_file(self, desk: Desk) -> None:
        with backup.drafted(desk.file):
            assert "Another process is writing" in desk.pim("backup", str(desk.file)).refusal
        assert desk.file.read_bytes() == b""

    def test_takes_over_what_a_killed_one_left(self, desk: Desk) -> None:
        left = desk.folder / ".kopie.pim.part"
        left.write_bytes(b"x" * 5_000_000)
        left.chmod(0o644)
        assert len(desk.backup()) < 1_000_000
        assert (stat.S_IMODE(desk.file.stat().st_mode), left.exists()) == (0o600, False)

    @pytest.mark.parametrize(
        ("key", "says"),
        [
            ("", "PIM_BACKUP_KEY is missing: make one with: openssl rand -hex 32"),
            ("kort", "PIM_BACKUP_KEY is shorter than 32 characters; make one with: openssl rand -hex 32."),
            ("a" * 40, "PIM_BACKUP_KEY is easy to guess; make one with: openssl rand -hex 32."),
            (SECRET, "PIM_BACKUP_KEY must differ from PIM_SECRET_KEYS and PIM_INDEX_KEY"),
            (INDEX, "PIM_BACKUP_KEY must differ from PIM_SECRET_KEYS and PIM_INDEX_KEY"),
        ],
        ids=["none", "short", "weak", "the secret", "the index"],
    )
    def test_wants_a_key_of_its_own(self, desk: Desk, key: str, says: str) -> None:
        done = desk.prompt.pim(
            ["backup", str(desk.file)],
            {
                "PIM_DATABASE_URL": str(desk.database.url),
                "PIM_SECRET_KEYS": SECRET,
                "PIM_INDEX_KEY": INDEX,
                "PIM_BACKUP_KEY": key,
            },
        )
        assert done.refusal.startswith(says)
        assert not desk.file.exists()

    async def test_goes_on_where_the_server_ends_who_sits_idle(self, desk: Desk) -> None:
        await desk.run(f"ALTER DATABASE {desk.database.url.database} SET idle_in_transaction_session_timeout = '30ms'")
        desk.backup()

    def test_of_an_empty_database_is_a_mistake(self, elsewhere: Desk) -> None:
        assert elsewhere.pim("backup", str(elsewhere.file)).refusal.startswith("The database is empty")
        assert list(elsewhere.folder.iterdir()) == []

    def test_says_where_it_cannot_write(self, desk: Desk) -> None:
        done = desk.pim("backup", str(desk.folder / "nergens" / "kopie.pim"))
        assert done.refusal.startswith("No backup was made: No such file or directory (")


class TestRestore:
    async def test_into_an_empty_database_brings_everything_on_hold(self, desk: Desk, elsewhere: Desk) -> None:
        await desk.person("V-1")
        async with desk.database.begin() as session:
            await world.appointment(session, await world.person(session, klantnummer="V-2"))
            await heartbeat.beat(session, Clock().real(), "timers")
        desk.backup()
        done = elsewhere.restore()
        assert (done.status, done.err) == (0, "")
        assert "is whole: 0.1 MB, 2 people." in done.out
        assert "Restored, and on hold: nothing is sent." in done.out
        assert await elsewhere.who() == {"V-1", "V-2"}
        assert await elsewhere.ask(select(func.count()).select_from(Notice)) == 4
        assert await elsewhere.held() == holds.RESTORED
        assert await elsewhere.ask(select(AuditEntry.action).order_by(AuditEntry.n.desc()).limit(1)) == "backup.restore"
        assert await migrate.is_current(elsewhere.database.engine)
        async with elsewhere.database.begin() as session:
            assert await holds.on_hold(session)
            assert not await heartbeat.moved(session), "who lifts the hold isn't asked again at the start"

    async def test_replaces_only_what_it_was_asked_to_and_keeps_a_way_back(self, desk: Desk) -> None:
        await desk.person("V-1")
        desk.backup()
        await desk.person("V-2")
        assert desk.restore().refusal == (
            "The database holds 2 people and no accounts. To replace them by this backup, add --replace; a copy of "
            "them is made first."
        )
        assert await desk.who() == {"V-1", "V-2"}
        assert await desk.held() is None
        assert desk.restore("--replace").status == 0
        assert await desk.who() == {"V-1"}
        (kept,) = set(desk.folder.glob("*.pim")) - {desk.file}
        assert re.fullmatch(r"kopie-replaced-\d{8}T\d{6}Z\.pim", kept.name)
        assert desk.pim("restore", str(kept), "--replace").status == 0
        assert await desk.who() == {"V-1", "V-2"}

    async def test_keeps_why_it_was_on_hold_before(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            await holds.put(session, Clock().now(), "Verkeerde tekst in het Turks.")
        desk.backup()
        assert desk.restore().status == 0
        why = f"{holds.RESTORED} Ook daarvoor stond alles op pauze: Verkeerde tekst in het Turks."
        assert await desk.held() == why

    async def test_keeps_every_no_of_since(self, desk: Desk) -> None:
        """Who said STOP, whose phone is shared, what people want to hear, whose account was stopped: of all whom the
        backup knows."""
        known, _ = await desk.on_telegram("V-1", "4711001"), await desk.on_telegram("V-2", "4711002")
        async with desk.database.begin() as session:
            account = await world.staff(session)
        desk.backup()
        later = await desk.on_telegram("V-3", "4711003")
        now = Clock().now()
        async with desk.database.begin() as session:
            for bond in (known, later):
                await addresses.stop(session, now, bond.address_id)
                (await session.get_one(Address, bond.address_id)).shared = True
            session.add_all(
                Consent(person_id=bond.person_id, purpose="news", given=False, at=now) for bond in (known, later)
            )
            (await session.get_one(Account, account.id)).disabled_at = now
        assert desk.restore("--replace").status == 0
        async with desk.database.begin() as session:
            stopped = await session.scalars(select(PersonAddress.id).where(PersonAddress.opted_out_at.is_not(None)))
            assert list(stopped) == [known.id]
            shared = await session.scalars(select(Address.id).where(Address.shared))
            assert list(shared) == [known.address_id]
            assert [wish.given for wish in await session.scalars(select(Consent))] == [False]
            assert (await session.get_one(Account, account.id)).disabled_at == now

    async def test_logs_out_everybody(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            account = await world.staff(session)
            now = Clock().real()
            session.add(
                StaffSession(
                    account_id=account.id, token_hash=b"x", created_at=now, seen_at=now, expires_at=now + timedelta(1)
                )
            )
        desk.backup()
        assert desk.restore("--replace").status == 0
        assert await desk.ask(select(func.count()).select_from(StaffSession)) == 0

    async def test_brings_an_older_backup_to_the_newest_schema(self, desk: Desk, elsewhere: Desk) -> None:
        await desk.person("V-1")
        await desk.downgrade("0005")
        desk.backup()
        assert elsewhere.restore().status == 0
        assert await migrate.is_current(elsewhere.database.engine)
        assert await elsewhere.held() == holds.RESTORED
        assert await elsewhere.ask(select(func.count()).select_from(Heartbeat)) == 0

    async def test_refuses_a_backup_of_a_newer_schema(self, desk: Desk, elsewhere: Desk) -> None:
        await desk.run("UPDATE alembic_version SET version_num = '9999'")
        desk.backup()
        assert elsewhere.restore().refusal.startswith("This backup has schema 9999, which this version doesn't know")
        assert await empty(elsewhere.database.url)

    async def test_refuses_to_replace_a_newer_schema(self, desk: Desk) -> None:
        desk.backup()
        await desk.run("UPDATE alembic_version SET version_num = '9999'")
        assert desk.restore("--replace").refusal.startswith("The database has schema 9999, which this version doesn't")

    @pytest.mark.parametrize(
        ("env", "says"),
        [
            ({"PIM_BACKUP_KEY": OTHER}, "was made with another PIM_BACKUP_KEY"),
            ({"PIM_SECRET_KEYS": OTHER}, "a key that PIM_SECRET_KEYS doesn't hold"),
            ({"PIM_INDEX_KEY": OTHER}, "another PIM_INDEX_KEY"),
        ],
    )
    async def test_refuses_other_keys(self, desk: Desk, elsewhere: Desk, env: dict[str, str], says: str) -> None:
        desk.backup()
        assert says in elsewhere.restore(**env).refusal
        assert await empty(elsewhere.database.url)

    async def test_takes_a_backup_of_an_older_key_that_is_still_known(self, desk: Desk, elsewhere: Desk) -> None:
        desk.backup()
        assert elsewhere.restore(PIM_SECRET_KEYS=f"{OTHER},{SECRET}").status == 0

    @pytest.mark.parametrize(
        ("says", "place"),
        [("is no backup of PIM Welkom", 0), ("is damaged", 20_000), ("is damaged", -1)],
        ids=["first byte", "middle", "last byte"],
    )
    async def test_refuses_a_changed_byte(self, desk: Desk, says: str, place: int) -> None:
        await desk.person("V-1")
        content = bytearray(desk.backup())
        content[place] ^= 1
        desk.file.write_bytes(content)
        refusal = desk.restore("--replace").refusal
        assert refusal.startswith(f"{desk.file} {says}")
        assert refusal.endswith(AS_IT_WAS)
        assert (await desk.who(), await desk.held()) == ({"V-1"}, None)

    async def test_refuses_a_file_that_is_cut_off(self, desk: Desk) -> None:
        await desk.person("V-1")
        content = desk.backup()
        for length in (30, 1000, len(content) // 2, len(content) - 1):
            desk.file.write_bytes(content[:length])
            assert "is cut off: its end is missing" in desk.restore("--replace").refusal
        assert (await desk.who(), await desk.held()) == ({"V-1"}, None)

    @pytest.mark.parametrize("what", ["", "klantnummer;voornaam\n", "PK\x03\x04" * 100])
    async def test_refuses_what_is_none(self, desk: Desk, what: str) -> None:
        desk.file.write_text(what)
        assert desk.restore().refusal == f"{desk.file} is no backup of PIM Welkom. {AS_IT_WAS}"

    def test_refuses_what_cannot_be_read(self, desk: Desk) -> None:
        assert desk.restore().refusal == f"{desk.file} can't be read: No such file or directory."
        assert desk.pim("restore", str(desk.folder)).refusal == f"{desk.folder} can't be read: Is a directory."

    def test_refuses_what_cannot_be_read_twice(self, desk: Desk) -> None:
        assert desk.pim("restore", "/dev/null").refusal.startswith("/dev/null is no file on a disk")

    async def test_refuses_a_database_of_something_else(self, desk: Desk, elsewhere: Desk) -> None:
        desk.backup()
        await elsewhere.run("CREATE TABLE person (bsn text)")
        assert "holds what isn't PIM Welkom's (person)" in elsewhere.restore("--replace").refusal
        await desk.run("CREATE VIEW rapport AS SELECT count(*) FROM person")
        assert "holds what isn't PIM Welkom's (rapport)" in desk.restore("--replace").refusal
        assert await desk.held() is None

    async def test_refuses_while_a_process_of_the_service_is_connected(self, desk: Desk) -> None:
        desk.backup()
        url = desk.database.url
        service = await asyncpg.connect(
            host=str(url.query["host"]),
            port=int(str(url.query["port"])),
            user=url.username,
            database=url.database,
            server_settings={"application_name": SERVICE},
        )
        assert desk.restore().refusal.startswith("A service runs on this database: stop it first")
        await service.close()
        assert await desk.held() is None

    async def test_a_database_that_refuses_half_way_is_as_it_was(self, desk: Desk) -> None:
        """Somebody else's view depends on a table of ours, out of sight in another schema."""
        await desk.person("V-1")
        desk.backup()
        await desk.person("V-2")
        await desk.run("CREATE SCHEMA rapport", "CREATE VIEW rapport.mensen AS SELECT languages FROM person")
        refusal = desk.restore("--replace").refusal
        assert refusal.startswith("Nothing was restored: ")
        assert "cannot drop" in refusal
        assert refusal.endswith(AS_IT_WAS)
        assert (await desk.who(), await desk.held()) == ({"V-1", "V-2"}, None)


async def test_a_role_that_owns_nothing_but_its_database_can_do_all(desk: Desk, server: EmbeddedPostgres) -> None:
    """As a municipality's own PostgreSQL gives it to us."""
    await desk.run("CREATE ROLE plain_backup LOGIN")
    database = Database(server.create_database("plain_backup").set(username="plain_backup"))
    server.run("psql", "-c", "ALTER DATABASE plain_backup OWNER TO plain_backup", "postgres")
    plain = Desk(desk.prompt, database, desk.folder)
    try:
        assert plain.pim("migrate").status == 0
        await plain.person("V-1")
        plain.backup()
        assert plain.restore("--replace").status == 0
        assert (await plain.who(), await plain.held()) == ({"V-1"}, holds.RESTORED)
    finally:
        await database.close()
        server.drop_database("plain_backup")
        await desk.run("DROP ROLE plain_backup")


class TestEmbedded:
    def test_stopped_and_on_a_new_machine(self, desk: Desk) -> None:
        here = {"PIM_DATABASE_URL": "", "PIM_EMBEDDED": "yes", "PIM_DATA_DIR": str(desk.folder / "een map")}
        there = {**here, "PIM_DATA_DIR": str(desk.folder / "andere map")}
        assert desk.pim("hold", "on", "--why", "proef", **here).status == 0
        assert desk.pim("backup", str(desk.file), **here).status == 0
        assert desk.restore(**there).status == 0
        assert "On hold" in desk.pim("notices", **there).out

    def test_is_not_replaced_under_another_process(self, desk: Desk) -> None:
        desk.backup()
        env = {"PIM_DATABASE_URL": "", "PIM_EMBEDDED": "yes"}
        with EmbeddedPostgres.start(desk.folder / "var", options={"fsync": "off"}):
            assert "is in use by process" in desk.restore(**env).refusal
            assert desk.pim("backup", str(desk.folder / "b.pim"), **env).refusal.startswith("The database is empty")
