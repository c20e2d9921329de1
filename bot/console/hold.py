"""Everything on hold: why, what waits, and how it is lifted, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.console import guard, page
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from core.permissions import may
from core.tables.people import Account
from scheduler.queue import holds


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A hold in words of the wall clock."""

    since: datetime
    today: bool  #: since a moment of today
    by: str  #: a name, or empty: by itself
    why: str
    waiting: int
    expiring: int
    before: datetime | None
    expired: int
    may_lift: bool
    form: Form


async def shown(visit: Visit, form: Form | None = None) -> Shown | None:
    """What stands on the first page while everything is on hold."""
    standing = await holds.stands(visit.session, visit.now)
    if standing is None:
        return None
    account = await visit.session.get(Account, standing.by) if standing.by else None
    since = page.local(standing.since, visit)
    return Shown(
        since=since,
        today=since.date() == page.local(visit.now, visit).date(),
        by=account.name if account else "",
        why=standing.why,
        waiting=standing.waiting,
        expiring=standing.expiring,
        before=page.local(standing.before, visit) if standing.before else None,
        expired=standing.expired,
        may_lift=may(visit.account, "hold"),
        form=form or Form({}),
    )


async def lift(visit: Visit) -> web.Response:
    """Let everything go again; the reason is kept, the use is written to the audit log."""
    form = Form(await posted(visit.request))
    why = form.text("why", needed="Schrijf op waarom het weer aan kan.", longest=500)
    if form.problems:
        return page.show(visit, "hold.html", hold=await shown(visit, form), status=422)
    hold = await holds.current(visit.session)
    was = await holds.lift(visit.session, visit.now, why=why, by=visit.account.id)
    if was is not None and hold is not None:
        guard.noted(visit, "hold.lift", "hold", hold.id)
    return page.see_other(f"/console/?note={'hold-late' if was and was.expired else 'hold-lifted'}")
