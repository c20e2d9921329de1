"""A sentence said better, from the queue or from the page of a text: a new version that another speaker looks at."""

from collections.abc import Sequence

from aiohttp import web

from bot.console import effort, page
from bot.console import textqueue as queue
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from content import drift
from content.approvals import Refused, Unfit, other_speakers
from content.catalogue import body_of
from content.review import textqueue
from content.review.textqueue import Line
from content.review.titles import title
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.tables.texts import Text
from scheduler.volunteers import reviewing

LABELS = {"said": "De zin zoals hij goed is"}


async def _improvable(visit: Visit) -> Text | None:
    """The text in the address, if this account may say it better: it waits, went back, or is what people get now."""
    waits, row = await queue.chosen_text(visit), await visit.session.get(Text, visit.id_in_path())
    if waits is not None or row is None or row.state in drift.UNJUDGED or row.unit not in queue.source(visit).hashes:
        return waits
    newest = await textqueue.newest_of(visit.session, queue.source(visit), row.unit)
    speaks = row.language != SOURCE and may(visit.account, "text.approve", language=row.language)
    return row if speaks and newest.get(row.language) is row else None


async def change(visit: Visit) -> web.Response:
    """Which sentence should be better; with its number in the address, that sentence to write."""
    row = await _improvable(visit)
    if row is None:
        return await queue.gone(visit)
    lines = _lines(visit, row)
    at = _number(visit, len(lines))
    return _change(visit, row, lines, at, Filled(said=lines[at].raw) if at is not None else Form({}))


def _lines(visit: Visit, row: Text) -> list[Line]:
    return textqueue.lines(queue.source(visit).bodies[SOURCE][row.unit], row.language, body_of(row.body))


def _number(visit: Visit, count: int) -> int | None:
    asked = visit.request.query.get("n", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 and int(asked) < count else None


def _change(visit: Visit, row: Text, lines: Sequence[Line], at: int | None, form: Form) -> web.Response:
    line = lines[at] if at is not None else None
    return page.show(
        visit,
        "text_change.html",
        status=422 if form.problems else 200,
        row=row,
        title=title(row.unit),
        direction=LANGUAGES[row.language].direction,
        lines=lines,
        at=at,
        dutch=queue.source(visit).bodies[SOURCE][row.unit][line.name][-1] if line else "",
        names=textqueue.names_in(line.raw) if line else "",
        began=effort.began(visit, form.raw("began") or visit.request.query.get("began", "")),
        form=form,
        labels=LABELS,
        later=queue.addressed(queue.put_off_before(visit)),
        judged=row.state if row.state not in drift.UNJUDGED else "",
    )


async def improve(visit: Visit) -> web.Response:
    """The sentence as it should be: a new version, that another speaker looks at."""
    row, form = await _improvable(visit), Form(await posted(visit.request))
    if row is None:
        return await queue.gone(visit)
    lines = _lines(visit, row)
    at = _number(visit, len(lines))
    if at is None:
        raise web.HTTPNotFound
    typed = form.text("said", needed="Schrijf de hele zin.", longest=textqueue.LONGEST)
    if form.problems:
        return _change(visit, row, lines, at, form)
    source = queue.source(visit)
    try:
        fresh = await textqueue.improve(visit.session, visit.now, source, row, lines[at], typed, visit.account)
    except Unfit as unfit:
        form.refuse("said", str(unfit))
        return _change(visit, row, lines, at, form)
    except Refused:
        return await queue.gone(visit)
    if row.state not in drift.UNJUDGED:
        await effort.count(visit, form, "review")
    else:
        await queue.judged(visit, row, form)
    others = await other_speakers(visit.session, fresh.language, visit.account)
    await reviewing.written(visit.session, visit.now, visit.settings, source, fresh, others)
    return queue.go_on(visit, "text-changed" if others else "text-alone", fresh.id)
