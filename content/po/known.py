"""What is known of each unit in one language: the words in force and the newest, with the Dutch they were made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.catalogue import Body, Catalogue, body_of
from core.languages import SOURCE
from core.tables.texts import Text

#: (unit, hash of the Dutch) -> the Dutch.
History = Mapping[tuple[str, str], Body]

_NOTHING: Body = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Version:
    """One wording of a unit."""

    body: Body
    dutch: Body  #: what it says in Dutch, as far as it is still known
    approved: bool
    waits: bool = False  #: somebody wrote it here, and another speaker has yet to judge it


@dataclass(frozen=True, kw_only=True)
class Known:
    """The wordings of one unit that count."""

    in_force: Version | None
    newest: Version | None  #: for today's Dutch if there is one, else for earlier Dutch
    today: bool  #: whether the newest was made from today's Dutch

    @property
    def shown(self) -> Version | None:
        """What a translator sees: what waits, so that her next change is made in it; else what is said now."""
        return self.newest if self.newest and self.newest.waits and self.today else self.in_force or self.newest

    def is_said(self, name: str, source: tuple[str, ...], said: tuple[str, ...]) -> bool:
        """Whether a speaker approved this sentence as it is, for this Dutch."""
        return any(
            version is not None
            and version.approved
            and version.dutch.get(name) == source
            and version.body.get(name) == said
            for version in (self.in_force, self.shown)
        )

    def has(self, body: Body) -> bool:
        """Whether these words are said now, or already wait."""
        return any(version is not None and version.body == body for version in (self.in_force, self.newest))


async def of_language(session: AsyncSession, catalogue: Catalogue, language: str) -> Mapping[str, Known]:
    """Per unit of the catalogue what is known of it in this language."""
    said = await texts.in_force(session, catalogue)
    dutch = await history(session)
    query = select(Text).where(Text.language == language).order_by(Text.version)
    rows: dict[str, list[Text]] = {unit: [] for unit in catalogue.units}
    for row in await session.scalars(query):
        rows.setdefault(row.unit, []).append(row)
    known = {}
    for unit in catalogue.units:
        hashed = catalogue.source_hash(unit)
        newest = max(rows[unit], key=lambda row: (row.source_hash == hashed, row.version), default=None)
        in_force = None
        if said.has(language, unit):
            whole = catalogue.bodies[SOURCE][unit]
            in_force = Version(body=said.bodies[language, unit], dutch=whole, approved=True)
        known[unit] = Known(
            in_force=in_force,
            newest=_version(newest, dutch) if newest else None,
            today=newest is not None and newest.source_hash == hashed,
        )
    return known


async def history(session: AsyncSession) -> History:
    """The Dutch of every release that this installation has had."""
    query = select(Text.unit, Text.source_hash, Text.body).where(Text.language == SOURCE)
    return {(unit, hashed): body_of(body) for unit, hashed, body in await session.execute(query)}


def _version(row: Text, dutch: History) -> Version:
    return Version(
        body=body_of(row.body),
        dutch=dutch.get((row.unit, row.source_hash), _NOTHING),
        approved=row.state == "approved",
        waits=row.state == "submitted",
    )
