"""Texts in every language: the matrix, one text with its Dutch, the core set on paper, rolmodellen asked again."""

import re
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import select

from bot.console import fallbacks, page, words
from bot.console.desk import Visit
from bot.console.forms import Form, posted
from content import drift
from content.approvals import NotAllowed, NotFound, Refused
from content.catalogue import Body, Catalogue, body_of
from content.review import coreset, coverage, examples, minoredits, spoken, textqueue
from content.review.coverage import Coverage
from content.review.textqueue import Line
from content.review.titles import title
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.tables.people import Person
from core.tables.texts import Approval, Text
from scheduler.volunteers import reviewing

LABELS = {"minor": "Kleine wijziging"}

#: Where "ask again" may lead back to: pages of the console only.
_BACK = re.compile(r"/console/(?:appointments|workshops|leefgeld|updates|texts)(?:/[\w.-]+){0,2}")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One text of the core set on paper."""

    unit: str
    title: str
    state: drift.State
    lines: list[Line]


@dataclass(frozen=True, kw_only=True)
class Said:
    """One version of a text in a language, beside its Dutch."""

    headline: str
    lines: list[Line]


def languages(visit: Visit) -> list[str]:
    """The languages of this installation whose texts the account may see."""
    return [
        code for code in visit.settings.languages if code != SOURCE and may(visit.account, "text.see", language=code)
    ]


async def compact(visit: Visit) -> Coverage | None:
    """The matrix as the first page shows it; None where it isn't for this account."""
    wanted = languages(visit) if may(visit.account, "text.see") else []
    return await coverage.matrix(visit.session, visit.desk.texts(), wanted) if wanted else None


async def index(visit: Visit) -> web.Response:
    """Every text in every language."""
    return page.show(
        visit,
        "texts.html",
        found=await coverage.matrix(visit.session, visit.desk.texts(), languages(visit)),
        title=title,
        own_names={code: LANGUAGES[code].own_name for code in languages(visit)},
        may_approve=may(visit.account, "text.approve"),
    )


def _source(visit: Visit) -> Catalogue:
    return visit.desk.texts().source


async def unit(visit: Visit) -> web.Response:
    """One text: its Dutch, how it stands in each language, and what a change of the Dutch means."""
    return await _unit(visit, _named(visit), Form({}))


def _named(visit: Visit) -> str:
    name = visit.request.match_info["unit"]
    if name not in _source(visit).hashes:
        raise web.HTTPNotFound
    return name


async def _unit(visit: Visit, name: str, form: Form) -> web.Response:
    source = _source(visit)
    dutch = source.bodies[SOURCE][name]
    before = await minoredits.earlier(visit.session, source, name)
    states = await drift.states(visit.session, source, languages(visit))
    newest = await textqueue.newest_of(visit.session, source, name)
    shown = visit.request.query.get("language", "")
    return page.show(
        visit,
        "text.html",
        status=422 if form.problems else 200,
        unit=name,
        title=title(name),
        form=form,
        labels=LABELS,
        dutch=[examples.shown(SOURCE, said) for forms in dutch.values() for said in forms],
        changes=_changes(before, dutch) if before else [],
        before=before,
        risks=list(minoredits.risks(body_of(before.body), dutch)) if before else [],
        may_minor=may(visit.account, "text.minor"),
        states={code: states[code, name] for code in languages(visit)},
        newer={code for code, row in newest.items() if row.state in drift.UNJUDGED},
        shown=LANGUAGES[shown] if shown in languages(visit) else None,
        said=_said(visit, name, shown, newest.get(shown)) if shown in languages(visit) else [],
        reason=await _reason(visit, newest.get(shown)),
        spoken=shown in newest and await spoken.of(visit.session, newest[shown]) is not None,
        better=_better(visit, newest.get(shown)),
        fallbacks=await fallbacks.of_people(visit, select(Person.id), name, exact=False),
    )


async def _reason(visit: Visit, newest: Text | None) -> str:
    """Why the newest version went back, in words; empty where it didn't."""
    if newest is None or newest.state != "returned":
        return ""
    query = select(Approval.reason).where(Approval.text_id == newest.id, Approval.verdict == "returned")
    reason = await visit.session.scalar(query.order_by(Approval.at.desc()).limit(1))
    return words.RETURNED.get(reason, reason) if reason else ""


