"""News: written in a language with its Dutch, looked at by another, sent after two minutes, taken down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import select

from bot.console import page
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from content import audience, news, updates
from content.approvals import NotAllowed, NotFound, Refused
from content.updates import News
from core.languages import LANGUAGES
from core.permissions import Scope, may, reach
from core.tables.people import Account
from core.tables.texts import Approval, Broadcast, Update
from scheduler import broadcasts

LABELS = {
    "language": "Taal",
    "body": "Bericht",
    "dutch": "Hetzelfde in makkelijk Nederlands",
    "day": "Dag waarover het gaat",
    "place": "Plaats",
    "ends_on": "Geldt tot en met",
    "reason": "Waarom gaat het terug?",
}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who judged, how, when, and why it went back."""

    name: str
    verdict: str
    at: datetime  #: wall time
    reason: str | None


async def index(visit: Visit) -> web.Response:
    """What waits for this account, then everything it may see, newest first."""
    number = page.number(visit.request)
    query = select(Update).order_by(Update.created_at.desc(), Update.id.desc())
    if reach(visit.account, "update.see") is Scope.WORKSHOPS:
        query = query.where(Update.author_id == visit.account.id)
    window = query.limit(page.LENGTH + 1).offset((number - 1) * page.LENGTH)
    found = await news.of(visit.session, window)
    return page.show(
        visit,
        "updates.html",
        waiting=await updates.waiting(visit.session, visit.account),
        found=[one for one in found[: page.LENGTH] if _visible(visit, one)],
        number=number,
        more=len(found) > page.LENGTH,
        may_write=may(visit.account, "update.write"),
    )


def _visible(visit: Visit, found: News) -> bool:
    if found.update.author_id == visit.account.id:
        return True
    if reach(visit.account, "update.see") is Scope.WORKSHOPS:
        return False
    return may(visit.account, "update.see", language=found.text.language)


async def blank(visit: Visit) -> web.Response:
    """The form for news."""
    own = visit.account.languages[0] if visit.account.languages else "nl"
    ends_on = page.local(visit.now, visit).date() + timedelta(days=14)
    return _form(visit, Filled(language=own, ends_on=ends_on))


def _form(visit: Visit, form: Form) -> web.Response:
    return page.show(
        visit,
        "update_form.html",
        status=422 if form.problems else 200,
        form=form,
        labels=LABELS,
        languages=[
            (code, language.dutch_name)
            for code, language in LANGUAGES.items()
            if may(visit.account, "update.write", language=code)
        ],
        longest=updates.LONGEST,
    )


async def write(visit: Visit) -> web.Response:
    """Keep a draft; its page shows how it looks and to how many it would go."""
    form = Form(await posted(visit.request))
    language = form.choice("language", LANGUAGES, needed="Kies een taal.")
    body = form.text("body", needed="Schrijf uw bericht.", longest=updates.LONGEST)
    dutch = form.text("dutch", longest=updates.LONGEST)
    if language not in (None, "nl") and not dutch:
        form.refuse("dutch", "Schrijf hetzelfde in makkelijk Nederlands: dat staat eronder.")
    ends_on = form.day("ends_on", needed="Kies de laatste dag: nieuws stopt vanzelf.")
    day, place = form.day("day"), form.text("place", longest=120)
    if form.problems or language is None or ends_on is None:
        return _form(visit, form)
    try:
        written = await updates.write(
            visit.session,
            visit.now,
            visit.settings,
            author=visit.account,
            language=language,
            body=body,
            dutch=dutch or None,
            ends_on=ends_on,
            day=day,
            place=place or None,
        )
    except NotAllowed:
        form.refuse("language", "In deze taal kunt u geen nieuws schrijven.")
        return _form(visit, form)
    except Refused as refusal:
        form.refuse("body", str(refusal))
        return _form(visit, form)
    return page.see_other(f"/console/updates/{written.text.id}?note=saved")


async def _found(visit: Visit) -> News:
    try:
        found = await updates.read(visit.session, visit.id_in_path())
    except NotFound:
        raise web.HTTPNotFound from None
    if not _visible(visit, found):
        raise web.HTTPNotFound
    return found


async def show(visit: Visit) -> web.Response:
    """One piece of news: the words, who looked, to how many, and what can be done now."""
    return await _show(visit, await _found(visit), Form({}))


