"""The texts that may be said: concepts of a release become versions, and a speaker approves them.

A row is one version and never changes its words: a correction is a new version, with a new review.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift
from content.approvals import (
    AlreadyJudged,
    Changed,
    NotAllowed,
    NotFound,
    OwnText,
    Unfit,
    Verdict,
    log,
    same_person,
    speaks,
)
from content.catalogue import Body, Catalogue
from content.foreign import hidden
from content.inforce import InForce, concepts, in_force, next_in_force, stamp
from content.lint import fitness
from content.lint.faithful import other_lines
from content.placeholders import named
from content.plurals import categories
from core.ids import new_id
from core.languages import LANGUAGES, SOURCE
from core.permissions import may
from core.tables.people import Account
from core.tables.texts import Text

__all__ = [
    "SHIPPED_UNITS",
    "InForce",
    "add",
    "approve",
    "concepts",
    "in_force",
    "next_in_force",
    "return_",
    "ship",
    "stamp",
    "submit",
    "turn",
    "waiting",
]

#: Said before a person is known, so before anybody could approve: the release answers for these.
SHIPPED_UNITS = frozenset({"language", "welcome", "link", "call", "stop", "help", "buttons"})

_SHIPPING = 0x50494D01  #: advisory lock: two processes that start together ship once


async def ship(session: AsyncSession, now: datetime, catalogue: Catalogue) -> int:
    """Write what this release says differently from the last one as new versions; returns how many."""
    await turn(session)
    known = await _released(session)
    wanted = [
        (unit, language, body)
        for language, units in catalogue.bodies.items()
        for unit, body in units.items()
        if known.get((unit, language)) != (catalogue.source_hash(unit), _plain(body))
    ]
    if not wanted:
        return 0
    newest = await _newest_versions(session)
    better = await _improved_by_people(session, catalogue)
    await session.execute(
        insert(Text), [_version(now, catalogue, newest, better, unit, lang, body) for unit, lang, body in wanted]
    )
    return len(wanted)


async def turn(session: AsyncSession) -> None:
    """Wait until nobody else writes versions, until the end of the transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SHIPPING})


def _version(
    now: datetime,
    catalogue: Catalogue,
    newest: Mapping[tuple[str, str], int],
    better: set[tuple[str, str]],
    unit: str,
    language: str,
    body: Body,
) -> dict[str, Any]:
    by_release = language == SOURCE or (unit in SHIPPED_UNITS and (unit, language) not in better)
    return {
        "id": new_id(),
        "unit": unit,
        "language": language,
        "version": newest.get((unit, language), 0) + 1,
        "source_hash": catalogue.source_hash(unit),
        "body": _plain(body),
        "origin": "release",
        "author_id": None,
        "state": "approved" if by_release else "concept",
        "created_at": now,
    }


async def _released(session: AsyncSession) -> dict[tuple[str, str], tuple[str, dict[str, list[str]]]]:
    """The newest version of each unit and language that came with a release."""
    query = (
        select(Text.unit, Text.language, Text.source_hash, Text.body)
        .where(Text.origin == "release")
        .ext(distinct_on(Text.unit, Text.language))
        .order_by(Text.unit, Text.language, Text.version.desc())
    )
    return {(unit, language): (hashed, body) for unit, language, hashed, body in await session.execute(query)}


async def _newest_versions(session: AsyncSession) -> dict[tuple[str, str], int]:
    query = select(Text.unit, Text.language, func.max(Text.version)).group_by(Text.unit, Text.language)
    return {(unit, language): version for unit, language, version in await session.execute(query)}


async def _improved_by_people(session: AsyncSession, catalogue: Catalogue) -> set[tuple[str, str]]:
    """Shipped units whose wording a speaker changed and another approved: a release doesn't push that aside."""
    counts = await drift.accepted(session, catalogue.hashes)
    query = drift.approved_today(counts).where(Text.unit.in_(SHIPPED_UNITS), Text.origin != "release")
    return {(row.unit, row.language) for row in await session.scalars(query)}


async def waiting(session: AsyncSession, catalogue: Catalogue, account: Account) -> list[Text]:
    """What this account can judge now: the newest version per unit, made from today's Dutch, not its own."""
    languages = [code for code in account.languages if code != SOURCE and may(account, "text.approve", language=code)]
    query = (
        select(Text)
        .where(Text.language.in_(languages), drift.of_today(await drift.accepted(session, catalogue.hashes)))
        .ext(distinct_on(Text.unit, Text.language))
        .order_by(Text.unit, Text.language, Text.version.desc())
    )
    rows = [row for row in await session.scalars(query) if row.state in drift.UNJUDGED]
    order = {unit: at for at, unit in enumerate(catalogue.units)}
    mine = [row for row in rows if not await same_person(session, row.author_id, account)]
    return sorted(mine, key=lambda row: (row.language, order[row.unit]))


