"""Ticks: what the service does by itself, again and again; APScheduler only says when to look.

A tick is a plain function of a session and a moment, idempotent, and knows its own next moment: the demo's time
machine jumps from one to the next, a real installation just looks every few seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue, inforce
from content.catalogue import Catalogue
from content.voice import media
from core.clock import Clock, instant, wall
from core.database import Database, ring
from core.settings import Settings
from core.tables.agenda import Enrolment
from core.tables.leefgeld import Payment, SourceFile
from core.tables.texts import Broadcast
from scheduler import heartbeat, holidays, leefgeld, retention, wiping
from scheduler.errands import Errand
from scheduler.meetings import chase, week, workshops
from scheduler.news import broadcasts
from scheduler.queue import endings, holds, leases, replies
from scheduler.sending import lostaddresses
from scheduler.volunteers import promises, reviewing

log = structlog.get_logger(__name__)

#: A look that goes on when the service stops may take this long to end.
PATIENCE_SECONDS = 5.0

#: How often, in seconds, it is looked whether the machine's clock was set back, and by how much that counts.
WATCH_SECONDS, SET_BACK = 1.0, timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every tick gets."""

    session: AsyncSession
    now: datetime  #: service time
    real: datetime
    settings: Settings


Run = Callable[[Context], Awaitable[int]]
Next = Callable[[Context], Awaitable[datetime | None]]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One thing the service does by itself."""

    name: str
    every: timedelta  #: real time between two looks
    run: Run  #: returns how much it did
    next: Next | None = None  #: when (service time) it has something to do; None: only real time matters


async def _sweep(context: Context) -> int:
    lapsed = await endings.sweep(context.session, context.now, context.real, context.settings)
    return lapsed + await replies.sweep(context.session, context.real)


async def _sweep_whole(context: Context) -> int:
    return await endings.sweep(context.session, context.now, context.real, context.settings, whole=True)


async def _beat(context: Context) -> int:
    held = await holds.after_move(context.session, context.now)  # also while the service runs, and doesn't notice
    if held is not None:
        log.warning("on_hold", why=held.why)
    await heartbeat.beat(context.session, context.real, "timers")
    return 0


async def _expire(context: Context) -> int:
    return await leases.expire(context.session, context.now)


async def _sweep_media(context: Context) -> int:
    return await media.sweep(context.session, context.now)


async def _retention(context: Context) -> int:
    return await retention.forget(context.session, context.now, context.real, context.settings)


async def _fan_out(context: Context) -> int:
    return await broadcasts.fan_out(context.session, context.now, context.settings)


async def _next_broadcast(context: Context) -> datetime | None:
    query = select(func.min(Broadcast.due)).where(Broadcast.state.in_(broadcasts.DUE))
    return (await context.session.execute(query)).scalar_one()


async def _offers(context: Context) -> int:
    return await workshops.offer_free_seats(context.session, context.now, context.settings)


async def _next_offer(context: Context) -> datetime | None:
    query = select(func.min(Enrolment.offer_until)).where(Enrolment.status == "offered")
    return (await context.session.execute(query)).scalar_one()


async def _week(context: Context) -> int:
    return await week.plan_week(context.session, context.now, context.settings)


async def _next_week(context: Context) -> datetime | None:
    return week.next_week_moment(context.now, context.settings)


async def _chase(context: Context) -> int:
    return await chase.follow_up(context.session, context.now, context.settings)


async def _next_chase(context: Context) -> datetime | None:
    return await chase.next_moment(context.session, context.now, context.settings)


async def _lost(context: Context) -> int:
    return await lostaddresses.report(context.session, context.now, context.settings)


async def _late(context: Context) -> int:
    return await leefgeld.late_tick(context.session, context.now, context.settings)


async def _reviews(context: Context) -> int:
    return await reviewing.plan_daily(context.session, context.now, context.settings, await _dutch(context))


async def _next_review(context: Context) -> datetime | None:
    return await reviewing.next_moment(context.session, context.now, context.settings, await _dutch(context))


async def _dutch(context: Context) -> Catalogue:
    """Today's Dutch of the units that this release still has."""
    return await inforce.dutch(context.session, catalogue.load(()).units)


async def _forget_files(context: Context) -> int:
    return await leefgeld.forget_files(context.session, context.now)


async def _next_late(context: Context) -> datetime | None:
    """The next opening of the town hall, as long as a payment is expected."""
    expected = await context.session.execute(select(exists().where(Payment.status == "announced")))
    if not expected.scalar_one():
        return None
    zone = context.settings.timezone
    today = datetime.combine(wall(context.now, zone), holidays.OPENS)
    opens = instant(today, zone)
    return opens if opens > context.now else instant(today + timedelta(days=1), zone)


async def _questions(context: Context) -> int:
    return await promises.keep(context.session, context.now, context.settings)