async def _show(visit: Visit, found: News, form: Form) -> web.Response:
    session, account, state = visit.session, visit.account, found.update.state
    broadcast = (
        await session.scalars(select(Broadcast).where(Broadcast.update_text_id == found.text.id))
    ).one_or_none()
    count = await audience.audience_count(session, found.text.language)
    author = await session.get(Account, found.update.author_id)
    own = found.update.author_id == account.id
    going = broadcast is not None and broadcast.state == "planned"
    judge = found.text.id in {one.text.id for one in await updates.waiting(session, account)}
    return page.show(
        visit,
        "update.html",
        status=422 if form.problems else 200,
        found=found,
        form=form,
        labels=LABELS,
        author=author.name if author else "",
        listeners=audience.shown(count.listeners),
        without_consent=audience.shown(count.without_consent) if count.without_consent else "",
        why_second=await updates.second_needed(session, visit.settings, found),
        judgements=await _judgements(visit, found),
        judge=judge,
        second=judge and found.text.approver_id is not None,
        direction=LANGUAGES[found.text.language].direction,
        broadcast=broadcast,
        due=page.local(broadcast.due, visit) if broadcast and going else None,
        minutes=max(1, round((broadcast.due - visit.now) / timedelta(minutes=1))) if broadcast and going else 0,
        may_submit=own and state in ("draft", "returned"),
        may_withdraw=state != "withdrawn" and may(account, "update.withdraw", language=found.text.language),
    )


async def _judgements(visit: Visit, found: News) -> list[Judgement]:
    query = (
        select(Approval, Account.name)
        .join(Account, Account.id == Approval.account_id)
        .where(Approval.update_text_id == found.text.id)
        .order_by(Approval.at, Approval.id)
    )
    return [
        Judgement(name=name, verdict=row.verdict, at=page.local(row.at, visit), reason=row.reason)
        for row, name in await visit.session.execute(query)
    ]


async def submit(visit: Visit) -> web.Response:
    """Ask another speaker to look."""
    found = await _found(visit)
    try:
        await updates.submit(visit.session, found.text.id, visit.account)
    except Refused as refusal:
        return await _refused(visit, found, refusal)
    return page.see_other(f"/console/updates/{found.text.id}?note=submitted")


async def approve(visit: Visit) -> web.Response:
    """The first or the second look; the last one lets it go after the time to take it back."""
    found = await _found(visit)
    seen = str((await posted(visit.request)).get("seen", ""))
    try:
        outcome = await broadcasts.approve(visit.session, visit.now, visit.settings, found, visit.account, seen=seen)
    except Refused as refusal:
        return await _refused(visit, found, refusal)
    note = "on-its-way" if outcome is updates.Outcome.APPROVED else "second-needed"
    return page.see_other(f"/console/updates/{found.text.id}?note={note}")


async def give_back(visit: Visit) -> web.Response:
    """Back to the writer, with a reason."""
    found, form = await _found(visit), Form(await posted(visit.request))
    reason = form.text("reason", needed="Schrijf waarom, dan kan de schrijver het verbeteren.", longest=500)
    if form.problems:
        return await _show(visit, found, form)
    try:
        await broadcasts.give_back(
            visit.session, visit.now, found.text.id, visit.account, reason, seen=form.raw("seen")
        )
    except Refused as refusal:
        return await _refused(visit, found, refusal)
    return page.see_other(f"/console/updates/{found.text.id}?note=returned")


async def undo(visit: Visit) -> web.Response:
    """Toch niet: stop what has not gone out."""
    found = await _found(visit)
    try:
        stopped = await broadcasts.undo(visit.session, found.text.id, visit.account)
    except NotAllowed:
        raise web.HTTPNotFound from None
    if not stopped:
        form = Form({})
        form.refuse("undo", "Het bericht is al weg. U kunt het wel terugtrekken.")
        return await _show(visit, found, form)
    return page.see_other(f"/console/updates/{found.text.id}?note=undone")


async def withdraw(visit: Visit) -> web.Response:
    """Take it down for good."""
    found = await _found(visit)
    try:
        await broadcasts.take_down(visit.session, found.text.id, visit.account)
    except Refused as refusal:
        return await _refused(visit, found, refusal)
    return page.see_other(f"/console/updates/{found.text.id}?note=withdrawn")


async def _refused(visit: Visit, found: News, refusal: Refused) -> web.Response:
    """A sentence on the same page; what doesn't exist for this account doesn't exist at all."""
    if isinstance(refusal, NotAllowed | NotFound):
        raise web.HTTPNotFound
    form = Form({})
    form.refuse("judgement", str(refusal))
    return await _show(visit, found, form)
