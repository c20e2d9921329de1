"""Minor edits of the Dutch: approvals stay, but only where nothing changed that a translation must follow."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift
from content.approvals import AlreadyJudged, NotAllowed, NotFound, Unfit
from content.catalogue import Body, Catalogue
from content.review.points import NEGATION
from core.ids import new_id
from core.languages import SOURCE
from core.permissions import may
from core.tables.people import Account
from core.tables.texts import MinorEdit, Text

_DATE_WORDS = (
    "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december", "eergisteren", "gisteren", "vandaag", "morgen", "overmorgen", "vanochtend", "vanmiddag", "vanavond",
    "vannacht", "ochtend", "middag", "avond", "nacht", "straks", "eerder", "later", "voor", "vóór", "na", "tot",
    "vanaf", "sinds", "binnen", "seconden?", "minuut", "minuten", "uur", "uren", "dag", "dagen", "week", "weken",
    "weekend", "maand", "maanden", "jaar", "jaren",
)  # fmt: skip

_AMOUNTS = (
    "euro", "cent", "half", "halve", "dubbel", "een beetje", "één", "eén", "twee", "drie", "vier", "vijf", "zes",
    "zeven", "acht", "negen", "tien", "elf", "twaalf", "twintig", "dertig", "veertig", "vijftig", "honderd", "duizend",
    "eerste", "tweede", "derde", "minder", "meer", "alle", "alles",
)  # fmt: skip


def _words(*words: str) -> str:
    return r"\b(?:" + "|".join(sorted(words, key=len, reverse=True)) + r")\b"


#: What a minor edit may not touch: what it is called in a refusal -> how it is found.
_WATCHED: Mapping[str, re.Pattern[str]] = {
    "een waarde tussen haken": re.compile(r"\{\w+\}"),
    "een cijfer": re.compile(r"\d+(?:[.,:]\d+)*(?![^{]*\})"),
    "een bedrag of aantal": re.compile(r"[€$£%]|" + _words(*_AMOUNTS), re.IGNORECASE),
    "een woord over tijd": re.compile(_words(*_DATE_WORDS), re.IGNORECASE),
    "een ontkenning": NEGATION,
    "ja of nee": re.compile(_words("ja", "nee"), re.IGNORECASE),
}

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")


def risks(old: Body, new: Body) -> Iterator[str]:
    """Why other Dutch is no minor edit, in words; nothing where it may be one.

    What is watched must stand in the same sentence as before: a negation that moves on turns two sentences around.
    """
    if {name: len(forms) for name, forms in old.items()} != {name: len(forms) for name, forms in new.items()}:
        yield "Er kwam een zin bij, of er ging een zin weg."
        return
    for name, forms in new.items():
        for before, after in zip(old[name], forms, strict=True):
            for what, pattern in _WATCHED.items():
                if _marks(pattern, before) != _marks(pattern, after):
                    yield f"In “{after}” is {what} anders dan eerst."


def _marks(pattern: re.Pattern[str], text: str) -> list[list[str]]:
    """What is found, sentence by sentence; sentences without anything at the end don't count."""
    found = [[_same(mark) for mark in pattern.findall(sentence)] for sentence in _SENTENCE_END.split(text)]
    while found and not found[-1]:
        found.pop()
    return found


def _same(mark: str) -> str:
    """A capital at the start of a sentence is no change; NIET in capitals is."""
    return mark if len(mark) > 1 and mark.isupper() else mark.lower()


async def earlier(session: AsyncSession, catalogue: Catalogue, unit: str) -> Text | None:
    """The last Dutch of this unit that no longer counts as today's; None where there was no other."""
    counts = await drift.accepted(session, catalogue.hashes)
    query = (
        select(Text)
        .where(Text.unit == unit, Text.language == SOURCE, Text.source_hash.not_in(counts.get(unit, frozenset())))
        .order_by(Text.version.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def declare(
    session: AsyncSession, now: datetime, catalogue: Catalogue, *, unit: str, old_hash: str, account: Account
) -> None:
    """Let approvals of earlier Dutch count for today's. Refused says in words why it can't be."""
    if account.disabled_at or not may(account, "text.minor"):
        raise NotAllowed
    before = await _dutch(session, unit, old_hash)
    if unit not in catalogue.units or before is None:
        raise NotFound
    if old_hash in (await drift.accepted(session, catalogue.hashes))[unit]:
        raise AlreadyJudged("Dit is al een kleine wijziging.")
    for why in risks(before, catalogue.bodies[SOURCE][unit]):
        raise Unfit(f"Dit is geen kleine wijziging. {why} De rolmodellen kijken opnieuw.")
    said = {"unit": unit, "old_hash": old_hash, "new_hash": catalogue.source_hash(unit)}
    made = insert(MinorEdit).values(id=new_id(), **said, account_id=account.id, at=now)
    await session.execute(made.on_conflict_do_nothing())


async def _dutch(session: AsyncSession, unit: str, hashed: str) -> Body | None:
    """The Dutch with this hash, as a release wrote it down."""
    query = select(Text.body).where(Text.unit == unit, Text.language == SOURCE, Text.source_hash == hashed).limit(1)
    body = (await session.scalars(query)).one_or_none()
    return None if body is None else {name: tuple(forms) for name, forms in body.items()}
