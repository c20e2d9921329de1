"""What waits for a speaker's judgement, in the order to look at it, and how one text is laid out for that."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift, texts
from content.approvals import Unfit
from content.catalogue import Body, Catalogue, body_of
from content.lint import fitness
from content.placeholders import placeholders
from content.plurals import index
from content.review import coreset, examples
from core.ids import short
from core.languages import SOURCE
from core.tables.people import Account
from core.tables.texts import Text
from core.utf16 import units

#: UTF-16 units of lines on one page of a chat: with what stands around them they fit above a list of answers.
PAGE_UNITS = 700

#: What somebody types as one sentence, in characters.
LONGEST = 600


@dataclass(frozen=True, kw_only=True)
class Line:
    """One form of one message beside its Dutch, both with example values."""

    name: str
    form: int
    dutch: str
    own: str
    raw: str  #: the own form with its placeholders, as it is written down


async def waiting(session: AsyncSession, catalogue: Catalogue, account: Account) -> list[Text]:
    """What this account can judge, the core set first."""
    rows = await texts.waiting(session, catalogue, account)
    place = {unit: at for at, unit in enumerate(dict.fromkeys((*coreset.CORE, *catalogue.units)))}
    return sorted(rows, key=lambda row: (place[row.unit], row.language))


async def newest(session: AsyncSession, catalogue: Catalogue, language: str) -> Mapping[str, Text]:
    """Unit -> the newest version for Dutch that counts as today's, whatever became of it."""
    counts = await drift.accepted(session, catalogue.hashes)
    query = (
        select(Text)
        .where(Text.language == language, drift.of_today(counts))
        .ext(distinct_on(Text.unit))
        .order_by(Text.unit, Text.version.desc())
    )
    return {row.unit: row for row in await session.scalars(query)}


async def newest_of(session: AsyncSession, catalogue: Catalogue, unit: str) -> Mapping[str, Text]:
    """Language -> the newest version of one unit for Dutch that counts as today's, whatever became of it."""
    counts = await drift.accepted(session, {unit: catalogue.hashes[unit]})
    query = (
        select(Text)
        .where(drift.of_today(counts))
        .ext(distinct_on(Text.language))
        .order_by(Text.language, Text.version.desc())
    )
    return {row.language: row for row in await session.scalars(query)}


def seen(catalogue: Catalogue, row: Text) -> str:
    """What a judge looks at, to be compared with what stands there when she judges: version and Dutch."""
    return f"{short(row.id)} {catalogue.source_hash(row.unit)[:16]}"


def put_off(rows: Sequence[Text], later: Sequence[UUID]) -> list[Text]:
    """The same with what was put off behind the rest."""
    return sorted(rows, key=lambda row: row.id in later)


def minutes(count: int) -> int:
    """About how long so many texts take: never less than two minutes, and nothing takes none."""
    return max(2, (count * 4 + 2) // 3) if count else 0


def lines(dutch: Body, language: str, body: Body) -> list[Line]:
    """Every form of every message, in the order of the Dutch; a message that one of the two lacks is left out."""
    return [
        _line(name, at, dutch[name], language, body[name])
        for name in dutch
        if name in body
        for at in range(len(body[name]))
    ]


def _line(name: str, at: int, dutch: Sequence[str], language: str, said: Sequence[str]) -> Line:
    count = examples.count_of(language, at, len(said))
    source = dutch[index(SOURCE, count)] if len(dutch) > 1 else dutch[0]
    return Line(
        name=name,
        form=at,
        dutch=examples.shown(SOURCE, source, count=count),
        own=examples.shown(language, said[at], count=count),
        raw=said[at],
    )


def pages(found: Sequence[Line]) -> list[list[Line]]:
    """The lines in pieces that a chat shows at once; at least one piece."""
    made: list[list[Line]] = [[]]
    room = PAGE_UNITS
    for line in found:
        needs = units(line.dutch) + units(line.own)
        if made[-1] and needs > room:
            made.append([])
            room = PAGE_UNITS
        made[-1].append(line)
        room -= needs
    return made


async def improve(
    session: AsyncSession, now: datetime, catalogue: Catalogue, row: Text, line: Line, typed: str, author: Account
) -> Text:
    """One sentence said otherwise, as a new version that another speaker judges.

    Unfit says in words what keeps the sentence from being said; Refused why this account may not.
    """
    said = unicodedata.normalize("NFC", typed).strip()
    if len(said) > LONGEST:
        raise Unfit(f"De zin is te lang: {len(said)} tekens. Het mogen er {LONGEST} zijn.")
    if not said:
        raise Unfit("Er staat niets.")
    if said == line.raw:
        raise Unfit("Dit is dezelfde zin.")
    dutch, body = catalogue.bodies[SOURCE][row.unit], body_of(row.body)
    forms = tuple(said if at == line.form else form for at, form in enumerate(body[line.name]))
    for problem in fitness.of_message(row.language, row.unit, line.name, dutch[line.name], forms):
        raise Unfit(problem)
    whole = {**body, line.name: forms}
    return await texts.submit(session, now, catalogue, unit=row.unit, language=row.language, body=whole, author=author)


def names_in(form: str) -> str:
    """The placeholders that must stay as they are: `{day}, {time}`."""
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders(form)))
