"""The matrix of languages and texts: what may be said, what waits, what is outdated, and what has a voice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from content import drift
from content.catalogue import Body, Catalogue
from content.drift import State
from content.inforce import InForce
from content.lint import demands
from content.review import coreset
from content.voice import clips
from core.languages import SOURCE
from core.tables.texts import Text
from core.tables.voice import Clip


class Group(StrEnum):
    """Where a unit stands in the matrix; each stands in one group only."""

    CORE = "core"
    NOTICES = "notices"  #: what is pushed
    CONVERSATION = "conversation"  #: what answers in a chat


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One unit in one language."""

    state: State
    voice: bool  #: a checked clip reads it as it is said now
    newer: bool  #: it is said, and a better version waits to be said instead


@dataclass(frozen=True, kw_only=True)
class Count:
    """A group of units in one language."""

    states: Mapping[State, int] = field(default_factory=dict)
    voiced: int = 0
    newer: int = 0

    @property
    def units(self) -> int:
        """How many there are."""
        return sum(self.states.values())

    def of(self, state: str) -> int:
        """How many stand so; by a State or its value."""
        return self.states.get(State(state), 0)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The whole matrix."""

    languages: tuple[str, ...]
    units: Mapping[Group, tuple[str, ...]]
    cells: Mapping[tuple[str, str], Cell]  #: (language, unit)

    def counts(self, language: str) -> Mapping[Group, Count]:
        """One row of the compact matrix."""
        return {group: self._count(language, units) for group, units in self.units.items()}

    def _count(self, language: str, units: Sequence[str]) -> Count:
        found = [self.cells[language, unit] for unit in units]
        return Count(
            states=Counter(cell.state for cell in found),
            voiced=sum(cell.voice for cell in found),
            newer=sum(cell.newer for cell in found),
        )


async def matrix(session: AsyncSession, texts: InForce, languages: Sequence[str]) -> Coverage:
    """Every language but Dutch with every unit; `texts` are those in force, for what a voice must have read."""
    wanted = tuple(code for code in languages if code != SOURCE)
    states = await drift.states(session, texts.source, wanted)
    read, unjudged = await _read(session, wanted), await _unjudged(session, texts.source)
    cells = {
        (language, unit): Cell(
            state=state,
            voice=_is_voiced(texts, read, language, unit),
            newer=state is State.CURRENT and (language, unit) in unjudged,
        )
        for (language, unit), state in states.items()
    }
    return Coverage(languages=wanted, units=grouped(texts.source.units), cells=cells)


async def _unjudged(session: AsyncSession, source: Catalogue) -> set[tuple[str, str]]:
    """Language and unit of which nobody judged the newest version yet."""
    counts = await drift.accepted(session, source.hashes)
    newest = (
        select(Text.language, Text.unit, Text.state)
        .where(drift.of_today(counts))
        .ext(distinct_on(Text.language, Text.unit))
        .order_by(Text.language, Text.unit, Text.version.desc())
    )
    rows = await session.execute(newest)
    return {(language, unit) for language, unit, state in rows if state in drift.UNJUDGED}


def grouped(units: Sequence[str]) -> Mapping[Group, tuple[str, ...]]:
    """The units of each group, the core set in its own order."""
    pushed = demands.pushed()
    rest = [unit for unit in units if unit not in coreset.CORE]
    return {
        Group.CORE: tuple(unit for unit in coreset.CORE if unit in units),
        Group.NOTICES: tuple(unit for unit in rest if unit in pushed),
        Group.CONVERSATION: tuple(unit for unit in rest if unit not in pushed),
    }


#: Language -> per speaker the keys of her clips with the hashes of the words that she read.
_Read = Mapping[str, Sequence[set[tuple[str, str]]]]


async def _read(session: AsyncSession, languages: Sequence[str]) -> _Read:
    """Every clip that a second speaker heard and found right."""
    query = select(Clip.language, Clip.speaker_id, Clip.key, Clip.text_hash).where(
        Clip.state == "checked", Clip.language.in_(languages)
    )
    found: dict[str, dict[UUID, set[tuple[str, str]]]] = {}
    for language, speaker, key, hashed in await session.execute(query):
        found.setdefault(language, {}).setdefault(speaker, set()).add((key, hashed))
    return {language: list(speakers.values()) for language, speakers in found.items()}


def _is_voiced(texts: InForce, read: _Read, language: str, unit: str) -> bool:
    """Whether one speaker has clips of just these words; days, times and counts are clips of their own."""
    body, speakers = texts.bodies.get((language, unit)), read.get(language, ())
    if body is None or not speakers:
        return False
    keys = {(one.key, one.hash) for name in _spoken(body) for one in clips.of_message(texts, language, unit, name)}
    return bool(keys) and any(speaker.issuperset(keys) for speaker in speakers)


def _spoken(body: Body) -> Sequence[str]:
    """The messages that a voice reads: of a notice its push only."""
    return ["push"] if "push" in body else [name for name in body if not name.startswith("sms")]
