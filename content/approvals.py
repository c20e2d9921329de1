"""Four eyes: who may judge which words, and the log of who did."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import may
from core.tables.people import Account, Person
from core.tables.texts import Approval, Text, UpdateText

#: Staff who co-sign where a language has one speaker, and who look at links and big audiences.
COSIGNERS = ("klantmanager", "regisseur")


class Refused(Exception):
    """Dit kan nu niet."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__doc__ or ""


class NotFound(Refused):
    """Deze tekst bestaat niet."""


class NotAllowed(Refused):
    """Deze tekst bestaat niet."""


class OwnText(Refused):
    """U schreef deze tekst zelf. Een ander kijkt ernaar."""


class AlreadyJudged(Refused):
    """Een ander heeft deze tekst al bekeken."""


class Changed(Refused):
    """De tekst is intussen veranderd. Kijk nog een keer."""


class Unfit(Refused):
    """Deze tekst kan zo niet."""


class Verdict(StrEnum):
    """What somebody decided about one version."""

    APPROVED = "approved"
    COSIGNED = "cosigned"  #: by staff who don't speak it, because there is one speaker only
    SECOND = "second"  #: staff, about a link, a number or a big audience
    RETURNED = "returned"
    BELOW = "below"  #: Dutch, as it stands below the language that was judged
    UNDONE = "undone"  #: taken back within the time to undo; the judgement before it is void


#: The reason of a version that went back with a voice.
SPOKEN = "spoken"


async def same_person(session: AsyncSession, one_id: UUID | None, other: Account) -> bool:
    """Whether two accounts are one human being: the same row, or bound to the same person."""
    if one_id is None:
        return False
    if one_id == other.id:
        return True
    one = await session.get(Account, one_id)
    return one is not None and one.person_id is not None and one.person_id == other.person_id


async def speaks(session: AsyncSession, account: Account, language: str) -> bool:
    """Whether the language is recorded as the account's own, the account is in use, and its person is still here."""
    if account.disabled_at is not None or language not in account.languages:
        return False
    person = await session.get(Person, account.person_id) if account.person_id is not None else None
    return person is None or person.left_at is None


async def other_speakers(session: AsyncSession, language: str, author: Account) -> list[Account]:
    """Accounts in use that may judge this language as its speaker, other than the author's own; not of who left."""
    in_use = select(Account).outerjoin(Person, Person.id == Account.person_id)
    in_use = in_use.where(Account.disabled_at.is_(None), Person.left_at.is_(None))
    query = in_use.where(literal(language) == any_(Account.languages))
    found = [account for account in await session.scalars(query) if may(account, "text.approve", language=language)]
    return [account for account in found if not await same_person(session, author.id, account)]


def log(
    session: AsyncSession,
    now: datetime,
    account: Account,
    verdict: Verdict,
    about: Text | UpdateText,
    reason: str | None = None,
    voice_id: UUID | None = None,
) -> Approval:
    """Write down who judged exactly which version; `voice_id` is the reason, spoken."""
    approval = Approval(
        text_id=about.id if isinstance(about, Text) else None,
        update_text_id=about.id if isinstance(about, UpdateText) else None,
        account_id=account.id,
        verdict=verdict.value,
        source_hash=about.source_hash,
        reason=reason,
        voice_id=voice_id,
        at=now,
    )
    session.add(approval)
    return approval
