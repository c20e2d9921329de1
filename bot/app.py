"""The composition root: settings -> database -> channels -> conversation -> console -> timers."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog
import uvloop
from aiohttp import web
from sqlalchemy import URL, select

from bot import health, installation, providers
from bot.console import Desk as ConsoleDesk
from bot.console import add_to as add_console
from bot.demo import world
from bot.doors import Door, opened
from bot.inbox import Inbox, keeper
from bot.installation import Ground
from bot.simulator import Desk as SimulatorDesk
from bot.simulator import add_to as add_simulator
from bot.timemachine import TimeMachine
from bot.wording import Wording
from content import catalogue
from core import home, memory, openings
from core.bell import Bell
from core.leadership import lead
from core.settings import Settings, SettingsError, for_service
from core.tables.people import Account
from messaging.channel import Channel, Outlet
from messaging.simulator import Simulator
from scheduler.errands import Errand
from scheduler.queue import holds
from scheduler.sending.worker import Worker
from scheduler.timers import Timers

log = structlog.get_logger(__name__)

ROLES = ("web", "bot", "worker", "timers")

#: What is in flight may take this long to end after a stop was asked for, and to be written down.
GRACE_SECONDS = 12.0

#: Coroutines that have nothing in flight when the service stops.
_ENDLESS = frozenset({"follow", "lead"})

#: What lets us tell a restored database from the one it was made of, where somebody took the right away.
_MAY_READ = "GRANT EXECUTE ON FUNCTION pg_control_system(), pg_current_wal_lsn(), pg_walfile_name(pg_lsn) TO our role"

Announce = Callable[[Sequence[str]], None]
Behind = Coroutine[Any, Any, None]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What works behind the pages of one process."""

    ground: Ground
    wording: Wording
    bell: Bell
    inbox: Inbox
    worker: Worker
    stop: asyncio.Event
    errands: Sequence[Errand] = ()  #: what the timers ask of providers


def demo(settings: Settings, *, fresh: bool, announce: Announce) -> None:
    """Everything in one process: embedded database, made-up people and phones; until stopped."""
    installation.demo_keys(settings.data_dir)
    installation.install_keys(settings)
    with installation.own_server(settings.data_dir, fresh=fresh, alone=True) as url:
        uvloop.run(_demo(settings, url, announce))


def run(settings: Settings, *, only: Collection[str], announce: Announce) -> None:
    """The service of one municipality, or some of its roles; until stopped."""
    for_service(settings)
    installation.install_keys(settings)
    if installation.is_demo(settings.data_dir) and not settings.database_url:
        raise SettingsError("PIM_DATA_DIR holds a demo: name another folder for a real installation.")
    with installation.server(settings) as url:
        uvloop.run(_run(settings, url, only or ROLES, announce))


async def _demo(settings: Settings, url: URL, announce: Announce) -> None:
    async with installation.opened(settings, url) as ground:
        phones = Simulator(ground.database, ground.clock, keeper(ground.database, ground.clock))
        channels: dict[str, Channel] = {name: phones.channel(name) for name in settings.channels}
        shipped = catalogue.load()
        wording = Wording(ground.database, shipped, ground.clock, settings)
        await wording.ship()
        async with ground.database.begin() as session:
            await world.build(session, ground.clock.now(), settings, shipped)
            for name in ("telegram", "whatsapp"):
                await openings.keep(session, name, f"http://{settings.bind}/simulator#{name}=")
        await wording.refresh()
        engine = _engine(ground, wording, channels, channels)
        machine = TimeMachine(ground.database, ground.clock, settings, engine.worker, engine.inbox, wording)
        app = _pages(engine, demo=True)
        add_simulator(
            app,
            SimulatorDesk(
                database=ground.database,
                clock=ground.clock,
                settings=settings,
                simulator=phones,
                move=machine.move,
                waiting=machine.waiting,
                idle=machine.idle,
                staff=world.STAFF,
            ),
        )
        doors = [Door(app=app, bind=settings.bind, setting="PIM_BIND")]
        await _serve(doors, engine, _behind(engine, ROLES), lambda: announce(_addresses(settings)))
        for channel in channels.values():
            await channel.close()


async def _run(settings: Settings, url: URL, only: Collection[str], announce: Announce) -> None:
    async with installation.opened(settings, url) as ground:
        await _warn_without_staff(ground)
        await _hold_after_absence(ground)
        wording = Wording(ground.database, catalogue.load(settings.languages), ground.clock, settings)
        await wording.ship()
        await wording.refresh()
        keep = keeper(ground.database, ground.clock)
        outside = await providers.build(ground, keep, only, wording.current)
        try:
            engine = replace(_engine(ground, wording, outside.channels, outside.outlets), errands=outside.errands)
            doors = _doors(engine, outside.routes) if "web" in only else []
            behind = _behind(engine, only)
            if outside.poll is not None:
                behind.append(lead(ground.database.url, "poll telegram", outside.poll))
            console = settings.console_bind or settings.bind
            where = f"http://{console}/console/" if doors else ", ".join(only)
            await _serve(doors, engine, behind, lambda: announce([f"PIM Welkom: {where}"]))
        finally:
            await outside.close()


