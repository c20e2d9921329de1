"""A made-up community: accounts that write and judge, and people who listen."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.updates.news import News
from core import accounts, addresses, people
from core.settings import Settings
from core.tables.people import Account, Consent, Person
from core.values import Handle

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)  #: a Monday, 10:00 in the Netherlands
SETTINGS = Settings(undo_seconds=120, second_approval_above=50, quiet_hours="21:00-08:00", timezone="Europe/Amsterdam")


async def make_account(
    session: AsyncSession,
    role: str = "rolmodel",
    languages: Sequence[str] = ("ti", "nl"),
    person_id: UUID | None = None,
) -> Account:
    """An account nobody else has."""
    email = f"{uuid4().hex}@voorbeeld.nl"
    return await accounts.add(session, NOW, email=email, name=role, role=role, languages=languages, person_id=person_id)


async def make_listener(
    session: AsyncSession,
    languages: Sequence[str] = ("ti", "nl"),
    *,
    news: bool | None = True,
    verified: bool = True,
    handle: str | None = None,
) -> Person:
    """Somebody with a phone of her own who wants news; None: was never asked."""
    person = await people.add(session, NOW, name="Voorbeeld", languages=languages)
    address = await addresses.ensure(session, NOW, "telegram", Handle(handle or uuid4().hex))
    await addresses.attach(session, NOW, person.id, address.id, verified=verified)
    if news is not None:
        session.add(Consent(person_id=person.id, purpose="news", given=news, at=NOW))
    await session.flush()
    return person


async def change_mind(session: AsyncSession, person: Person, given: bool) -> None:
    """A later yes or no to news."""
    session.add(Consent(person_id=person.id, purpose="news", given=given, at=NOW + timedelta(hours=1)))
    await session.flush()


async def make_news(
    session: AsyncSession,
    author: Account,
    *,
    body: str = "ጽባሕ ኣኼባ ኣሎ።",
    dutch: str | None = "Morgen is er een bijeenkomst.",
    language: str = "ti",
    ends_on: date = date(2027, 1, 20),
) -> News:
    """News that waits for its first judge."""
    written = await updates.write(
        session, NOW, SETTINGS, author=author, language=language, body=body, dutch=dutch, ends_on=ends_on
    )
    return await updates.submit(session, written.text.id, author)