async def approve(session: AsyncSession, now: datetime, text_id: UUID, account: Account) -> Text:
    """Let exactly this version be said; a speaker of the language who didn't write it. Refused says why not."""
    row = await _to_judge(session, text_id, account)
    if row.state not in drift.UNJUDGED:
        raise AlreadyJudged
    if await _newest(session, row.unit, row.language) != row.version:
        raise Changed
    row.state = "approved"
    log(session, now, account, Verdict.APPROVED, row)
    await session.flush()
    return row


async def return_(
    session: AsyncSession,
    now: datetime,
    text_id: UUID,
    account: Account,
    reason: str,
    *,
    voice_id: UUID | None = None,
) -> Text:
    """Send a version back to its writer, with a reason, perhaps spoken; one that was in force is no longer said."""
    row = await _to_judge(session, text_id, account)
    if row.state == "returned":
        raise AlreadyJudged
    row.state = "returned"
    log(session, now, account, Verdict.RETURNED, row, reason, voice_id)
    await session.flush()
    return row


async def submit(
    session: AsyncSession,
    now: datetime,
    catalogue: Catalogue,
    *,
    unit: str,
    language: str,
    body: Body,
    author: Account,
) -> Text:
    """A speaker's own wording of a unit, as a new version that another speaker judges; Unfit says what is wrong."""
    if language == SOURCE or not (
        await speaks(session, author, language) and may(author, "text.approve", language=language)
    ):
        raise NotAllowed
    if unit not in catalogue.units:
        raise NotFound
    dutch = catalogue.bodies[SOURCE][unit]
    for problem in (*unfit(dutch, language, body), *fitness.problems(language, unit, dutch, body)):
        raise Unfit(problem)
    origin = "rolmodel" if author.role == "rolmodel" else "vertaler"
    return await add(session, now, catalogue, unit=unit, language=language, body=body, author=author, origin=origin)


async def add(
    session: AsyncSession,
    now: datetime,
    catalogue: Catalogue,
    *,
    unit: str,
    language: str,
    body: Body,
    author: Account,
    origin: str,
) -> Text:
    """A fitting body as a new version of a unit, that waits for another speaker."""
    await turn(session)
    row = Text(
        unit=unit,
        language=language,
        version=await _newest(session, unit, language) + 1,
        source_hash=catalogue.source_hash(unit),
        body=_plain(body),
        origin=origin,
        author_id=author.id,
        state="submitted",
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row


def unfit(dutch: Body, language: str, body: Body) -> Iterable[str]:
    """What keeps a body from being a text of this unit, in words."""
    for name in dutch.keys() ^ body.keys():
        yield f"De zin “{name}” ontbreekt, of hoort er niet bij."
    for name in dutch.keys() & body.keys():
        needed = 1 if len(dutch[name]) == 1 else len(categories(language))
        if len(body[name]) != needed or not all(form.strip() for form in body[name]):
            yield f"De zin “{name}” heeft {needed} vorm(en) nodig."
        if named(dutch[name]) != named(body[name]):
            yield f"De zin “{name}” heeft niet dezelfde {{woorden}} als het Nederlands."
        if other_lines(name, dutch[name], body[name]):
            yield f"De zin “{name}” heeft niet evenveel regels als het Nederlands."
        if any(hidden(form) for form in body[name]):
            yield f"De zin “{name}” heeft een teken dat niemand ziet."


async def _newest(session: AsyncSession, unit: str, language: str) -> int:
    query = select(func.max(Text.version)).where(Text.unit == unit, Text.language == language)
    return await session.scalar(query) or 0


async def _to_judge(session: AsyncSession, text_id: UUID, account: Account) -> Text:
    row = await session.get(Text, text_id, with_for_update=True, populate_existing=True)
    if row is None or row.language not in LANGUAGES:
        raise NotFound
    if not (await speaks(session, account, row.language) and may(account, "text.approve", language=row.language)):
        raise NotAllowed
    if row.language == SOURCE:
        raise AlreadyJudged
    if await same_person(session, row.author_id, account):
        raise OwnText
    return row


def _plain(body: Body) -> dict[str, list[str]]:
    return {name: list(forms) for name, forms in body.items()}