async def _next_question(context: Context) -> datetime | None:
    return await promises.next_moment(context.session)


async def _next_file(context: Context) -> datetime | None:
    query = select(func.min(SourceFile.imported_at)).where(SourceFile.rows_sealed.is_not(None))
    first = (await context.session.scalars(query)).one_or_none()
    return None if first is None else first + leefgeld.KEPT


#: Everything the service does by itself, in the order in which the time machine runs it.
TICKS = (
    Tick(name="heartbeat", every=heartbeat.EVERY, run=_beat),
    Tick(name="sweep", every=timedelta(seconds=5), run=_sweep),
    Tick(name="sweep_whole", every=timedelta(minutes=1), run=_sweep_whole),
    Tick(name="fan_out", every=timedelta(seconds=1), run=_fan_out, next=_next_broadcast),
    Tick(name="offers", every=timedelta(seconds=15), run=_offers, next=_next_offer),
    Tick(name="week", every=timedelta(seconds=30), run=_week, next=_next_week),
    Tick(name="chase", every=timedelta(seconds=30), run=_chase, next=_next_chase),
    Tick(name="lost_addresses", every=timedelta(seconds=30), run=_lost),
    Tick(name="questions", every=timedelta(seconds=30), run=_questions, next=_next_question),
    Tick(name="late_payments", every=timedelta(minutes=5), run=_late, next=_next_late),
    Tick(name="forget_files", every=timedelta(minutes=5), run=_forget_files, next=_next_file),
    Tick(name="reviews", every=timedelta(minutes=1), run=_reviews, next=_next_review),
    Tick(name="sweep_media", every=timedelta(minutes=15), run=_sweep_media),
    Tick(name="retention", every=timedelta(hours=1), run=_retention),
    Tick(name="expire", every=timedelta(seconds=30), run=_expire),
)

#: What takes many short transactions, whatever the providers are.
ERRANDS = (wiping.ERRAND,)


async def run_tick(tick: Tick, database: Database, clock: Clock, settings: Settings) -> int:
    """Run one tick in a transaction of its own; wakes the workers when it did something."""
    async with database.begin() as session:
        context = Context(session=session, now=clock.now(), real=clock.real(), settings=settings)
        done = await tick.run(context)
        if done:
            await ring(session)
    return done


async def next_moment(database: Database, clock: Clock, settings: Settings) -> datetime | None:
    """The next moment (service time, after now) at which a tick has something to do."""
    async with database.begin() as session:
        context = Context(session=session, now=clock.now(), real=clock.real(), settings=settings)
        moments = [await tick.next(context) for tick in TICKS if tick.next is not None]
    return min((moment for moment in moments if moment is not None and moment > context.now), default=None)


class Timers:
    """Looks at every tick and every errand again and again, until stopped."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, *, errands: Sequence[Errand] = ()) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._errands = errands
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._looks: set[asyncio.Task[None] | None] = set()
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first look is at once."""
        for tick in TICKS:
            self._add(tick, self._look)
        for errand in (*ERRANDS, *self._errands):
            self._add(errand, self._go)
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_clock(), name="watch clock")

    async def stop(self) -> None:
        """No further looks; what is being looked at may end first."""
        if not self._scheduler.running:
            return
        if self._watch is not None:
            self._watch.cancel()
        self._scheduler.pause()
        try:
            await asyncio.sleep(0)  # a look that was called for has begun then
            looks = [look for look in self._looks if look is not None]
            if looks:
                await asyncio.wait(looks, timeout=PATIENCE_SECONDS)
        finally:
            self._scheduler.shutdown(wait=False)

    def _add(self, job: Tick | Errand, look: Callable[..., Awaitable[None]]) -> None:
        self._scheduler.add_job(
            look,
            "interval",
            seconds=job.every.total_seconds(),
            args=[job],
            id=job.name,
            next_run_time=self._clock.real(),
        )

    async def _watch_clock(self) -> None:
        """The next looks stand in the machine's time: after it was set back by an hour none would come for an hour."""
        before = self._clock.real()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            real = self._clock.real()
            if real < before - SET_BACK:
                log.warning("clock_set_back", seconds=int((before - real).total_seconds()))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=real)
            before = real

    async def _go(self, errand: Errand) -> None:
        try:
            await errand.run(self._database, self._clock)
        except Exception as error:
            # A provider's list is no reason to stop looking; it is asked again at its next look.
            log.error("errand_broke", errand=errand.name, error=type(error).__name__)

    async def _look(self, tick: Tick) -> None:
        look = asyncio.current_task()
        self._looks.add(look)
        try:
            await run_tick(tick, self._database, self._clock, self._settings)
        except Exception as error:
            # A tick that breaks must not silence the others; it is tried again at its next look.
            log.error("tick_broke", tick=tick.name, error=type(error).__name__)
        finally:
            self._looks.discard(look)
