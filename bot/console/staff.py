"""Accounts: who has one, when it was used last; stopped when phone or password is in other hands, and given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import guard, page, words
from bot.console.desk import Visit
from bot.console.forms import posted
from content.approvals import NotFound
from content.review import deeds, takeback
from content.review.deeds import Deed
from content.review.titles import title
from content.voice import recordings
from core import accounts
from core.permissions import may, may_stop
from core.tables.people import Account
from scheduler import suspension


@dataclass(frozen=True, kw_only=True)
class Line:
    """One account as the list shows it."""

    id: UUID
    name: str
    email: str
    role: str
    languages: str
    used: datetime | None  #: wall time
    stopped: datetime | None  #: wall time
    may_stop: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Deeds of one kind."""

    title: str
    done: Sequence["Done"]
    back: str  #: what the form of [Haal alles terug] sends; empty where there are none, or one


#: Kinds of deed, what does most harm first, and what they are called together.
_GROUPS = {"news": "Nieuws", "text": "Teksten", "clip": "Stemmen"}

#: In the place of an id: every one of its kind.
_ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Done:
    """One deed in words, where to look at it, and whether it can be called back here."""

    what: str
    did: str
    at: datetime  #: wall time
    state: str
    address: str
    back: str  #: what the form of [Haal terug] sends; empty: not from here


async def index(visit: Visit) -> web.Response:
    """Every account that this one may stop, those in use first."""
    used = await deeds.last_used(visit.session)
    query = select(Account).order_by(Account.disabled_at.is_not(None), Account.name, Account.id)
    found = [_line(visit, row, used.get(row.id)) for row in await visit.session.scalars(query)]
    return page.show(visit, "accounts.html", lines=found)


def _line(visit: Visit, row: Account, used: datetime | None) -> Line:
    return Line(
        id=row.id,
        name=row.name,
        email=row.email,
        role=words.ROLES[row.role],
        languages=", ".join(words.language(code) for code in row.languages),
        used=page.local(used, visit) if used else None,
        stopped=page.local(row.disabled_at, visit) if row.disabled_at else None,
        may_stop=may_stop(visit.account, row),
    )


async def show(visit: Visit) -> web.Response:
    """One account, and what it did in the last thirty days."""
    account = await _account(visit)
    used = (await deeds.last_used(visit.session)).get(account.id)
    found = await deeds.of(visit.session, visit.now, account)
    answered = await deeds.answered(visit.session, visit.now, account)
    return page.show(
        visit,
        "account.html",
        line=_line(visit, account, used),
        groups=[_group(visit, account, kind, found) for kind in _GROUPS],
        answered=[(number, page.local(at, visit)) for number, at in answered],
    )


def _group(visit: Visit, account: Account, kind: str, found: Sequence[Deed]) -> Group:
    done = [_done(visit, account, deed) for deed in found if deed.kind == kind]
    several = sum(bool(one.back) for one in done) > 1
    return Group(title=_GROUPS[kind], done=done, back=f"{kind}/{_ALL}" if several else "")


async def _account(visit: Visit) -> Account:
    """The account in the address; what this visitor may not stop looks like what isn't there."""
    account = await visit.session.get(Account, visit.id_in_path())
    if account is None or not may_stop(visit.account, account):
        raise web.HTTPNotFound
    return account


def _done(visit: Visit, account: Account, deed: Deed) -> Done:
    language = words.language(deed.language)
    here = deed.stands and account.disabled_at is not None
    address = ""
    if deed.kind == "news" and may(visit.account, "update.see", language=deed.language):
        address = f"/console/updates/{deed.id}"
    elif deed.kind == "text" and may(visit.account, "text.see", language=deed.language):
        address = f"/console/texts/units/{deed.unit}?language={deed.language}"
    return Done(
        what=_what(deed, language),
        did={"wrote": "schreef dit", "approved": "keurde dit goed", "recalled": "riep dit terug"}[deed.did],
        at=page.local(deed.at, visit),
        state=_state(deed),
        address=address,
        back=f"{deed.kind}/{deed.id}" if here else "",
    )


def _what(deed: Deed, language: str) -> str:
    if deed.kind == "news":
        return f"Nieuws in het {language}"
    if deed.kind == "clip":
        return f"Stem in het {language}: {deed.unit}"
    return f"Tekst in het {language}: {title(deed.unit)}"


_STATES = {"concept": "wacht", "submitted": "wacht", "approved": "in gebruik", "returned": "ging terug"}


def _state(deed: Deed) -> str:
    if deed.kind == "news":
        return words.UPDATES[deed.state][0]
    return _STATES.get(deed.state, "in gebruik")


async def stop(visit: Visit) -> web.Response:
    """Zet uit: at once, with all that waited of it."""
    account = await _account(visit)
    source = visit.desk.texts().source
    await suspension.stop(visit.session, visit.now, visit.settings, source, account, visit.account)
    guard.noted(visit, "account.stop", "account", account.id)
    return page.see_other(f"/console/accounts/{account.id}?note=stopped")


async def start(visit: Visit) -> web.Response:
    """Zet aan."""
    account = await _account(visit)
    await accounts.start(visit.session, account)
    guard.noted(visit, "account.start", "account", account.id)
    return page.see_other(f"/console/accounts/{account.id}?note=started")


async def call_back(visit: Visit) -> web.Response:
    """Haal terug: an approval of a stopped account, or all of a kind, counts no more, and another looks."""
    account, form = await _account(visit), await posted(visit.request)
    kind, _, number = str(form.get("deed", "")).partition("/")
    if account.disabled_at is None or kind not in ("text", "clip"):
        raise web.HTTPNotFound
    done = [await _call_back(visit, account, kind, row_id) for row_id in await _named(visit, account, kind, number)]
    note = "called-back" if any(done) else "waits-already"
    return page.see_other(f"/console/accounts/{account.id}?note={note}")


async def _named(visit: Visit, account: Account, kind: str, number: str) -> list[UUID]:
    if number == _ALL:
        found = await deeds.of(visit.session, visit.now, account)
        return [deed.id for deed in found if deed.kind == kind and deed.stands]
    try:
        return [UUID(number)]
    except ValueError:
        raise web.HTTPNotFound from None


async def _call_back(visit: Visit, account: Account, kind: str, row_id: UUID) -> bool:
    try:
        if kind == "text":
            done = await takeback.call_back(visit.session, visit.now, row_id, account, visit.account)
        else:
            done = await recordings.call_back(visit.session, row_id, account)
    except NotFound:
        raise web.HTTPNotFound from None
    if done:
        guard.noted(visit, "account.call_back", kind, row_id)
    return done
