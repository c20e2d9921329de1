"""How each text stands to today's Dutch: derived from versions, approvals and minor edits, never stored."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from content.catalogue import Catalogue
from core.languages import SOURCE
from core.tables.texts import MinorEdit, Text

#: Unit -> the hashes of Dutch that say the same as today's: its own, and those that minor edits lead on to it.
Accepted = Mapping[str, frozenset[str]]

#: States of a version that somebody can still judge.
UNJUDGED = ("concept", "submitted")


class State(StrEnum):
    """How a unit stands in a language."""

    CURRENT = "current"  #: a version for today's Dutch is approved
    WAITING = "waiting"  #: the newest for today's Dutch is not judged yet
    RETURNED = "returned"  #: the newest for today's Dutch went back to its writer
    OUTDATED = "outdated"  #: approved, but for earlier Dutch
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version, as far as its standing depends on it."""

    number: int
    source_hash: str
    state: str  #: concept | submitted | approved | returned


async def accepted(session: AsyncSession, hashes: Mapping[str, str]) -> Accepted:
    """The Dutch that counts as today's, per unit; `hashes` is unit -> hash of today's Dutch."""
    before: dict[tuple[str, str], set[str]] = {}
    for unit, old, new in await session.execute(select(MinorEdit.unit, MinorEdit.old_hash, MinorEdit.new_hash)):
        before.setdefault((unit, new), set()).add(old)
    return MappingProxyType({unit: _leading_to(unit, today, before) for unit, today in hashes.items()})


def _leading_to(unit: str, today: str, before: Mapping[tuple[str, str], set[str]]) -> frozenset[str]:
    """Back along the chain of minor edits; a circle ends where it began."""
    found, ahead = {today}, [today]
    while ahead:
        fresh = before.get((unit, ahead.pop()), set()) - found
        found |= fresh
        ahead += fresh
    return frozenset(found)


def of_today(counts: Accepted) -> Any:
    """The condition that a version was made from Dutch that counts as today's."""
    return tuple_(Text.unit, Text.source_hash).in_([(unit, one) for unit, ones in counts.items() for one in ones])


def approved_today(counts: Accepted) -> Select[Text]:
    """Every version that somebody approved for Dutch that counts as today's."""
    return select(Text).where(Text.state == "approved", of_today(counts))


def derived(versions: Iterable[Version], counts: Collection[str]) -> State:
    """How a unit stands in a language, from all its versions there; `counts`: the hashes that count as today's."""
    known = sorted(versions, key=lambda version: version.number)
    todays = [version for version in known if version.source_hash in counts]
    if any(version.state == "approved" for version in todays):
        return State.CURRENT
    if todays:
        return State.WAITING if todays[-1].state in UNJUDGED else State.RETURNED
    return State.OUTDATED if any(version.state == "approved" for version in known) else State.MISSING


async def states(
    session: AsyncSession, catalogue: Catalogue, languages: Sequence[str]
) -> Mapping[tuple[str, str], State]:
    """(language, unit) -> how it stands, for every unit of the catalogue; Dutch is always current."""
    counts = await accepted(session, catalogue.hashes)
    query = select(Text.language, Text.unit, Text.version, Text.source_hash, Text.state).where(
        Text.language.in_([code for code in languages if code != SOURCE])
    )
    known: dict[tuple[str, str], list[Version]] = {}
    for language, unit, number, hashed, state in await session.execute(query):
        known.setdefault((language, unit), []).append(Version(number=number, source_hash=hashed, state=state))
    return {
        (language, unit): State.CURRENT
        if language == SOURCE
        else derived(known.get((language, unit), ()), counts[unit])
        for language in languages
        for unit in catalogue.units
    }
