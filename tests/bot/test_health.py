from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot import health
from core.database import Database
from core.tables.service import Hold
from scheduler import heartbeat
from tests.fakes.clock import FakeClock
from tests.scheduler.queueing import Queue
from tests.scheduler.world import NOW

Client = TestClient[web.Request, web.Application]

WELL = {"database": True, "schema": True, "heartbeat": True, "hold": True}


class Desk:
    """The three pages, and the service behind them."""

    def __init__(self, database: Database, client: Client) -> None:
        self.database, self.client = database, client

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.client.get(path) as answer:
            plain = answer.content_type == "text/plain"
            return answer.status, await (answer.text() if plain else answer.json())

    async def beat(self, age: timedelta = timedelta()) -> None:
        async with self.database.begin() as session:
            await heartbeat.beat(session, NOW - age, "timers")


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    app = web.Application()
    app.add_routes(health.routes(fresh_database, FakeClock(NOW)))
    async with TestClient(TestServer(app)) as client:
        yield Desk(fresh_database, client)


async def test_a_process_that_is_up_says_so(desk: Desk) -> None:
    assert await desk.get("/healthz") == (200, {"ok": True})


class TestReady:
    async def test_all_is_well(self, desk: Desk) -> None:
        await desk.beat()
        assert await desk.get("/readyz") == (200, {"checks": WELL})

    async def test_not_before_the_first_heartbeat_nor_long_after_the_last(self, desk: Desk) -> None:
        assert await desk.get("/readyz") == (503, {"checks": {**WELL, "heartbeat": False}})
        await desk.beat(timedelta(seconds=59))
        assert (await desk.get("/readyz"))[0] == 200
        async with desk.database.begin() as session:
            await heartbeat.beat(session, NOW - timedelta(seconds=61), "timers")
        assert await desk.get("/readyz") == (503, {"checks": {**WELL, "heartbeat": False}})

    async def test_not_while_on_hold(self, desk: Desk) -> None:
        await desk.beat()
        async with desk.database.begin() as session:
            hold = Hold(since=NOW, why="restored")
            session.add(hold)
        assert await desk.get("/readyz") == (503, {"checks": {**WELL, "hold": False}})
        async with desk.database.begin() as session:
            (await session.get_one(Hold, hold.id)).lifted_at = NOW
        assert (await desk.get("/readyz"))[0] == 200

    @pytest.mark.parametrize("schema", ["0000", "9999"])
    async def test_not_on_another_schema(self, desk: Desk, schema: str) -> None:
        await desk.beat()
        async with desk.database.begin() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})
        assert await desk.get("/readyz") == (503, {"checks": {**WELL, "schema": False}})


class TestAway:
    """The database doesn't answer."""

    @pytest.fixture
    async def lost(self, fresh_database: Database) -> AsyncIterator[Desk]:
        away = Database(fresh_database.url.update_query_dict({"host": "/nowhere"}))
        gone = Database(fresh_database.url.set(database="never_made"))
        app, other = web.Application(), web.Application()
        app.add_routes(health.routes(away, FakeClock(NOW)))
        other.add_routes(health.routes(gone, FakeClock(NOW)))
        app.add_subapp("/gone/", other)
        async with TestClient(TestServer(app)) as client:
            yield Desk(away, client)
        await away.close()
        await gone.close()

    @pytest.mark.parametrize("where", ["", "/gone"])
    async def test_the_process_is_up_but_not_ready_and_counts_nothing(self, lost: Desk, where: str) -> None:
        assert await lost.get(f"{where}/healthz") == (200, {"ok": True})
        assert await lost.get(f"{where}/readyz") == (503, {"checks": dict.fromkeys(WELL, False)})
        assert await lost.get(f"{where}/metrics") == (503, "The database is away.")


class TestMetrics:
    async def test_they_count_and_name_nobody(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            queue = Queue(session)
            await queue.plan(await queue.person("4711000"))
            (call,) = await queue.in_hand()
            await queue.taken(call)
            await queue.plan(await queue.person("4711001"), "", kind="update")
        status, page = await desk.get("/metrics")
        lines = set(page.splitlines())
        assert status == 200
        assert 'pim_notices{kind="appointment",state="sent"} 1.0' in lines
        assert 'pim_notices{kind="update",state="planned"} 1.0' in lines
        assert 'pim_deliveries{channel="telegram",state="sent"} 1.0' in lines
        assert "pim_inbox_waiting 0.0" in lines
        assert "4711" not in page
