import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from core import migrate
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.migrate import SchemaError
from core.tables import Base


def differences(connection: Connection) -> Any:
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


async def test_the_schema_is_the_sum_of_the_migrations(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_missing_column_would_be_seen(fresh_database: Database) -> None:
    async with fresh_database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE task DROP COLUMN moment"))
        (difference,) = await connection.run_sync(differences)
    assert difference[0] == "add_column"


async def test_a_migrated_database_is_current_and_may_be_migrated_again(fresh_database: Database) -> None:
    assert await migrate.is_current(fresh_database.engine)
    await migrate.upgrade(fresh_database.engine)
    assert await migrate.is_current(fresh_database.engine)


async def test_a_newer_schema_is_refused_in_words_and_left_alone(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="schema 9999, which this version doesn't know: start the newer version"):
        await migrate.upgrade(fresh_database.engine)
    assert not await migrate.is_current(fresh_database.engine)


async def test_processes_that_start_together_migrate_once(server: EmbeddedPostgres) -> None:
    empty = Database(server.create_database("migrated_together"))
    try:
        assert not await migrate.is_current(empty.engine)
        await asyncio.gather(*(migrate.upgrade(empty.engine) for _ in range(3)))
        assert await migrate.is_current(empty.engine)
    finally:
        await empty.close()
        server.drop_database("migrated_together")


def test_every_migration_says_what_it_does() -> None:
    for script in (Path(migrate.__file__).parent / "migrations" / "versions").glob("*.py"):
        assert script.read_text().startswith('"""')
