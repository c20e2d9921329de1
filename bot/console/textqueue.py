"""The queue of texts on a phone: one text, its checklist, and good, better, back or later; two minutes to undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.console import effort, page
from bot.console import unclear as unclear_words
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from content import texts
from content.approvals import NotAllowed, NotFound, Refused, same_person
from content.catalogue import Catalogue, body_of
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

LABELS = {"points": "Zegt deze taal hetzelfde?", "reason": "Wat klopt niet?"}

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

#: How a text stands that this account judged, or wrote, just now -> what is said of it.
_DONE = {"approved": "text-approved", "returned": "text-returned", "submitted": "text-changed"}

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
    later = put_off_before(visit)
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
        later=addressed(later),
        began=effort.began(visit, form.raw("began")),
        put_off=addressed([*later, rows[0].id] if rows else later),
        unclear=await unclear_words.waiting_news(visit),
        undo=undo if undo and await takeback.can_undo(*_who(visit, undo), _undo_time(visit)) else None,
    )


async def _waiting(visit: Visit) -> dict[Text, int | None]:
    """What waits for a yes, and then what people don't understand, with how many judged it."""
    who = (visit.session, source(visit), visit.account)
    judged: dict[Text, int | None] = dict.fromkeys(await textqueue.waiting(*who))
    return judged | {one.row: one.answered for one in await unclear.waiting(*who)}


def source(visit: Visit) -> Catalogue:
    """Today's Dutch."""
    return visit.desk.texts().source


def _who(visit: Visit, text_id: UUID) -> tuple[AsyncSession, datetime, UUID, Account]:
    return visit.session, visit.now, text_id, visit.account


def _undo_time(visit: Visit) -> timedelta:
    return timedelta(seconds=visit.settings.undo_seconds)


def put_off_before(visit: Visit) -> list[UUID]:
    """What was put off, as the address remembers it."""
    found = [from_short(one) for one in visit.request.query.get("later", "").split(",")]
    return list(dict.fromkeys(row_id for row_id in found if row_id))[-_MOST_LATER:]


def addressed(later: Sequence[UUID]) -> str:
    """The same as an address holds it."""
    return ",".join(short(row_id) for row_id in later)


def _shown(visit: Visit, row: Text, count: int, later: Sequence[UUID], answered: int | None) -> Shown:
    dutch = source(visit).bodies[SOURCE][row.unit]
    return Shown(
        row=row,
        title=title(row.unit),
        language=row.language,
        direction=LANGUAGES[row.language].direction,
        lines=textqueue.lines(dutch, row.language, body_of(row.body)),
        points=[(point.value, POINTS[point]) for point in points.of(dutch)],
        seen=textqueue.seen(source(visit), row),
        number=min(len(later) + 1, count),
        count=count,
        minutes=textqueue.minutes(count),
        answered=answered,
    )


def go_on(visit: Visit, note: str, undo: UUID | None = None) -> web.Response:
    """On to the next text; the address keeps what was put off, and what can be undone."""
    later = addressed(put_off_before(visit))
    parts = [f"note={note}", *([f"later={later}"] if later else []), *([f"undo={short(undo)}"] if undo else [])]
    return page.see_other(f"{QUEUE}?{'&'.join(parts)}")


async def chosen_text(visit: Visit) -> Text | None:
    """The text in the address, if it waits for this account."""
    text_id = visit.id_in_path()
    return next((row for row in await _waiting(visit) if row.id == text_id), None)


async def gone(visit: Visit) -> web.Response:
    """It waits no more: this form was sent twice, another was first, or it is the account's own."""
    row = await visit.session.get(Text, visit.id_in_path())
    newest = await _newest(visit, row) if row is not None else None
    if newest is not None and await takeback.can_undo(*_who(visit, newest.id), _undo_time(visit)):
        return go_on(visit, _DONE[newest.state], newest.id)
    own = row is not None and await same_person(visit.session, row.author_id, visit.account)
    return go_on(visit, "text-own" if own else "text-gone")


async def _newest(visit: Visit, row: Text) -> Text | None:
    """The newest version of the same unit in the same language."""
    same = select(Text).where(Text.unit == row.unit, Text.language == row.language)
    return (await visit.session.scalars(same.order_by(Text.version.desc()).limit(1))).first()


async def good(visit: Visit) -> web.Response:
    """Exactly this version may be said, from two minutes on; every point must be ticked."""
    row, form = await chosen_text(visit), Form(await posted(visit.request))
    if row is None:
        return await gone(visit)
    if _has_changed(visit, row, form):
        return await _queue(visit, form, row.id)
    if not {point.value for point in points.of(source(visit).bodies[SOURCE][row.unit])} <= set(form.raws("point")):
        form.refuse("points", "Druk op alles wat klopt. Klopt iets niet? Kies dan “Verbeter” of “Terug”.")
        return await _queue(visit, form, row.id)
    try:
        await texts.approve(visit.session, visit.now, row.id, visit.account)
    except Refused:
        return await gone(visit)
    await judged(visit, row, form)
    return go_on(visit, "text-approved", row.id)


def _has_changed(visit: Visit, row: Text, form: Form) -> bool:
    if form.raw("seen") == textqueue.seen(source(visit), row):
        return False
    form.refuse("points", "De tekst is intussen veranderd. Kijk nog een keer.")
    return True


async def judged(visit: Visit, row: Text, form: Form) -> None:
    """Count the time, and ask nobody for what waits no more."""
    await effort.count(visit, form, "review")
    await reviewing.judged(visit.session, visit.now, visit.settings, source(visit), row)


async def send_back(visit: Visit) -> web.Response:
    """Back to the writer, with a reason."""
    row, form = await chosen_text(visit), Form(await posted(visit.request))
    if row is None:
        return await gone(visit)
    reason = form.choice("reason", REASONS, needed="Kies wat niet klopt.")
    if reason is None or _has_changed(visit, row, form):
        return await _queue(visit, form, row.id)
    try:
        await texts.return_(visit.session, visit.now, row.id, visit.account, reason)
    except Refused:
        return await gone(visit)
    await judged(visit, row, form)
    return go_on(visit, "text-returned", row.id)


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
    return go_on(visit, "text-undone" if undone else "text-undo-late")
