"""News: what waits, what there is, one version with how it looks and who judged it; sent on, approved, taken down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.console import newsview, page
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from content import audience, corrections, news, updates
from content.approvals import NotAllowed, NotFound, Refused
from content.updates import News, Story
from core.languages import LANGUAGES
from core.permissions import Scope, may, reach
from core.tables.agenda import Place, Workshop
from core.tables.people import Account
from core.tables.texts import Approval, Broadcast, Update
from core.tables.voice import Media
from scheduler import asking, broadcasts, recall

LABELS = {
    "language": "Taal",
    "body": "Bericht",
    "dutch": "Hetzelfde in makkelijk Nederlands",
    "reason": "Waarom gaat het terug?",
}

#: States of a version that nobody got.
UNSENT = ("draft", "submitted", "approved", "returned")


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
    found = await news.stories(visit.session, query.limit(page.LENGTH + 1).offset((number - 1) * page.LENGTH))
    return page.show(
        visit,
        "updates.html",
        waiting=[[one] for one in await updates.waiting(visit.session, visit.account)],
        found=[shown for story in found[: page.LENGTH] if (shown := _visible(visit, story))],
        number=number,
        more=len(found) > page.LENGTH,
        may_write=may(visit.account, "update.write"),
    )


def _visible(visit: Visit, story: Story) -> list[News]:
    """The versions of an update that this account may see."""
    return [one for one in story.versions if _may_see(visit, one)]


def _may_see(visit: Visit, one: News) -> bool:
    if is_own(visit, one):
        return True
    if reach(visit.account, "update.see") is Scope.WORKSHOPS:
        return False
    return may(visit.account, "update.see", language=one.text.language)


def is_own(visit: Visit, one: News) -> bool:
    """Whether this account wrote it, or the update that it is a version of."""
    return visit.account.id in (one.update.author_id, one.text.author_id)


async def found(visit: Visit) -> News:
    """The version in the address; what this account may not see looks like what isn't there."""
    try:
        one = await updates.read(visit.session, visit.id_in_path())
    except NotFound:
        raise web.HTTPNotFound from None
    if not _may_see(visit, one):
        raise web.HTTPNotFound
    return one


async def show(visit: Visit) -> web.Response:
    """One version: the words, who looked, how it will go or went, and what can be done now."""
    return await again(visit, await found(visit), Form({}))


async def again(visit: Visit, one: News, form: Form) -> web.Response:
    """The same page, with what was wrong in a form on it."""
    session, account = visit.session, visit.account
    story = await updates.whole(session, one.text.id)
    broadcast = await broadcasts.of_text(session, one.text.id)
    judge = one.text.id in {waits.text.id for waits in await updates.waiting(session, account)}
    unsent = one.update.state != "withdrawn" and one.text.state in UNSENT
    return page.show(
        visit,
        "update.html",
        status=422 if form.problems else 200,
        found=one,
        versions=_visible(visit, story),
        form=form,
        labels=LABELS,
        authors=await _authors(visit, one),
        about=await _about(visit, one),
        preview=await newsview.preview(visit, story, one, broadcast) if unsent else None,
        looks=newsview.looks(visit, one),
        bits=[newsview.bits(body, language) for language, body in one.bodies],
        why_second=await updates.second_needed(session, visit.now, visit.settings, one),
        judgements=await _judgements(visit, one),
        judge=judge,
        second=judge and one.text.approver_id is not None,
        directions={code: language.direction for code, language in LANGUAGES.items()},
        voice_seconds=await _seconds(visit, one),
        longest=updates.LONGEST,
        **_going(visit, broadcast),
        **await _afterwards(visit, story, one, broadcast),
        **_may(visit, story, one),
    )


async def _authors(visit: Visit, one: News) -> str:
    """Who wrote the update, and who this version, where that is another."""
    ids = dict.fromkeys([one.update.author_id, one.text.author_id])
    found = [await visit.session.get(Account, account_id) for account_id in ids]
    return ", ".join(author.name for author in found if author is not None)


async def _about(visit: Visit, one: News) -> dict[str, Any]:
    """Whom it is for, in words."""
    update = one.update
    place = await visit.session.get(Place, update.for_place) if update.for_place else None
    workshop = await visit.session.get(Workshop, update.for_workshop) if update.for_workshop else None
    return {
        "place": place.name if place else "",
        "workshop": workshop.title if workshop else "",
        "send_at": page.local(update.send_at, visit) if update.send_at else None,
    }


async def _seconds(visit: Visit, one: News) -> int | None:
    if one.text.voice_id is None:
        return None
    length = await visit.session.scalar(select(Media.milliseconds).where(Media.id == one.text.voice_id))
    return round((length or 0) / 1000)


def _going(visit: Visit, broadcast: Broadcast | None) -> dict[str, Any]:
    """When it leaves, as long as it can be stopped."""
    if broadcast is None or broadcast.state not in broadcasts.DUE:
        return {"due": None, "minutes": 0, "telling": False}
    minutes = max(1, round((broadcast.due - visit.now) / timedelta(minutes=1)))
    return {"due": page.local(broadcast.due, visit), "minutes": minutes, "telling": broadcast.state == "telling"}


