"""What machines ask: is the process up, is the service ready, how much waits."""

from collections.abc import Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core import migrate
from core.clock import Clock
from core.database import Database
from core.tables.chats import Inbox
from core.tables.notices import Delivery, Notice
from scheduler import heartbeat
from scheduler.queue import holds


def routes(database: Database, clock: Clock) -> Sequence[web.RouteDef]:
    """`/healthz`, `/readyz` and `/metrics`."""
    desk = _Desk(database, clock)
    return (
        web.get("/healthz", desk.healthz),
        web.get("/readyz", desk.readyz),
        web.get("/metrics", desk.metrics),
    )


class _Desk:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(self, _: web.Request) -> web.Response:
        checks = await self._checks()
        return web.json_response({"checks": checks}, status=200 if all(checks.values()) else 503)

    async def _checks(self) -> dict[str, bool]:
        checks = {"database": False, "schema": False, "heartbeat": False, "hold": False}
        try:
            async with self._database.begin() as session:
                await session.execute(text("SELECT 1"))
                checks["database"] = True
                checks["heartbeat"] = await heartbeat.is_fresh(session, self._clock.real())
                checks["hold"] = not await holds.on_hold(session)
            checks["schema"] = await migrate.is_current(self._database.engine)
        except (SQLAlchemyError, OSError):
            return checks
        return checks

    async def metrics(self, _: web.Request) -> web.Response:
        registry = CollectorRegistry()
        notices = Gauge("pim_notices", "Notices by kind and state", ["kind", "state"], registry=registry)
        deliveries = Gauge("pim_deliveries", "Deliveries by channel and state", ["channel", "state"], registry=registry)
        inbox = Gauge("pim_inbox_waiting", "Stored updates that are not handled yet", registry=registry)
        try:
            await self._count(notices, deliveries, inbox)
        except (SQLAlchemyError, OSError):
            raise web.HTTPServiceUnavailable(text="The database is away.") from None
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _count(self, notices: Gauge, deliveries: Gauge, inbox: Gauge) -> None:
        async with self._database.begin() as session:
            by_kind = select(Notice.kind, Notice.state, func.count()).group_by(Notice.kind, Notice.state)
            for kind, state, count in await session.execute(by_kind):
                notices.labels(kind, state).set(count)
            by_channel = select(Delivery.channel, Delivery.state, func.count()).group_by(
                Delivery.channel, Delivery.state
            )
            for channel, state, count in await session.execute(by_channel):
                deliveries.labels(channel, state).set(count)
            waiting = select(func.count()).select_from(Inbox).where(Inbox.handled_at.is_(None))
            inbox.set((await session.execute(waiting)).scalar_one())
