import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest

from core import migrate
from core.database import Database
from core.embedded import EmbeddedPostgres
from tests.fakes import serve
from tests.faults.house import House
from tests.faults.provider import Provider


@dataclass(frozen=True, kw_only=True)
class Size:
    """How long a test goes on."""

    messages: int
    kills: int


#: `PIM_SOAK=short make soak` takes minutes where the full form takes much longer.
FULL = os.environ.get("PIM_SOAK", "full") == "full"


def sizes(short: Size, full: Size) -> pytest.MarkDecorator:
    """The short form for every run, a long one for `make soak`."""
    between = Size(messages=max(short.messages, full.messages // 5), kills=max(short.kills, full.kills // 4))
    long = pytest.param(full if FULL else between, marks=pytest.mark.soak)
    return pytest.mark.parametrize("size", [short, long], ids=["short", "long"])


#: Safe when the server is killed, for the system keeps what was written; only a power cut would lose it.
QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


@pytest.fixture(scope="session")
def provider_url() -> Iterator[str]:
    """A provider in a process of its own, for all tests here."""
    with serve.running() as url:
        yield url


@pytest.fixture
async def provider(provider_url: str) -> AsyncIterator[Provider]:
    """The provider as a test sees it: nothing was sent yet, nothing is wrong."""
    async with aiohttp.ClientSession() as client:
        fresh = Provider(client, provider_url)
        await fresh.new()
        yield fresh
        await fresh.always(None)


@pytest.fixture
async def house(fresh_database: Database, provider: Provider, tmp_path: Path) -> AsyncIterator[House]:
    """An installation without a process yet; what a test starts ends with it."""
    made = House(fresh_database, provider, tmp_path)
    yield made
    made.end()


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that only this test uses, so that it may go away."""
    with TemporaryDirectory(prefix="pim-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # root may have to run the server as nobody
        with EmbeddedPostgres.start(folder, options=QUICK) as server:
            yield server


@pytest.fixture
async def own_house(own_server: EmbeddedPostgres, provider: Provider, tmp_path: Path) -> AsyncIterator[House]:
    """An installation on that server."""
    database = Database(own_server.create_database("pim"))
    await migrate.upgrade(database.engine)
    made = House(database, provider, tmp_path)
    yield made
    made.end()
    await database.close()
