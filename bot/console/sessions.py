"""Log-ins as rows: a cookie names one, deleting the row ends it; all in real time."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import crypto
from core.tables.people import Account
from core.tables.service import StaffSession

#: A log-in ends this long after it began, or after nobody used it.
LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=2)

#: `seen_at` is written at most this often.
_FRESH = timedelta(minutes=1)


async def start(session: AsyncSession, real: datetime, account_id: UUID) -> str:
    """A new log-in; returns the token for the cookie, which is nowhere kept as text."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            account_id=account_id,
            token_hash=_hash(token),
            created_at=real,
            seen_at=real,
            expires_at=real + LONGEST,
        )
    )
    await session.execute(delete(StaffSession).where(StaffSession.expires_at <= real))
    await session.flush()
    return token


async def find(session: AsyncSession, real: datetime, token: str) -> tuple[Account, UUID] | None:
    """Who this cookie belongs to, and the log-in's id; None when ended, idle, too old, or the account is closed."""
    query = (
        select(Account, StaffSession)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(StaffSession.token_hash == _hash(token), Account.disabled_at.is_(None))
        .where(StaffSession.expires_at > real, StaffSession.seen_at > real - IDLE)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    account, row = found
    if row.seen_at < real - _FRESH:
        await session.execute(update(StaffSession).where(StaffSession.id == row.id).values(seen_at=real))
    return account, row.id


async def end(session: AsyncSession, session_id: UUID) -> None:
    """Log out."""
    await session.execute(delete(StaffSession).where(StaffSession.id == session_id))


def _hash(token: str) -> bytes:
    return crypto.index("session", token)
