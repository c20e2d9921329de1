"""Leefgeld files: brought in by one person, looked at and approved by another, taken back by either."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import fallbacks, page
from bot.console.desk import Visit
from bot.console.forms import LARGEST_UPLOAD, Form, posted
from core.permissions import may
from core.tables.leefgeld import SourceFile
from core.tables.people import Account, Person
from core.values import Money
from scheduler import leefgeld
from scheduler.imports import Problem, Result
from scheduler.leefgeld import PreviewRow

#: What people hear of a payment: the push, and what opens behind it.
_HEARD = ("message", "leefgeld")

#: Problems of a file that one page shows.
_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Line:
    """A payment as this account may see it."""

    name: str  #: empty: not hers to see
    person_id: UUID | None
    amount: Money | None
    day: date
    move: str
    differs: bool
    late: bool


async def index(visit: Visit) -> web.Response:
    """The files of late, and the form for a new one."""
    return await _index(visit, ())


async def _index(
    visit: Visit, problems: Sequence[Problem], filename: str = "", sentence: str = "", status: int = 200
) -> web.Response:
    files = await leefgeld.recent(visit.session)
    return page.show(
        visit,
        "leefgeld.html",
        status=status,
        files=[(file, page.local(file.imported_at, visit)) for file in files],
        names=await _names(visit, files),
        problems=problems[:_SHOWN],
        problem_count=len(problems),
        filename=filename,
        sentence=sentence,
        may_import=may(visit.account, "leefgeld.import"),
    )


async def _names(visit: Visit, files: Sequence[SourceFile]) -> dict[UUID, str]:
    wanted = {account_id for file in files for account_id in (file.imported_by, file.approved_by) if account_id}
    query = select(Account.id, Account.name).where(Account.id.in_(wanted))
    return dict((await visit.session.execute(query)).all())


async def upload(visit: Visit) -> web.Response:
    """Read a file; problems by line and nothing stored, or a preview that waits for a colleague."""
    sent = (await posted(visit.request, LARGEST_UPLOAD)).get("file")
    if not isinstance(sent, web.FileField) or not sent.filename:
        return await _index(visit, (), sentence="Kies een bestand.", status=422)
    with sent.file as file:
        content = file.read()
    try:
        result = await leefgeld.stage(
            visit.session, visit.now, visit.settings, content, sent.filename, by=visit.account.id
        )
    except leefgeld.Refused as refusal:
        return await _index(visit, (), sent.filename, str(refusal), status=422)
    if result.problems or result.import_id is None:
        return await _index(visit, result.problems, sent.filename, status=422)
    return page.see_other(f"/console/leefgeld/{result.import_id}")


async def show(visit: Visit) -> web.Response:
    """One file: totals, what is unusual, and the payments of the reader's own people."""
    return await _show(visit, Form({}))


async def _show(visit: Visit, form: Form, result: Result | None = None) -> web.Response:
    try:
        found = await leefgeld.preview(visit.session, visit.id_in_path())
    except leefgeld.Refused:
        raise web.HTTPNotFound from None
    names = await _names(visit, [found.source])
    return page.show(
        visit,
        "leefgeld_file.html",
        status=422 if form.problems or (result and result.problems) else 200,
        found=found,
        lines=await _lines(visit, found.rows),
        form=form,
        problems=result.problems if result else (),
        at=page.local(found.source.imported_at, visit),
        importer=names.get(found.source.imported_by) if found.source.imported_by else None,
        approver=names.get(found.source.approved_by) if found.source.approved_by else None,
        own=found.source.imported_by == visit.account.id,
        may_approve=may(visit.account, "leefgeld.approve") and found.source.status == "waiting",
        may_withdraw=may(visit.account, "leefgeld.approve") and found.source.status in ("waiting", "approved"),
        flagged=found.counts.get("flagged", 0),
        fallbacks=await _fallbacks(visit, found.rows) if found.source.status == "waiting" else [],
    )


async def _fallbacks(visit: Visit, rows: Sequence[PreviewRow]) -> list[fallbacks.Notice]:
    """Who hears of it in another language than the own one, also of people whom this account may not know."""
    people = select(Person.id).where(Person.id.in_({row.person_id for row in rows}))
    return await fallbacks.of_people(visit, people, *_HEARD, exact=False)


async def _lines(visit: Visit, rows: Sequence[PreviewRow]) -> list[Line]:
    """Names and amounts of the reader's own caseload; of others nothing but that they are in the totals."""
    query = select(Person).where(Person.id.in_({row.person_id for row in rows}))
    people = {person.id: person for person in await visit.session.scalars(query)}
    lines = []
    for row in rows:
        person = people.get(row.person_id)
        if person is None or not may(visit.account, "leefgeld.amount", person):
            continue
        lines.append(
            Line(
                name=person.name.reveal() if person.name else "",
                person_id=person.id,
                amount=row.amount,
                day=row.day,
                move=row.move,
                differs=row.differs,
                late=row.late,
            )
        )
    return lines


async def approve(visit: Visit) -> web.Response:
    """The second person's yes; refused for who brought the file in."""
    form, file_id = Form({}), visit.id_in_path()
    try:
        result = await leefgeld.approve(visit.session, visit.now, visit.settings, file_id, by=visit.account.id)
    except leefgeld.Refused as refusal:
        form.refuse("approve", str(refusal))
        return await _show(visit, form)
    if result.problems:
        return await _show(visit, form, result)
    return page.see_other(f"/console/leefgeld/{file_id}?note=approved")


async def withdraw(visit: Visit) -> web.Response:
    """Take the file back: what was announced and not yet said stays unsaid."""
    form, file_id = Form({}), visit.id_in_path()
    try:
        await leefgeld.withdraw(visit.session, visit.now, visit.settings, file_id, by=visit.account.id)
    except leefgeld.Refused as refusal:
        form.refuse("approve", str(refusal))
        return await _show(visit, form)
    return page.see_other(f"/console/leefgeld/{file_id}?note=withdrawn")