async def _afterwards(visit: Visit, story: Story, one: News, broadcast: Broadcast | None) -> dict[str, Any]:
    """How far it came, whether it may be called back, and what stands in for it."""
    out = one.text.state in news.OUT
    reached = await recall.reach(visit.session, one) if out else recall.Reach(got=0, waiting=0)
    allowed = out and await corrections.may_recall(visit.session, one, visit.account)
    latest = next(row for row in story.newest if row.language == one.text.language)
    stands = one.update.state != "withdrawn"
    return {
        "got": audience.shown(reached.got) if out else "",
        "queued": audience.shown(reached.waiting) if reached.waiting else "",
        "stopped": audience.shown(reached.stopped) if reached.stopped else "",
        "recalled_at": page.local(broadcast.recalled_at, visit) if broadcast and broadcast.recalled_at else None,
        "told": broadcast is not None and broadcast.state == "told",
        "latest": latest if latest.id != one.text.id else None,
        "may_recall": allowed and one.text.state == "sent" and stands,
        "may_correct": allowed and one.text.state == "recalled" and latest.id == one.text.id and stands,
        "may_tell": allowed and broadcast is not None and broadcast.state == "recalled",
    }


def _may(visit: Visit, story: Story, one: News) -> dict[str, Any]:
    """What this account can do with it now."""
    account, own, stands = visit.account, is_own(visit, one), one.update.state != "withdrawn"
    there = {row.language for row in story.newest}
    more = [(code, language.dutch_name) for code, language in LANGUAGES.items() if code not in there]
    return {
        "may_submit": own and stands and one.text.state in ("draft", "returned"),
        "may_edit": own and stands and one.text.state in UNSENT,
        "may_withdraw": stands
        and (
            one.update.author_id == account.id or all(may(account, "update.withdraw", language=code) for code in there)
        ),
        "more_languages": [row for row in more if stands and may(account, "update.write", language=row[0])],
    }


async def _judgements(visit: Visit, one: News) -> list[Judgement]:
    query = (
        select(Approval, Account.name)
        .join(Account, Account.id == Approval.account_id)
        .where(Approval.update_text_id == one.text.id, Approval.verdict != "below")
        .order_by(Approval.at, Approval.id)
    )
    return [
        Judgement(name=name, verdict=row.verdict, at=page.local(row.at, visit), reason=row.reason)
        for row, name in await visit.session.execute(query)
    ]


async def submit(visit: Visit) -> web.Response:
    """Ask another speaker to look."""
    one = await found(visit)
    try:
        sent_on = await updates.submit(visit.session, one.text.id, visit.account)
    except Refused as refusal:
        return await refused(visit, one, refusal)
    others = await updates.others_who_speak(visit.session, sent_on)
    await asking.ask(visit.session, visit.now, visit.settings, sent_on, others)
    return page.see_other(f"/console/updates/{one.text.id}?note=submitted")


async def approve(visit: Visit) -> web.Response:
    """The first or the second look; the last one lets it go after the time to take it back."""
    one = await found(visit)
    seen = str((await posted(visit.request)).get("seen", ""))
    try:
        outcome = await broadcasts.approve(visit.session, visit.now, visit.settings, one, visit.account, seen=seen)
    except Refused as refusal:
        return await refused(visit, one, refusal)
    note = "on-its-way" if outcome is updates.Outcome.APPROVED else "second-needed"
    return page.see_other(f"/console/updates/{one.text.id}?note={note}")


async def give_back(visit: Visit) -> web.Response:
    """Back to the writer, with a reason."""
    one, form = await found(visit), Form(await posted(visit.request))
    reason = form.text("reason", needed="Schrijf waarom, dan kan de schrijver het verbeteren.", longest=500)
    if form.problems:
        return await again(visit, one, form)
    try:
        await broadcasts.give_back(visit.session, visit.now, one.text.id, visit.account, reason, seen=form.raw("seen"))
    except Refused as refusal:
        return await refused(visit, one, refusal)
    return page.see_other(f"/console/updates/{one.text.id}?note=returned")


async def undo(visit: Visit) -> web.Response:
    """Toch niet: stop what has not gone out."""
    one = await found(visit)
    try:
        stopped = await broadcasts.undo(visit.session, one.text.id, visit.account)
    except NotAllowed:
        raise web.HTTPNotFound from None
    if not stopped:
        form = Form({})
        form.refuse("undo", "Het bericht is al weg. U kunt het wel terugroepen.")
        return await again(visit, one, form)
    return page.see_other(f"/console/updates/{one.text.id}?note=undone")


async def withdraw(visit: Visit) -> web.Response:
    """Take it down for good."""
    one = await found(visit)
    try:
        await broadcasts.take_down(visit.session, one.text.id, visit.account)
    except Refused as refusal:
        return await refused(visit, one, refusal)
    return page.see_other(f"/console/updates/{one.text.id}?note=withdrawn")


async def refused(visit: Visit, one: News, refusal: Refused) -> web.Response:
    """A sentence on the same page; what doesn't exist for this account doesn't exist at all."""
    if isinstance(refusal, NotAllowed | NotFound):
        raise web.HTTPNotFound
    form = Form({})
    form.refuse("judgement", str(refusal))
    return await again(visit, one, form)
