"""A snapshot of the texts that may be said now, and how it is read and kept true."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift
from content.approvals import Verdict
from content.audible import NO_VOICES, Voices
from content.bubble import Bubble
from content.catalogue import Body, Catalogue, body_of
from core.languages import SOURCE
from core.tables.texts import Approval, MinorEdit, Text


@dataclass(frozen=True, kw_only=True, eq=False)
class InForce:
    """Per language and unit the body in force; Dutch is always whole. Each snapshot is equal to itself only."""

    bodies: Mapping[tuple[str, str], Body]  #: (language, unit) -> name -> plural forms
    hashes: Mapping[str, str]  #: unit -> hash of today's Dutch
    voices: Voices = NO_VOICES  #: the clips that may be heard

    def has(self, language: str, unit: str) -> bool:
        """Whether this unit may be said in this language."""
        return (language, unit) in self.bodies

    def forms(self, language: str, unit: str, name: str) -> tuple[str, ...]:
        """The plural forms of one message; KeyError names what is missing."""
        try:
            return self.bodies[language, unit][name]
        except KeyError:
            raise KeyError(f"no text in force: {language} {unit}/{name}") from None

    def source_hash(self, unit: str) -> str:
        """The hash of today's Dutch of this unit."""
        return self.hashes[unit]

    @cached_property
    def rendered(self) -> dict[Hashable, Bubble]:
        """What was said with these texts of late, by all that it was made of (content.render)."""
        return {}

    @cached_property
    def labels(self) -> dict[Hashable, tuple[str, ...]]:
        """What stood on buttons of late, by language and choices (content.render)."""
        return {}

    @cached_property
    def heard(self) -> dict[Hashable, tuple[str, ...]]:
        """The clips that said a push of late, by all that it was made of: kept here, it goes with the snapshot."""
        return {}

    @cached_property
    def source(self) -> Catalogue:
        """Today's Dutch alone: what a translation is judged by."""
        dutch = {unit: self.bodies[SOURCE, unit] for unit in self.hashes}
        return Catalogue(bodies=MappingProxyType({SOURCE: MappingProxyType(dutch)}), hashes=self.hashes)


def concepts(catalogue: Catalogue) -> InForce:
    """Everything that is shipped, as if approved: for previews and tests, never for a person."""
    bodies = {(language, unit): body for language, units in catalogue.bodies.items() for unit, body in units.items()}
    return InForce(bodies=MappingProxyType(bodies), hashes=catalogue.hashes)


def dutch_and(catalogue: Catalogue, approved: Mapping[tuple[str, str], Body]) -> InForce:
    """Today's Dutch, and what was approved in the other languages."""
    bodies: dict[tuple[str, str], Body] = {(SOURCE, unit): body for unit, body in catalogue.bodies[SOURCE].items()}
    return InForce(bodies=MappingProxyType(dict(approved) | bodies), hashes=catalogue.hashes)


async def dutch(session: AsyncSession, units: Iterable[str]) -> Catalogue:
    """Today's Dutch of these units as the newest release wrote it down: what all processes go by."""
    query = (
        select(Text.unit, Text.source_hash, Text.body)
        .where(Text.language == SOURCE)
        .ext(distinct_on(Text.unit))
        .order_by(Text.unit, Text.version.desc())
    )
    newest = {unit: (hashed, body_of(body)) for unit, hashed, body in await session.execute(query)}
    known = [unit for unit in units if unit in newest]
    return Catalogue(
        bodies=MappingProxyType({SOURCE: MappingProxyType({unit: newest[unit][1] for unit in known})}),
        hashes=MappingProxyType({unit: newest[unit][0] for unit in known}),
    )


async def in_force(session: AsyncSession, catalogue: Catalogue, *, before: datetime | None = None) -> InForce:
    """The newest approved version of each unit and language that was made from Dutch that counts as today's.

    `before`: an approval that was given later than this can still be undone, so it doesn't count yet (None: all do).
    """
    counts = await drift.accepted(session, catalogue.hashes)
    query = (
        drift.approved_today(counts)
        .where(Text.language != SOURCE, *([] if before is None else [~_approved_since(before)]))
        .ext(distinct_on(Text.unit, Text.language))
        .order_by(Text.unit, Text.language, Text.version.desc())
    )
    approved = {(row.language, row.unit): body_of(row.body) for row in await session.scalars(query)}
    return dutch_and(catalogue, approved)


def _approved_since(moment: datetime) -> Any:
    return exists().where(Approval.text_id == Text.id, Approval.verdict == Verdict.APPROVED.value, Approval.at > moment)


async def stamp(session: AsyncSession, *, before: datetime | None = None) -> tuple[int, ...]:
    """Counts that change with every version, judgement and minor edit, and with every approval that comes into force
    (`before` as in `in_force`): unequal to the last, ask that again."""
    judged = Approval.text_id.is_not(None)
    settled = func.count().filter(judged if before is None else judged & (Approval.at <= before))
    approvals = (await session.execute(select(func.count().filter(judged), settled))).one()
    versions = await session.scalar(select(func.count()).select_from(Text))
    edits = await session.scalar(select(func.count()).select_from(MinorEdit))
    return versions or 0, edits or 0, *approvals


async def next_in_force(session: AsyncSession, since: datetime) -> datetime | None:
    """When the first approval after this moment was given: so much later the next text comes into force."""
    later = (Approval.verdict == Verdict.APPROVED.value, Approval.text_id.is_not(None), Approval.at > since)
    return (await session.execute(select(func.min(Approval.at)).where(*later))).scalar_one()
