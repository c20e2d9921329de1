"""Who will not hear a text in the own language, said before it is sent, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from bot.console import words
from bot.console.desk import Visit
from content.review import fallback
from content.review.fallback import Group
from content.updates import News, audience
from core.languages import SOURCE
from core.permissions import may
from core.tables.people import Person
from scheduler.volunteers import reviewing
from scheduler.volunteers.reviewing import Asked

#: What stands around news, and is ours: its push, and the words beside what somebody wrote.
_AROUND_NEWS = ("message", "updates")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One language in which a text can't be said yet."""

    headline: str
    why: str
    asked: str
    language: str
    may_ask: bool
    again: bool  #: somebody was asked before


async def of_people(visit: Visit, people: Select[Any], *units: str, exact: bool) -> list[Notice]:
    """One notice per language; `people` selects ids of Person. `exact`: this account may know who they are."""
    groups = await fallback.spread(visit.session, visit.desk.texts(), people, *units)
    together: dict[str, list[str]] = {}
    for group in groups:
        together.setdefault(group.wanted, []).append(_headline(group, exact=exact))
    return [await _notice(visit, wanted, " ".join(headlines)) for wanted, headlines in together.items()]


async def of_news(visit: Visit, found: News, people: Select[Any]) -> list[Notice]:
    """Who hears this news in another language than the own one, or its push; nothing for who doesn't ask speakers."""
    if not may(visit.account, "text.ask"):
        return []
    groups = await fallback.elsewhere(visit.session, found.text.language, people)
    return [_unwritten(group) for group in groups] + await of_people(visit, people, *_AROUND_NEWS, exact=False)


def _unwritten(group: Group) -> Notice:
    return Notice(
        headline=_headline(group, exact=False),
        why=f"Dit nieuws is er niet in het {words.language(group.wanted)}.",
        asked="Schrijf het bij “Nog een taal”, of vraag een rolmodel.",
        language=group.wanted,
        may_ask=False,
        again=False,
    )


async def of_person(visit: Visit, person: Person, *units: str) -> list[Notice]:
    """The notice about one person; empty where all these are heard in the own language."""
    group = fallback.of_person(visit.desk.texts(), person, *units)
    return [await _notice(visit, group.wanted, f"Deze persoon krijgt {_in(group.got)}.")] if group else []


async def _notice(visit: Visit, wanted: str, headline: str) -> Notice:
    found = await reviewing.asked(visit.session, visit.now, wanted)
    return Notice(
        headline=headline,
        why=f"De tekst in het {words.language(wanted)} is nog niet goedgekeurd.",
        asked=in_words(found, visit.now),
        language=wanted,
        may_ask=found.speakers > 0 and may(visit.account, "text.ask"),
        again=found.asked > 0,
    )


def _headline(group: Group, *, exact: bool) -> str:
    count = str(group.count) if exact else audience.shown(group.count)
    get = "persoon krijgt" if count == "1" else "mensen krijgen"
    return f"{count[0].upper()}{count[1:]} {get} {_in(group.got)}."


def _in(language: str) -> str:
    return "makkelijk Nederlands" if language == SOURCE else words.language(language)


def in_words(found: Asked, now: datetime) -> str:
    """Who was asked, and since when nobody answered."""
    if not found.speakers:
        return "Er is geen rolmodel die deze taal spreekt."
    if not found.asked:
        return "Er is nog geen rolmodel gevraagd."
    asked = f"Rolmodel gevraagd: {found.asked}"
    if found.since is None:
        return f"{asked}."
    days = (now - found.since).days
    return f"{asked}; geen antwoord sinds {words.of_number(days, 'dag', 'dagen')}." if days else f"{asked}, vandaag."
