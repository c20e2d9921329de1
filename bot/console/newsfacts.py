"""What the page of one version knows: who wrote and judged it, whom it is for, how far it is, what may be done now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.console import page
from bot.console.desk import Visit
from content.updates import News, Story, audience, corrections, news
from core.languages import LANGUAGES
from core.permissions import may
from core.tables.agenda import Place, Workshop
from core.tables.people import Account
from core.tables.texts import Approval, Broadcast
from core.tables.voice import Media
from scheduler.news import broadcasts, recall

#: States of a version that nobody got.
UNSENT = ("draft", "submitted", "approved", "returned")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who judged, how, when, and why it went back."""

    name: str
    verdict: str
    at: datetime  #: wall time
    reason: str | None


def is_own(visit: Visit, one: News) -> bool:
    """Whether this account wrote it, or the update that it is a version of."""
    return visit.account.id in (one.update.author_id, one.text.author_id)


async def authors(visit: Visit, one: News) -> str:
    """Who wrote the update, and who this version, where that is another."""
    ids = dict.fromkeys([one.update.author_id, one.text.author_id])
    found = [await visit.session.get(Account, account_id) for account_id in ids]
    return ", ".join(author.name for author in found if author is not None)


async def about(visit: Visit, one: News) -> dict[str, Any]:
    """Whom it is for, in words."""
    update = one.update
    place = await visit.session.get(Place, update.for_place) if update.for_place else None
    workshop = await visit.session.get(Workshop, update.for_workshop) if update.for_workshop else None
    return {
        "place": place.name if place else "",
        "workshop": workshop.title if workshop else "",
        "send_at": page.local(update.send_at, visit) if update.send_at else None,
    }


async def voice_seconds(visit: Visit, one: News) -> int | None:
    """How long its voice is; None without one."""
    if one.text.voice_id is None:
        return None
    length = await visit.session.scalar(select(Media.milliseconds).where(Media.id == one.text.voice_id))
    return round((length or 0) / 1000)


def going(visit: Visit, broadcast: Broadcast | None) -> dict[str, Any]:
    """When it leaves, as long as it can be stopped."""
    if broadcast is None or broadcast.state not in broadcasts.DUE:
        return {"due": None, "minutes": 0, "telling": False}
    minutes = max(1, round((broadcast.due - visit.now) / timedelta(minutes=1)))
    return {"due": page.local(broadcast.due, visit), "minutes": minutes, "telling": broadcast.state == "telling"}


async def afterwards(visit: Visit, story: Story, one: News, broadcast: Broadcast | None) -> dict[str, Any]:
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


def possible(visit: Visit, story: Story, one: News) -> dict[str, Any]:
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


async def judgements(visit: Visit, one: News) -> list[Judgement]:
    """Who looked at this version, and what they said."""
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
