"""Accounts: who may log in, write or approve; passwords are kept as argon2id hashes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import ROLES
from core.tables.people import Account
from core.tables.service import StaffSession

#: What OWASP asks of argon2id at the least: a log-in takes some 30 ms and 19 MiB, many at once do no harm.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

#: Checked where no account answers to the address, so that a stranger learns nothing from the time it takes.
_NOBODY = _HASHER.hash("nobody has this password")

SHORTEST_PASSWORD = 12
FEWEST_LETTERS = 5  #: different ones in a password


class AccountError(Exception):
    """The account can't be made; the text says why, for staff."""


async def add(
    session: AsyncSession,
    now: datetime,
    *,
    email: str,
    name: str,
    role: str,
    languages: Sequence[str] = (),
    person_id: UUID | None = None,
    password: str | None = None,
    partner_id: UUID | None = None,
) -> Account:
    """A new account; without a password it can act in a chat only."""
    if role not in ROLES:
        raise AccountError(f"De rol {role} bestaat niet. Kies uit: {', '.join(ROLES)}.")
    if "@" not in email:
        raise AccountError("Een account heeft een e-mailadres nodig.")
    if await by_email(session, email):
        raise AccountError("Er is al een account met dit e-mailadres.")
    if password is not None:
        _refuse_weak(password, email)
    account = Account(
        email=email.strip().lower(),
        name=name,
        role=role,
        languages=list(languages),
        person_id=person_id,
        partner_id=partner_id,
        password_hash=hashed(password) if password else None,
        created_at=now,
    )
    session.add(account)
    await session.flush()
    return account


def _refuse_weak(password: str, email: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"Een wachtwoord heeft minstens {SHORTEST_PASSWORD} tekens.")
    if len(set(password)) < FEWEST_LETTERS or password.strip().lower() == email.strip().lower():
        raise AccountError("Dit wachtwoord is makkelijk te raden. Neem bijvoorbeeld vier gewone woorden.")


def hashed(password: str) -> str:
    """The argon2id hash of a password; takes some 30 ms on purpose."""
    return _HASHER.hash(password)


async def by_email(session: AsyncSession, email: str) -> Account | None:
    """The account with this address."""
    return (await session.scalars(select(Account).where(Account.email == email.strip().lower()))).one_or_none()


def password_fits(account: Account | None, password: str) -> bool:
    """Whether this is the password of an account in use; takes as long for nobody's."""
    known = account.password_hash if account and not account.disabled_at else None
    try:
        _HASHER.verify(known or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


async def of_person(session: AsyncSession, person_id: UUID) -> list[Account]:
    """The accounts in use that are bound to a person: a rolmodel acts from her own phone."""
    query = select(Account).where(Account.person_id == person_id, Account.disabled_at.is_(None))
    return list(await session.scalars(query))


async def stop(session: AsyncSession, now: datetime, account: Account) -> None:
    """It can't log in, write or judge any more, from now on; what it did stays until its owners are told."""
    account.disabled_at = now
    await log_out(session, account.id)
    await session.flush()


async def start(session: AsyncSession, account: Account) -> None:
    """It is in use again; what was held meanwhile stays held."""
    account.disabled_at = None
    await session.flush()


async def log_out(session: AsyncSession, account_id: UUID) -> int:
    """End every log-in of an account at once; returns how many it had."""
    gone = await session.scalars(
        delete(StaffSession).where(StaffSession.account_id == account_id).returning(StaffSession.id)
    )
    return len(gone.all())
