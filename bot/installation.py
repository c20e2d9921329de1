"""What an installation stands on: its keys, its database and its clock, for the service and for single commands."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from asyncpg import PostgresError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from core import crypto, migrate, servicetime
from core.clock import Clock
from core.crypto import Keyring
from core.database import Database
from core.embedded import EmbeddedPostgres
from core.settings import Settings, SettingsError

DATABASE = "pim"

_DEMO_KEYS = "demo-keys.json"

#: What every embedded server leaves in its folder.
_LOCK = "lock"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """An open database of the newest schema, and the service's time."""

    settings: Settings
    database: Database
    clock: Clock


def demo_keys(data_dir: Path) -> dict[str, str]:
    """The keys of a demo, made at its first start; refuses the folder of a real installation, and what is none."""
    try:
        return _kept_keys(data_dir)
    except OSError as error:
        raise SettingsError(f"{data_dir} can't be used ({error.strerror}): name another folder (--data DIR).") from None


def _kept_keys(data_dir: Path) -> dict[str, str]:
    path = data_dir / _DEMO_KEYS
    if not path.exists():
        if (data_dir / _LOCK).exists():
            raise SettingsError(f"{data_dir} holds a real installation: name another folder for the demo (--data DIR).")
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = {"secret_keys": secrets.token_hex(32), "index_key": secrets.token_hex(32)}
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(fresh))
        part.replace(path)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def is_demo(data_dir: Path) -> bool:
    """Whether `pim demo` made this folder."""
    return (data_dir / _DEMO_KEYS).exists()


def install_keys(settings: Settings) -> None:
    """Give this process the installation's keys; SettingsError where it has none."""
    secret_keys, index_key = settings.secret_keys, settings.index_key
    if not secret_keys and not settings.database_url and is_demo(settings.data_dir):
        keys = demo_keys(settings.data_dir)
        secret_keys, index_key = (keys["secret_keys"],), keys["index_key"]
    if not secret_keys or not index_key:
        name = "PIM_INDEX_KEY" if secret_keys else "PIM_SECRET_KEYS"
        raise SettingsError(f"{name} is missing: make one with: openssl rand -hex 32.")
    crypto.install(Keyring(secret_keys, index_key))


@contextmanager
def server(settings: Settings, *, fresh: bool = False, alone: bool = False) -> Iterator[URL]:
    """The address of the database: the one of the settings, or the embedded server, started if need be.

    `alone` refuses an embedded server that another process runs.
    """
    if settings.database_url:
        yield make_url(settings.database_url)
        return
    if not settings.embedded and not is_demo(settings.data_dir):
        raise SettingsError("PIM_DATABASE_URL is missing: give a postgresql:// address, or set PIM_EMBEDDED=yes.")
    with own_server(settings.data_dir, fresh=fresh, alone=alone) as url:
        yield url


@contextmanager
def own_server(data_dir: Path, *, fresh: bool = False, alone: bool = False) -> Iterator[URL]:
    """The embedded server of a folder: joined where another process runs it, else started.

    `alone` starts it in any case, and so refuses a folder that is in use. Only from the main thread.
    """
    running = None if alone else EmbeddedPostgres.join(data_dir)
    with running or EmbeddedPostgres.start(data_dir) as postgres:
        if fresh:
            postgres.drop_database(DATABASE)
        if DATABASE not in postgres.databases():
            postgres.create_database(DATABASE)
        yield postgres.url(DATABASE)


@asynccontextmanager
async def opened(settings: Settings, url: URL) -> AsyncIterator[Ground]:
    """The database at the newest schema, and the service's time as any process of it sees it."""
    database = Database(url)
    try:
        await reach(database)
        await migrate.upgrade(database.engine)
        clock = Clock()
        async with database.begin() as session:
            clock.offset = await servicetime.offset(session)
        yield Ground(settings=settings, database=database, clock=clock)
    finally:
        await database.close()


async def reach(database: Database) -> None:
    """SettingsError in words where nobody answers at the address, or not to us."""
    try:
        async with database.engine.connect():
            return
    except (OSError, SQLAlchemyError, PostgresError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(
            f"PIM_DATABASE_URL: the database can't be reached ({reason}); see that it runs and the address is right."
        ) from None