async def reason(visit: Visit) -> web.Response:
    """The voice of who sent the newest version back."""
    newest = await textqueue.newest_of(visit.session, _source(visit), _named(visit))
    row = newest.get(visit.request.query.get("language", ""))
    said = await spoken.of(visit.session, row) if row is not None else None
    if said is None or said.content is None:
        raise web.HTTPNotFound
    return web.Response(body=said.content, content_type=said.mime)


def _better(visit: Visit, newest: Text | None) -> str:
    """Where a speaker of this language says a sentence better, or judges what waits; empty for others."""
    if newest is None or not may(visit.account, "text.approve", language=newest.language):
        return ""
    waits = newest.state in drift.UNJUDGED
    return "/console/texts/queue" if waits else f"/console/texts/queue/{newest.id}/change"


_OF_NEWEST = {
    "concept": "Wacht op een spreker",
    "submitted": "Wacht op een spreker",
    "approved": "Goedgekeurd",
    "returned": "Ging terug",
}


def _said(visit: Visit, name: str, language: str, newest: Text | None) -> list[Said]:
    """What people get in this language, and the newest version where that is another."""
    dutch, now = _source(visit).bodies[SOURCE][name], visit.desk.texts().bodies.get((language, name))
    found = [Said(headline="Dit krijgen mensen nu", lines=textqueue.lines(dutch, language, now))] if now else []
    if newest is not None and body_of(newest.body) != now:
        lines = textqueue.lines(dutch, language, body_of(newest.body))
        found.append(Said(headline=_OF_NEWEST[newest.state], lines=lines))
    return found


def _changes(before: Text, dutch: Body) -> list[tuple[str, str]]:
    """(earlier, today) of every form that is another now; empty where one of the two has none."""
    old = body_of(before.body)
    names = list(dict.fromkeys((*dutch, *old)))
    pairs = [pair for name in names for pair in _paired(old.get(name, ()), dutch.get(name, ()))]
    return [(was, now) for was, now in pairs if was != now]


def _paired(old: tuple[str, ...], new: tuple[str, ...]) -> list[tuple[str, str]]:
    longest = max(len(old), len(new))
    return [(old[at] if at < len(old) else "", new[at] if at < len(new) else "") for at in range(longest)]


async def minor(visit: Visit) -> web.Response:
    """Say that today's Dutch means the same as before, so that approvals stay."""
    name, form = _named(visit), Form(await posted(visit.request))
    try:
        await minoredits.declare(
            visit.session,
            visit.now,
            _source(visit),
            unit=name,
            old_hash=form.raw("before"),
            account=visit.account,
        )
    except (NotAllowed, NotFound):
        raise web.HTTPNotFound from None
    except Refused as refusal:
        form.refuse("minor", str(refusal))
        return await _unit(visit, name, form)
    return page.see_other(f"/console/texts/units/{name}?note=minor")


def _language(visit: Visit) -> str:
    code = visit.request.match_info["language"]
    if code not in languages(visit):
        raise web.HTTPNotFound
    return code


async def on_paper(visit: Visit) -> web.Response:
    """The core set of a language, to sit down with and tick."""
    code, source = _language(visit), _source(visit)
    states = await drift.states(visit.session, source, [code])
    newest = await textqueue.newest(visit.session, source, code)
    sheets = [
        Sheet(
            unit=name, title=title(name), state=states[code, name], lines=_lines(source, code, name, newest.get(name))
        )
        for name in coreset.CORE
        if name in source.hashes
    ]
    return page.show(
        visit,
        "text_sheet.html",
        language=code,
        own_name=LANGUAGES[code].own_name,
        direction=LANGUAGES[code].direction,
        sheets=sheets,
        ready=coreset.readiness(states, code),
    )


def _lines(source: Catalogue, code: str, name: str, row: Text | None) -> list[Line]:
    """The Dutch beside the newest version; beside nothing where there is none yet."""
    dutch = source.bodies[SOURCE][name]
    if row is not None:
        return textqueue.lines(dutch, code, body_of(row.body))
    return [
        Line(name=said, form=at, dutch=examples.shown(SOURCE, form), own="", raw="")
        for said, forms in dutch.items()
        for at, form in enumerate(forms)
    ]


async def ask(visit: Visit) -> web.Response:
    """Ask the rolmodellen of a language once more, at a good hour."""
    code, form = _language(visit), Form(await posted(visit.request))
    count = await reviewing.ask_again(visit.session, visit.now, visit.settings, _source(visit), code)
    back = form.raw("back")
    where = back if _BACK.fullmatch(back) else "/console/texts"
    return page.see_other(f"{where}?note={'asked' if count else 'nobody-asked'}")
