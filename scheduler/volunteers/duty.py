"""The duty rota: between which moments a rolmodel answers questions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.tables.people import Account
from core.tables.relay import Duty
from scheduler import holidays

_SUNDAY = 6
_LAST = holidays.ROLMODEL[1]


async def start(session: AsyncSession, now: datetime, account: Account, ends_at: datetime) -> None:
    """She answers questions from now until then; a duty that ran is replaced."""
    await stop(session, now, account)
    session.add(Duty(account_id=account.id, starts_at=now, ends_at=ends_at))
    await session.flush()


async def stop(session: AsyncSession, now: datetime, account: Account) -> None:
    """Her duty ends now."""
    await session.execute(update(Duty).where(Duty.account_id == account.id, Duty.ends_at > now).values(ends_at=now))


async def until(session: AsyncSession, now: datetime, account: Account) -> datetime | None:
    """Until when she is on duty now; None where she isn't."""
    query = select(func.max(Duty.ends_at)).where(Duty.account_id == account.id, *_running(now))
    return (await session.execute(query)).scalar_one()


def accounts_on_duty(now: datetime) -> Select[UUID]:
    """The ids of who is on duty now."""
    return select(Duty.account_id).where(*_running(now))


def _running(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Duty.starts_at <= now, Duty.ends_at > now


def ends_today(now: datetime, zone: str) -> datetime | None:
    """The end of a duty of today: when offices close, in the evening the last hour of rolmodellen, after that none."""
    day = clock.wall(now, zone).date()
    moments = [clock.instant(datetime.combine(day, at), zone) for at in (holidays.CLOSES, _LAST)]
    return next((moment for moment in moments if moment > now), None)


def ends_this_week(now: datetime, zone: str) -> datetime:
    """The end of a duty of this week: Sunday, at the last hour of rolmodellen, or a week later once that is past."""
    day = clock.wall(now, zone).date()
    sunday = day + timedelta(days=_SUNDAY - day.weekday())
    ends = clock.instant(datetime.combine(sunday, _LAST), zone)
    return ends if ends > now else clock.instant(datetime.combine(sunday + timedelta(days=7), _LAST), zone)
