import pytest
from sqlalchemy import URL, text

from core import home
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.home import Home

HERE = Home(cluster="7", timeline="00000001", database="16384", table="16387")


async def of(url: URL, *first: str) -> Home:
    database = Database(url, pool_size=1)
    try:
        async with database.begin() as session:
            for statement in first:
                await session.execute(text(statement))
            return await home.of(session)
    finally:
        await database.close()


def test_it_is_written_and_read() -> None:
    assert Home.parse(str(HERE)) == HERE
    assert str(HERE) == "7/00000001/16384/16387"


@pytest.mark.parametrize("part", ["cluster", "timeline", "database", "table"])
def test_another_part_is_another_place_and_an_unknown_one_says_nothing(part: str) -> None:
    def with_part(value: str) -> Home:
        return Home(**{**HERE.__dict__, part: value})

    assert with_part("9").differs(HERE)
    assert HERE.differs(with_part("9"))
    assert not with_part("-").differs(HERE)
    assert not HERE.differs(with_part("-"))
    assert HERE.is_whole
    assert not with_part("-").is_whole


async def test_a_database_stays_where_it_is(fresh_database_url: URL) -> None:
    first = await of(fresh_database_url)
    assert first.is_whole
    assert first == await of(fresh_database_url)


async def test_a_copy_from_a_template_is_elsewhere(server: EmbeddedPostgres, fresh_database_url: URL) -> None:
    original = await of(fresh_database_url)
    copied = server.create_database("home_copied", fresh_database_url.database)
    copy = await of(copied)
    server.drop_database("home_copied")
    assert copy.differs(original)
    assert (copy.cluster, copy.table) == (original.cluster, original.table)


async def test_pg_restore_into_the_same_database_is_elsewhere(
    server: EmbeddedPostgres, fresh_database_url: URL, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name, file = str(fresh_database_url.database), tmp_path_factory.mktemp("dump") / "heartbeat"
    original = await of(fresh_database_url)
    server.run("pg_dump", "--format=custom", "--table=heartbeat", f"--file={file}", name)
    server.run("pg_restore", "--clean", f"--dbname={name}", str(file))
    again = await of(fresh_database_url)
    assert again.differs(original)
    assert again.database == original.database


async def test_a_role_without_rights_may_ask_unless_that_was_taken_away(fresh_database_url: URL) -> None:
    whole = await of(fresh_database_url)
    role = ("CREATE ROLE plain_home", "GRANT SELECT ON heartbeat TO plain_home")
    drop = "DROP OWNED BY plain_home"
    assert await of(fresh_database_url, *role, "SET LOCAL ROLE plain_home") == whole
    taken = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC"
    less = await of(fresh_database_url, taken, "SET LOCAL ROLE plain_home")
    given = "GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC"
    await of(fresh_database_url, given, drop, "DROP ROLE plain_home")
    assert (less.cluster, less.timeline, less.is_whole) == ("-", "-", False)
    assert not less.differs(whole)
