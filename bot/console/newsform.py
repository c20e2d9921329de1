"""News is written: its words, its days, and whom it is for; changed as long as nobody got it; put in more languages."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import effort, newsfacts, page, updates, words
from bot.console.desk import Visit
from bot.console.forms import Filled, Form, posted
from content import updates as news
from content.approvals import NotAllowed, NotFound, Refused
from content.updates import About, News
from core import clock
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.tables.agenda import Place, Workshop
from scheduler.rules import House, quiet_end

LABELS = {
    "language": "Taal",
    "body": "Bericht",
    "dutch": "Hetzelfde in makkelijk Nederlands",
    "dutch_too": "Ook in het Nederlands sturen",
    "day": "Dag waarover het gaat",
    "place": "Plaats",
    "ends_on": "Geldt tot en met",
    "for_place": "Alleen wie bij deze plaats komt",
    "for_leerroute": "Alleen deze leerroute",
    "for_workshop": "Alleen wie meedoet met dit thema",
    "send_day": "Later sturen: welke dag?",
    "send_time": "Later sturen: hoe laat?",
}


async def blank(visit: Visit) -> web.Response:
    """The form for news."""
    own = visit.account.languages[0] if visit.account.languages else SOURCE
    ends_on = page.local(visit.now, visit).date() + timedelta(days=14)
    return await _form(visit, Filled(language=own, ends_on=ends_on))


async def _form(visit: Visit, form: Form, found: News | None = None) -> web.Response:
    return page.show(
        visit,
        "update_form.html",
        status=422 if form.problems else 200,
        form=form,
        labels=LABELS,
        found=found,
        whole=found is None or found.update.author_id == visit.account.id,
        languages=writable(visit),
        places=[(row.id, f"{row.name}, {row.town}") for row in await visit.session.scalars(_places())],
        workshops=[(row.id, row.title) for row in await visit.session.scalars(_themes())],
        leerroutes=list(words.LEERROUTES.items()),
        longest=news.LONGEST,
        began=effort.began(visit, form.raw("began")),
    )


def _places() -> Any:
    return select(Place).order_by(Place.name)


def _themes() -> Any:
    return select(Workshop).where(~Workshop.open_activity).order_by(Workshop.title)


def writable(visit: Visit) -> list[tuple[str, str]]:
    """The languages in which this account may write: code and Dutch name."""
    return [
        (code, language.dutch_name)
        for code, language in LANGUAGES.items()
        if may(visit.account, "update.write", language=code)
    ]


async def write(visit: Visit) -> web.Response:
    """Keep a draft; its page shows how it looks and to how many it would go."""
    form = Form(await posted(visit.request))
    language = form.choice("language", LANGUAGES, needed="Kies een taal.")
    body = form.text("body", needed="Schrijf uw bericht.", longest=news.LONGEST)
    dutch = form.text("dutch", longest=news.LONGEST)
    if language not in (None, SOURCE) and not dutch:
        form.refuse("dutch", "Schrijf hetzelfde in makkelijk Nederlands: dat staat eronder.")
    about = await _about(visit, form)
    if form.problems or language is None or about is None:
        return await _form(visit, form)
    try:
        written = await news.write(
            *(visit.session, visit.now, visit.settings),
            author=visit.account,
            language=language,
            body=body,
            dutch=dutch or None,
            dutch_too=form.ticked("dutch_too"),
            **vars(about),
        )
    except NotAllowed:
        form.refuse("language", "In deze taal kunt u geen nieuws schrijven.")
        return await _form(visit, form)
    except Refused as refusal:
        form.refuse("body", str(refusal))
        return await _form(visit, form)
    await effort.count(visit, form, "write")
    return page.see_other(f"/console/updates/{written.text.id}?note=saved")


async def _about(visit: Visit, form: Form) -> About | None:
    """All but the words; None where something in it is wrong."""
    ends_on = form.day("ends_on", needed="Kies de laatste dag: nieuws stopt vanzelf.")
    day, place = form.day("day"), form.text("place", longest=120)
    send_at = _send_at(visit, form)
    for_place = form.row("for_place", await _ids(visit, _places()))
    for_workshop = form.row("for_workshop", await _ids(visit, _themes()))
    for_leerroute = form.choice("for_leerroute", words.LEERROUTES)
    if day is not None and ends_on is not None and day > ends_on:
        form.refuse("ends_on", "Dan stopt het nieuws vóór de dag waarover het gaat. Kies een latere laatste dag.")
    if form.problems or ends_on is None:
        return None
    return About(
        ends_on=ends_on,
        day=day,
        place=place or None,
        send_at=send_at,
        for_place=for_place,
        for_leerroute=for_leerroute,
        for_workshop=for_workshop,
    )


async def _ids(visit: Visit, query: Any) -> list[UUID]:
    return [row.id for row in await visit.session.scalars(query)]


def _send_at(visit: Visit, form: Form) -> datetime | None:
    """The moment before which it doesn't go: to come, and at an hour at which we send."""
    day, at = form.day("send_day"), form.time("send_time")
    if day is None and at is None:
        return None
    if day is None or at is None:
        form.refuse("send_day" if day is None else "send_time", "Kies een dag en een tijd, of laat allebei leeg.")
        return None
    wall_time, zone = datetime.combine(day, at), visit.settings.timezone
    if clock.skipped(wall_time, zone):
        form.refuse("send_time", "Deze tijd bestaat niet: in die nacht gaat de klok een uur vooruit.")
        return None
    moment = clock.instant(wall_time, zone)
    quiet = quiet_end(moment, House.of(visit.settings))
    if moment <= visit.now:
        form.refuse("send_day", "Deze dag en tijd zijn al geweest.")
    elif quiet is not None:
        opens = page.local(quiet, visit)
        form.refuse("send_time", f"Dan sturen wij niets. Kies een tijd vanaf {opens:%H:%M} uur.")
    return moment


