"""News: what waits, what there is, one version with how it looks and who judged it; sent on, approved, taken down."""

from aiohttp import web
from sqlalchemy import select

from bot.console import effort, guard, newsfacts, newsview, page, unclear
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from content import updates
from content.approvals import NotAllowed, NotFound, Refused, Unfit
from content.review import spoken
from content.updates import News, Story, news
from core.languages import LANGUAGES
from core.permissions import Scope, may, reach
from core.tables.texts import Update
from scheduler.news import asking, broadcasts

LABELS = {
    "language": "Taal",
    "body": "Bericht",
    "dutch": "Hetzelfde in makkelijk Nederlands",
    "reason": "Waarom gaat het terug?",
}


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
        waiting=[[one] for one in await _waiting(visit)],
        found=[shown for story in found[: page.LENGTH] if (shown := _visible(visit, story))],
        number=number,
        more=len(found) > page.LENGTH,
        may_write=may(visit.account, "update.write"),
    )


async def _waiting(visit: Visit) -> list[News]:
    """What this account can judge and somebody could still hear."""
    return await asking.waiting(visit.session, visit.now, visit.settings, visit.account)


def _visible(visit: Visit, story: Story) -> list[News]:
    """The versions of an update that this account may see."""
    return [one for one in story.versions if _may_see(visit, one)]


def _may_see(visit: Visit, one: News) -> bool:
    if newsfacts.is_own(visit, one):
        return True
    if reach(visit.account, "update.see") is Scope.WORKSHOPS:
        return False
    return may(visit.account, "update.see", language=one.text.language)


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
    session = visit.session
    story = await updates.whole(session, one.text.id)
    broadcast = await broadcasts.of_text(session, one.text.id)
    judge = one.text.id in {waits.text.id for waits in await _waiting(visit)}
    unsent = one.update.state != "withdrawn" and one.text.state in newsfacts.UNSENT
    return page.show(
        visit,
        "update.html",
        status=422 if form.problems else 200,
        found=one,
        versions=_visible(visit, story),
        form=form,
        labels=LABELS,
        authors=await newsfacts.authors(visit, one),
        about=await newsfacts.about(visit, one),
        preview=await newsview.preview(visit, story, one, broadcast) if unsent else None,
        looks=newsview.looks(visit, one),
        bits=[newsview.bits(body, language) for language, body in one.bodies],
        why_second=await updates.second_needed(session, visit.now, visit.settings, one),
        clear=await unclear.of_news(visit, one.text),
        judgements=await newsfacts.judgements(visit, one),
        spoken=await spoken.of(session, one.text) is not None,
        judge=judge,
        second=judge and one.text.approver_id is not None,
        directions={code: language.direction for code, language in LANGUAGES.items()},
        voice_seconds=await newsfacts.voice_seconds(visit, one),
        longest=updates.LONGEST,
        began=effort.began(visit, form.raw("began")),
        **newsfacts.going(visit, broadcast),
        **await newsfacts.afterwards(visit, story, one, broadcast),
        **newsfacts.possible(visit, story, one),
    )


async def submit(visit: Visit) -> web.Response:
    """Ask another speaker to look."""
    one = await found(visit)
    if broadcasts.is_over(one, visit.now, visit.settings):
        return await refused(visit, one, Unfit("Dit nieuws is voorbij. Kies eerst een latere laatste dag."))
    try:
        sent_on = await updates.submit(visit.session, one.text.id, visit.account)
    except Refused as refusal:
        return await refused(visit, one, refusal)
    others = await updates.others_who_speak(visit.session, sent_on)
    await asking.ask(visit.session, visit.now, visit.settings, visit.desk.texts().source, sent_on, others)
    return page.see_other(f"/console/updates/{one.text.id}?note=submitted")


async def approve(visit: Visit) -> web.Response:
    """The first or the second look; the last one lets it go after the time to take it back."""
    one, form = await found(visit), Form(await posted(visit.request))
    try:
        outcome = await broadcasts.approve(
            visit.session, visit.now, visit.settings, one, visit.account, seen=form.raw("seen")
        )
    except Refused as refusal:
        return await refused(visit, one, refusal)
    await effort.count(visit, form, "review")
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
    await effort.count(visit, form, "review")
    await asking.tell_writer(visit.session, visit.now, visit.settings, one)
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
    guard.noted(visit, "update.withdraw", "news_text", one.text.id)
    return page.see_other(f"/console/updates/{one.text.id}?note=withdrawn")


async def refused(visit: Visit, one: News, refusal: Refused) -> web.Response:
    """A sentence on the same page; what doesn't exist for this account doesn't exist at all."""
    if isinstance(refusal, NotAllowed | NotFound):
        raise web.HTTPNotFound
    form = Form({})
    form.refuse("judgement", str(refusal))
    return await again(visit, one, form)
