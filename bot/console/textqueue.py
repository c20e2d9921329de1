"""The queue of texts on a phone: one text, its checklist, and good, better, back or later; two minutes to undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.console import page
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from content import texts
from content.approvals import NotAllowed, NotFound, Refused, Unfit, other_speakers, same_person
from content.catalogue import Catalogue
from content.review import points, takeback, textqueue, unclear
from content.review.points import Point
from content.review.textqueue import Line
from content.review.titles import title
from core.ids import from_short, short
from core.languages import LANGUAGES, SOURCE
from core.tables.people import Account
from core.tables.texts import Text
from scheduler.volunteers import reviewing

QUEUE = "/console/texts/queue"

LABELS = {"points": "Zegt deze taal hetzelfde?", "reason": "Wat klopt niet?", "said": "De zin zoals hij goed is"}

POINTS = {
    Point.WHAT: "Wat",
    Point.WHEN: "Wanneer",
    Point.WHERE: "Waar",
    Point.HOW_MUCH: "Hoeveel",
    Point.NOT: "Wat als het niet lukt",
}

REASONS = {
    "wrong_word": "Verkeerd woord",
    "too_difficult": "Te moeilijk",
    "not_polite": "Niet beleefd",
    "something_missing": "Er mist iets",
}

#: Texts that can be put off in one address.
_MOST_LATER = 40


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One text as the page shows it."""

    row: Text
    title: str
    language: str
    direction: str
    lines: Sequence[Line]
    points: Sequence[tuple[str, str]]  #: code and words
    seen: str
    number: int
    count: int
    minutes: int
    answered: int | None  #: people who judged a text in force that isn't understood; None: it waits for a yes


async def index(visit: Visit) -> web.Response:
    """The text that waits first; what was put off comes last."""
    return await _queue(visit, Form({}))


async def _queue(visit: Visit, form: Form, chosen: UUID | None = None) -> web.Response:
    later = _later(visit)
    waiting = await _waiting(visit)
    rows = sorted(textqueue.put_off(list(waiting), later), key=lambda row: row.id != chosen)
    undo = from_short(visit.request.query.get("undo", ""))
    return page.show(
        visit,
        "text_queue.html",
        status=422 if form.problems else 200,
        shown=_shown(visit, rows[0], len(rows), later, waiting[rows[0]]) if rows else None,
        form=form,
        labels=LABELS,
        reasons=REASONS,
        later=_addressed(later),
        put_off=_addressed([*later, rows[0].id] if rows else later),
        undo=undo if undo and await takeback.can_undo(*_who(visit, undo), _undo_time(visit)) else None,
    )


async def _waiting(visit: Visit) -> dict[Text, int | None]:
    """What waits for a yes, and then what people don't understand, with how many judged it."""
    who = (visit.session, _source(visit), visit.account)
    judged: dict[Text, int | None] = dict.fromkeys(await textqueue.waiting(*who))
    return judged | {one.row: one.answered for one in await unclear.waiting(*who)}


def _source(visit: Visit) -> Catalogue:
    return visit.desk.texts().source


def _who(visit: Visit, text_id: UUID) -> tuple[AsyncSession, datetime, UUID, Account]:
    return visit.session, visit.now, text_id, visit.account


def _undo_time(visit: Visit) -> timedelta:
    return timedelta(seconds=visit.settings.undo_seconds)


def _later(visit: Visit) -> list[UUID]:
    """What was put off, as the address remembers it."""
    found = [from_short(one) for one in visit.request.query.get("later", "").split(",")]
    return list(dict.fromkeys(row_id for row_id in found if row_id))[-_MOST_LATER:]


def _addressed(later: Sequence[UUID]) -> str:
    return ",".join(short(row_id) for row_id in later)


def _shown(visit: Visit, row: Text, count: int, later: Sequence[UUID], answered: int | None) -> Shown:
    dutch = _source(visit).bodies[SOURCE][row.unit]
    return Shown(
        row=row,
        title=title(row.unit),
        language=row.language,
        direction=LANGUAGES[row.language].direction,
        lines=textqueue.lines(dutch, row.language, textqueue.body_of(row)),
        points=[(point.value, POINTS[point]) for point in points.of(dutch)],
        seen=textqueue.seen(_source(visit), row),
        number=min(len(later) + 1, count),
        count=count,
        minutes=textqueue.minutes(count),
        answered=answered,
    )


def _next(visit: Visit, note: str, undo: UUID | None = None) -> web.Response:
    """On to the next text; the address keeps what was put off, and what can be undone."""
    later = _addressed(_later(visit))
    parts = [f"note={note}", *([f"later={later}"] if later else []), *([f"undo={short(undo)}"] if undo else [])]
    return page.see_other(f"{QUEUE}?{'&'.join(parts)}")


