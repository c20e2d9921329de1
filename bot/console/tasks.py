"""Tasks and the call list: what must be done, by when, in which language, and how it was closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import page, reasons, words
from bot.console.desk import Visit
from bot.console.forms import posted
from core.permissions import is_logged, may
from core.tables.people import Account, Person
from core.tables.work import Task
from scheduler import tasks
from scheduler.tasks import Kind

#: Reasons of a task about a question that its person wants the municipality to see.
_READABLE = ("handed_over", "heavy_yes")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A task as its list shows it."""

    id: UUID
    what: str
    why: str
    due: datetime  #: wall time
    late: bool
    call: bool
    moment: str
    language: str
    tolk: bool
    person_id: UUID | None
    name: str
    owner: str
    question_id: UUID | None  #: words that this account may read
    may_close: bool


async def index(visit: Visit) -> web.Response:
    """All open tasks this account may see, or those about calling; the most urgent first."""
    calls = visit.request.query.get("list") == "calls"
    found = (
        await tasks.call_list(visit.session, visit.now, visit.account)
        if calls
        else await tasks.open_tasks(visit.session, visit.account)
    )
    number = page.number(visit.request)
    shown = found[(number - 1) * page.LENGTH : number * page.LENGTH]
    return page.show(
        visit,
        "tasks.html",
        lines=await lines(visit, shown),
        calls=calls,
        number=number,
        more=number * page.LENGTH < len(found),
        total=len(found),
        query="list=calls&" if calls else "",
    )


async def lines(visit: Visit, found: Sequence[Task]) -> list[Line]:
    """Tasks in words, with the names that this account may see."""
    of_tasks = select(Person).where(Person.id.in_({task.person_id for task in found if task.person_id}))
    owning = select(Account).where(Account.id.in_({task.owner_id for task in found if task.owner_id}))
    people: dict[UUID | None, Person] = {row.id: row for row in await visit.session.scalars(of_tasks)}
    owners: dict[UUID | None, Account] = {row.id: row for row in await visit.session.scalars(owning)}
    return [_line(visit, task, people.get(task.person_id), owners.get(task.owner_id)) for task in found]


def _line(visit: Visit, task: Task, person: Person | None, owner: Account | None) -> Line:
    named = person is not None and may(visit.account, "person.name", person)
    return Line(
        id=task.id,
        what=Kind(task.kind).words,
        why=words.task_reason(task.kind, task.reason) or reasons.words(task.reason),
        due=page.local(task.due, visit),
        late=task.due < visit.now,
        call=task.call,
        moment=words.MOMENTS.get(task.moment or "", ""),
        language=words.language(task.language) if task.language else "",
        tolk=task.tolk,
        person_id=person.id if person and named else None,
        name=_name(visit, person) if named else "Iemand" if task.source_kind != "text" else "Teksten",
        owner=owner.name if owner else "het team",
        question_id=task.source_id if task.reason in _READABLE and _may_read(visit, person) else None,
        may_close=_may_close(visit, task, person),
    )


def _name(visit: Visit, person: Person | None) -> str:
    """A first name; where seeing it is logged, it stands on the person's own page only."""
    if person is None or person.name is None or is_logged(visit.account, "person.name"):
        return "Een inwoner"
    return person.name.reveal()


def _may_read(visit: Visit, person: Person | None) -> bool:
    return person is not None and may(visit.account, "question.read", person)


def _may_close(visit: Visit, task: Task, person: Person | None) -> bool:
    """Who may see its person; owner and stand-in; the team's tasks are everybody's who closes tasks."""
    if task.owner_id is None or visit.account.id in (task.owner_id, task.stand_in_id):
        return may(visit.account, "task.close")
    return person is not None and may(visit.account, "task.close", person)


async def close(visit: Visit) -> web.Response:
    """Close a task and say how; a task that was closed meanwhile stays as it was closed."""
    task = await visit.session.get(Task, visit.id_in_path())
    seen = {row.id for row in await tasks.open_tasks(visit.session, visit.account)}
    person = await visit.session.get(Person, task.person_id) if task and task.person_id else None
    if task is None or (task.closed_at is None and task.id not in seen) or not _may_close(visit, task, person):
        raise web.HTTPNotFound
    how = str((await posted(visit.request)).get("how", ""))
    if how not in words.CLOSINGS:
        how = "other"
    await tasks.close(visit.session, visit.now, task.id, visit.account.id, how)
    back = "/console/tasks?list=calls&note=task-closed" if task.call else "/console/tasks?note=task-closed"
    return page.see_other(back)
