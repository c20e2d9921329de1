"""Brings a database to the newest schema, and tells whether it is there (Alembic, without its ini file)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The database is newer than this version of the service, or not migrated yet."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our migrations, on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


async def upgrade(engine: AsyncEngine) -> None:
    """Run every migration that is missing; SchemaError when the database is ahead of this code."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    # Processes that start together take turns: the second finds the work done.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('pim migrate', 0))"))
    _refuse_newer(connection)
    command.upgrade(config(connection), "head")


def _refuse_newer(connection: Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not is_known(current):
        raise SchemaError(
            f"The database has schema {current}, which this version doesn't know: start the newer version again."
        )


def is_known(revision: str) -> bool:
    """Whether this version can bring a database of this schema to the newest."""
    return revision in {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


async def is_current(engine: AsyncEngine) -> bool:
    """Whether the database has exactly the newest schema."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == head