async def _chosen(visit: Visit) -> Text | None:
    """The text in the address, if it waits for this account."""
    text_id = visit.id_in_path()
    return next((row for row in await _waiting(visit) if row.id == text_id), None)


async def _gone(visit: Visit) -> web.Response:
    """It waits no more: another was first, or it is the account's own."""
    row = await visit.session.get(Text, visit.id_in_path())
    own = row is not None and await same_person(visit.session, row.author_id, visit.account)
    return _next(visit, "text-own" if own else "text-gone")


async def good(visit: Visit) -> web.Response:
    """Exactly this version may be said, from two minutes on; every point must be ticked."""
    row, form = await _chosen(visit), Form(await posted(visit.request))
    if row is None:
        return await _gone(visit)
    if _has_changed(visit, row, form):
        return await _queue(visit, form, row.id)
    if not {point.value for point in points.of(_source(visit).bodies[SOURCE][row.unit])} <= set(form.raws("point")):
        form.refuse("points", "Druk op alles wat klopt. Klopt iets niet? Kies dan “Verbeter” of “Terug”.")
        return await _queue(visit, form, row.id)
    try:
        await texts.approve(visit.session, visit.now, row.id, visit.account)
    except Refused:
        return await _gone(visit)
    await _judged(visit, row)
    return _next(visit, "text-approved", row.id)


def _has_changed(visit: Visit, row: Text, form: Form) -> bool:
    if form.raw("seen") == textqueue.seen(_source(visit), row):
        return False
    form.refuse("points", "De tekst is intussen veranderd. Kijk nog een keer.")
    return True


async def _judged(visit: Visit, row: Text) -> None:
    await reviewing.judged(visit.session, visit.now, visit.settings, _source(visit), row)


async def send_back(visit: Visit) -> web.Response:
    """Back to the writer, with a reason."""
    row, form = await _chosen(visit), Form(await posted(visit.request))
    if row is None:
        return await _gone(visit)
    reason = form.choice("reason", REASONS, needed="Kies wat niet klopt.")
    if reason is None or _has_changed(visit, row, form):
        return await _queue(visit, form, row.id)
    try:
        await texts.return_(visit.session, visit.now, row.id, visit.account, reason)
    except Refused:
        return await _gone(visit)
    await _judged(visit, row)
    return _next(visit, "text-returned", row.id)


async def change(visit: Visit) -> web.Response:
    """Which sentence should be better; with its number in the address, that sentence to write."""
    row = await _chosen(visit)
    if row is None:
        return await _gone(visit)
    lines = _lines(visit, row)
    at = _number(visit, len(lines))
    return _change(visit, row, lines, at, Filled(said=lines[at].raw) if at is not None else Form({}))


def _lines(visit: Visit, row: Text) -> list[Line]:
    return textqueue.lines(_source(visit).bodies[SOURCE][row.unit], row.language, textqueue.body_of(row))


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
        dutch=_source(visit).bodies[SOURCE][row.unit][line.name][-1] if line else "",
        names=textqueue.names_in(line.raw) if line else "",
        form=form,
        labels=LABELS,
        later=_addressed(_later(visit)),
    )


async def improve(visit: Visit) -> web.Response:
    """The sentence as it should be: a new version, that another speaker looks at."""
    row, form = await _chosen(visit), Form(await posted(visit.request))
    if row is None:
        return await _gone(visit)
    lines = _lines(visit, row)
    at = _number(visit, len(lines))
    if at is None:
        raise web.HTTPNotFound
    typed = form.text("said", needed="Schrijf de hele zin.", longest=textqueue.LONGEST)
    if form.problems:
        return _change(visit, row, lines, at, form)
    source = _source(visit)
    try:
        fresh = await textqueue.improve(visit.session, visit.now, source, row, lines[at], typed, visit.account)
    except Unfit as unfit:
        form.refuse("said", str(unfit))
        return _change(visit, row, lines, at, form)
    except Refused:
        return await _gone(visit)
    await _judged(visit, row)
    others = await other_speakers(visit.session, fresh.language, visit.account)
    await reviewing.written(visit.session, visit.now, visit.settings, source, fresh, others)
    return _next(visit, "text-changed" if others else "text-alone", fresh.id)


async def undo(visit: Visit) -> web.Response:
    """Toch niet: a judgement or a wording of one's own, within two minutes."""
    text_id = visit.id_in_path()
    row = await visit.session.get(Text, text_id)
    if row is None:
        raise web.HTTPNotFound
    own = await same_person(visit.session, row.author_id, visit.account)
    act = takeback.withdraw if own else takeback.undo
    try:
        undone = await act(*_who(visit, text_id), _undo_time(visit))
    except (NotAllowed, NotFound):
        raise web.HTTPNotFound from None
    if undone and own:
        await reviewing.forget(visit.session, visit.now, text_id)
    return _next(visit, "text-undone" if undone else "text-undo-late")