async def _warn_without_staff(ground: Ground) -> None:
    """A service that nobody can log in to is a mistake; say how to mend it, and start all the same."""
    async with ground.database.begin() as session:
        known = (await session.scalars(select(Account.id).limit(1))).first()
    if known is None:
        log.warning("no_accounts", mend="pim staff add --email E --role beheerder")


async def _hold_after_absence(ground: Ground) -> None:
    """A service that comes back after hours, or in a copy, sends nothing by itself that may be wrong by now."""
    now, real = ground.clock.now(), ground.clock.real()
    async with ground.database.begin() as session:
        if not (await home.of(session)).is_whole:
            log.warning("copies_unseen", mend=_MAY_READ)
        held = await holds.after_move(session, now) or await holds.after_silence(session, now, real)
    if held is not None:
        log.warning("on_hold", why=held.why, mend="pim hold off, or the console's first page")


def _engine(ground: Ground, wording: Wording, channels: Mapping[str, Channel], outlets: Mapping[str, Outlet]) -> Engine:
    database, clock, settings = ground.database, ground.clock, ground.settings
    return Engine(
        ground=ground,
        wording=wording,
        bell=Bell(database.url),
        inbox=Inbox(database, clock, settings, channels, wording.current),
        worker=Worker(database, clock, settings, outlets, wording.current),
        stop=asyncio.Event(),
    )


def _doors(engine: Engine, webhooks: Sequence[web.RouteDef]) -> list[Door]:
    """One door for all, or the console behind a door of its own, where PIM_CONSOLE_BIND asks for it."""
    settings, ground = engine.ground.settings, engine.ground
    pages = _pages(engine, demo=False)
    if not settings.console_bind:
        pages.add_routes(webhooks)
        return [Door(app=pages, bind=settings.bind, setting="PIM_BIND")]
    public = web.Application()
    public.add_routes([*health.routes(ground.database, ground.clock), *webhooks])
    return [
        Door(app=public, bind=settings.bind, setting="PIM_BIND"),
        Door(app=pages, bind=settings.console_bind, setting="PIM_CONSOLE_BIND"),
    ]


def _pages(engine: Engine, *, demo: bool) -> web.Application:
    ground = engine.ground
    app = web.Application(client_max_size=60 * 1024 * 1024)
    app.add_routes(health.routes(ground.database, ground.clock))
    app.add_routes([web.get("/", _front(demo=demo))])
    add_console(
        app,
        ConsoleDesk(
            database=ground.database,
            settings=ground.settings,
            clock=ground.clock,
            texts=engine.wording.current,
            demo=demo,
            demo_staff=world.STAFF if demo else (),
        ),
    )
    return app


def _front(*, demo: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def front(_: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther("/simulator" if demo else "/console/")

    return front


def _behind(engine: Engine, roles: Collection[str]) -> list[Behind]:
    """What goes on behind the pages in these roles."""
    work: list[Behind] = [engine.wording.follow()]
    if "bot" in roles:
        work.append(engine.inbox.run(engine.bell, engine.stop))
    if "worker" in roles:
        work.append(engine.worker.run(engine.bell, engine.stop))
    if "timers" in roles:
        work.append(lead(engine.ground.database.url, "timers", _ticking(engine)))
    return work


def _ticking(engine: Engine) -> Callable[[], Awaitable[None]]:
    """Tick as long as this process leads."""

    async def ticking() -> None:
        ground = engine.ground
        timers = Timers(ground.database, ground.clock, ground.settings, errands=engine.errands)
        timers.start()
        try:
            await asyncio.Event().wait()  # until cancelled: work that ends while it leads would begin again
        finally:
            await timers.stop()

    return ticking


async def _serve(doors: Sequence[Door], engine: Engine, behind: Sequence[Behind], ready: Callable[[], None]) -> None:
    """Open the doors, work until told to stop, finish what is in flight."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, engine.stop.set)
    tasks: list[asyncio.Task[None]] = []
    try:
        async with opened(doors):
            memory.settle()
            engine.bell.start()
            tasks = [asyncio.create_task(work, name=getattr(work, "__name__", "")) for work in behind]
            ready()
            try:
                await _until(engine.stop, tasks)
            finally:
                engine.stop.set()
                engine.bell.ring()
    finally:
        if not tasks:
            for work in behind:
                work.close()
        await _finish(tasks)
        await engine.bell.stop()


async def _until(stop: asyncio.Event, tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Until told to stop; a part that broke is a reason to stop too, with its error."""
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done:
        if task is not waiting:
            task.result()


async def _finish(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Workers end by themselves after what is in flight; what only listens is cancelled at once."""
    endless = [task for task in tasks if task.get_name() in _ENDLESS]
    for task in endless:
        task.cancel()
    ending = [task for task in tasks if task not in endless]
    if ending:
        await asyncio.wait(ending, timeout=GRACE_SECONDS)
    for task in tasks:
        if task not in endless:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _addresses(settings: Settings) -> list[str]:
    where = f"http://{settings.bind}"
    log_ins = [f"  {login.role:<14} {login.email}  {login.password}" for login in world.STAFF if login.role in _SHOWN]
    return [
        "PIM Welkom (voorbeeld: alle mensen, dagen en bedragen zijn verzonnen)",
        f"  simulator      {where}/simulator",
        f"  console        {where}/console/",
        *log_ins,
    ]


#: Whose log-ins the demo prints; the others stand on the console's log-in page.
_SHOWN = ("regisseur", "klantmanager", "beheerder")
