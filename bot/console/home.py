"""The first page: what needs somebody today."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from aiohttp import web
from sqlalchemy import func, select

from bot.console import channels, hold, page, sight, tasks, texts, unclear
from bot.console.desk import Visit
from content.review import textqueue
from core import clock
from core.permissions import is_logged, may
from core.tables.agenda import Appointment
from core.tables.leefgeld import SourceFile
from core.tables.notices import Notice
from core.tables.people import Person
from scheduler import tasks as work
from scheduler.news import asking

#: Tasks on the first page; the rest is one tap away.
_FIRST = 6


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that leads to its list."""

    count: int
    one: str
    many: str
    address: str

    @property
    def label(self) -> str:
        """What there is so much of."""
        return self.one if self.count == 1 else self.many


async def show(visit: Visit) -> web.Response:
    """Figures, the day's appointments and the most urgent tasks, as far as this account may see them."""
    found = await work.open_tasks(visit.session, visit.account) if may(visit.account, "task.see") else []
    return page.show(
        visit,
        "home.html",
        today=page.local(visit.now, visit),
        figures=await _figures(visit, len(found), sum(task.call for task in found)),
        tasks=await tasks.lines(visit, found[:_FIRST]),
        task_count=len(found),
        appointments=await _today(visit),
        hold=await hold.shown(visit),
        still=await channels.still(visit),
        unclear=await unclear.lines(visit),
        coverage=await texts.compact(visit),
    )


async def _figures(visit: Visit, open_tasks: int, calls: int) -> list[Figure]:
    account, session = visit.account, visit.session
    figures = []
    if may(account, "task.see"):
        figures += [
            Figure(count=open_tasks, one="open taak", many="open taken", address="/console/tasks"),
            Figure(
                count=calls, one="mens om te bellen", many="mensen om te bellen", address="/console/tasks?list=calls"
            ),
        ]
    if may(account, "leefgeld.totals"):
        waiting = select(func.count()).select_from(SourceFile).where(SourceFile.status == "waiting")
        count = await session.scalar(waiting) or 0
        figures.append(
            Figure(
                count=count, one="leefgeldbestand wacht", many="leefgeldbestanden wachten", address="/console/leefgeld"
            )
        )
    if may(account, "update.approve"):
        count = len(await asking.waiting(session, visit.now, visit.settings, account))
        figures.append(
            Figure(count=count, one="nieuws wacht op u", many="nieuws wacht op u", address="/console/updates")
        )
    if may(account, "text.approve"):
        count = len(await textqueue.waiting(session, visit.desk.texts().source, account))
        figures.append(
            Figure(count=count, one="tekst wacht op u", many="teksten wachten op u", address="/console/texts/queue")
        )
    if may(account, "delivery.see"):
        count = await _failed(visit)
        figures.append(
            Figure(
                count=count, one="mislukt, 7 dagen", many="mislukt, 7 dagen", address="/console/deliveries?state=failed"
            )
        )
    return figures


async def _failed(visit: Visit) -> int:
    query = (
        select(func.count())
        .select_from(Notice)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.state == "failed", Notice.due > visit.now - timedelta(days=7))
        .where(sight.people(visit.account, "delivery.see"))
    )
    return await visit.session.scalar(query) or 0


async def _today(visit: Visit) -> list[tuple[Appointment, Person]] | None:
    """The day's appointments with their people; None where seeing those isn't allowed, or is logged one by one."""
    if not may(visit.account, "appointment.see") or is_logged(visit.account, "appointment.see"):
        return None
    zone = visit.settings.timezone
    day = clock.wall(visit.now, zone).date()
    start, end = (clock.instant(datetime.combine(day + timedelta(days=days), time()), zone) for days in (0, 1))
    query = (
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end, Appointment.status == "planned")
        .where(sight.people(visit.account, "appointment.see"), sight.appointments(visit.account))
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(page.LENGTH)
    )
    return list(await visit.session.execute(query))