async def edit(visit: Visit) -> web.Response:
    """The form with what stands there now."""
    found = await _editable(visit)
    update = found.update
    send_at = page.local(update.send_at, visit) if update.send_at else None
    filled = Filled(
        language=found.text.language,
        body=found.text.body,
        dutch=found.dutch.body if found.dutch else "",
        day=update.day,
        place=update.place,
        ends_on=update.ends_on,
        for_place=update.for_place,
        for_leerroute=update.for_leerroute,
        for_workshop=update.for_workshop,
        send_day=send_at.date() if send_at else None,
        send_time=f"{send_at:%H:%M}" if send_at else None,
    )
    return await _form(visit, filled, found)


async def save(visit: Visit) -> web.Response:
    """Other words or another audience: a draft again, to be looked at anew."""
    found, form = await _editable(visit), Form(await posted(visit.request))
    body = form.text("body", needed="Schrijf uw bericht.", longest=news.LONGEST)
    dutch = form.text("dutch", longest=news.LONGEST)
    whole = found.update.author_id == visit.account.id
    about = await _about(visit, form) if whole else None
    if form.problems:
        return await _form(visit, form, found)
    try:
        if about is not None and about != news.about(found.update):
            await news.describe(visit.session, visit.now, visit.settings, found.text.id, visit.account, about)
        await news.edit(visit.session, found.text.id, visit.account, body=body, dutch=dutch or None)
    except Refused as refusal:
        sentence = (
            "Het Nederlands is van een ander. Vraag de schrijver." if isinstance(refusal, NotAllowed) else str(refusal)
        )
        form.refuse("body", sentence)
        return await _form(visit, form, found)
    await effort.count(visit, form, "write")
    return page.see_other(f"/console/updates/{found.text.id}?note=saved")


async def _editable(visit: Visit) -> News:
    """A version of the visitor's own that nobody got."""
    found = await updates.found(visit)
    if not newsfacts.is_own(visit, found) or found.text.state not in newsfacts.UNSENT:
        raise web.HTTPNotFound
    return found


async def add_language(visit: Visit) -> web.Response:
    """The same news in one more language."""
    found, form = await updates.found(visit), Form(await posted(visit.request))
    language = form.choice("language", dict(writable(visit)), needed="Kies een taal.")
    body = form.text("body", needed="Schrijf het bericht in die taal.", longest=news.LONGEST)
    if form.problems or language is None:
        return await updates.again(visit, found, form)
    try:
        added = await news.add(visit.session, found.text.id, visit.account, language=language, body=body)
    except (NotAllowed, NotFound):
        raise web.HTTPNotFound from None
    except Refused as refusal:
        form.refuse("body", str(refusal))
        return await updates.again(visit, found, form)
    await effort.count(visit, form, "write")
    return page.see_other(f"/console/updates/{added.text.id}?note=saved")
