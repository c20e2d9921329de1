"""News that is out and not right: called back in one language, told to who got it, and put right."""

from uuid import UUID

from aiohttp import web

from bot.console import effort, guard, page, updates
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from content import updates as news
from content.approvals import NotAllowed, NotFound, Refused
from content.review import spoken
from content.updates import corrections
from core.tables.voice import Media
from scheduler.news import asking, recall


async def take_back(visit: Visit) -> web.Response:
    """Stop what waits and change what stands on screens; people are told at once, or when the right text is there."""
    one, form = await updates.found(visit), Form(await posted(visit.request))
    how = form.choice("tell", ("wrong", "later"), needed="Kies wat mensen horen.")
    if how is None:
        return await updates.again(visit, one, form)
    try:
        await recall.recall(
            *(visit.session, visit.now, visit.settings, visit.desk.texts(), one.text.id, visit.account),
            tell=how == "wrong",
        )
    except Refused as refusal:
        return await updates.refused(visit, one, refusal)
    guard.noted(visit, "update.recall", "news_text", one.text.id)
    return page.see_other(f"/console/updates/{one.text.id}?note=recalled")


async def tell(visit: Visit) -> web.Response:
    """No right text will come: people hear that it was wrong."""
    one = await updates.found(visit)
    try:
        await recall.say_wrong(visit.session, visit.now, visit.settings, one.text.id, visit.account)
    except Refused as refusal:
        return await updates.refused(visit, one, refusal)
    guard.noted(visit, "update.recall", "news_text", one.text.id)
    return page.see_other(f"/console/updates/{one.text.id}?note=telling")


async def correct(visit: Visit) -> web.Response:
    """The right text, to be looked at by another speaker; then exactly those hear it who got the wrong one."""
    one, form = await updates.found(visit), Form(await posted(visit.request))
    body = form.text("body", needed="Schrijf de goede tekst.", longest=news.LONGEST)
    dutch = form.text("dutch", longest=news.LONGEST)
    if form.problems:
        return await updates.again(visit, one, form)
    try:
        right = await corrections.correct(
            *(visit.session, visit.now, visit.settings, one.text.id, visit.account), body=body, dutch=dutch or None
        )
    except (NotAllowed, NotFound):
        raise web.HTTPNotFound from None
    except Refused as refusal:
        form.refuse("body", str(refusal))
        return await updates.again(visit, one, form)
    await effort.count(visit, form, "write")
    others = await news.others_who_speak(visit.session, right)
    await asking.ask(visit.session, visit.now, visit.settings, visit.desk.texts().source, right, others)
    return page.see_other(f"/console/updates/{right.text.id}?note=submitted")


async def picture(visit: Visit) -> web.Response:
    """The picture beside it, for who judges."""
    return await _media(visit, (await updates.found(visit)).update.picture_id)


async def voice(visit: Visit) -> web.Response:
    """The voice of this version."""
    return await _media(visit, (await updates.found(visit)).text.voice_id)


async def reason(visit: Visit) -> web.Response:
    """The voice of who sent this version back."""
    said = await spoken.of(visit.session, (await updates.found(visit)).text)
    return await _media(visit, None if said is None else said.id)


async def _media(visit: Visit, media_id: UUID | None) -> web.Response:
    kept = await visit.session.get(Media, media_id) if media_id is not None else None
    if kept is None or kept.content is None:
        raise web.HTTPNotFound
    return web.Response(body=kept.content, content_type=kept.mime)
