"""Who hears an update: people whose list holds its language, who want news, on a phone that can be reached."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tables.people import Address, Consent, Person, PersonAddress

NEWS = "news"

#: Smaller counts could tell who is meant.
SMALLEST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Audience:
    """How many hear it, and how many can be reached in this language but never said yes to news."""

    listeners: int
    without_consent: int


async def audience_count(session: AsyncSession, language: str) -> Audience:
    """Both counts, as of now; show them to people through `shown`."""
    row = await session.execute(
        select(
            func.count().filter(_wants_news()),
            func.count().filter(~_wants_news()),
        )
        .select_from(Person)
        .where(*_reached(language))
    )
    listeners, without_consent = row.one()
    return Audience(listeners=listeners, without_consent=without_consent)


def listeners(language: str) -> Select[UUID]:
    """The ids of everyone who hears news in this language, each once."""
    return select(Person.id).where(*_reached(language), _wants_news())


def shown(count: int) -> str:
    """A count as rolmodellen and staff may see it."""
    return str(count) if count >= SMALLEST_SHOWN else f"minder dan {SMALLEST_SHOWN}"


def _reached(language: str) -> tuple[ColumnElement[bool], ...]:
    phone = (
        exists()
        .where(
            PersonAddress.person_id == Person.id,
            PersonAddress.verified_at.is_not(None),
            PersonAddress.opted_out_at.is_(None),
            Address.id == PersonAddress.address_id,
            Address.dead_at.is_(None),
        )
        .correlate(Person)
    )
    return Person.left_at.is_(None), literal(language) == any_(Person.languages), phone


def _wants_news() -> ColumnElement[bool]:
    last_word = (
        select(Consent.given)
        .where(Consent.person_id == Person.id, Consent.purpose == NEWS)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return func.coalesce(last_word, False)
