"""A rolmodel is a volunteer: when she may be asked for something, and how long she worked, for the allowance."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, months
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.relay import Leave, VolunteerTime
from scheduler import holidays
from scheduler.queue import notices

#: Whose time is counted; who is paid for looking at texts is paid elsewhere.
VOLUNTEERS = ("rolmodel", "vertaler")

#: What counts as work: judging a text, writing news, reading aloud, answering a question.
WORK = ("review", "write", "record", "answer")

#: Of one task no more than this counts: who lays the phone down works no longer.
MOST = timedelta(minutes=15)

#: Why a rolmodel isn't asked.
ON_LEAVE = "on_leave"

_KIND = "work"
_DAY = timedelta(days=1)
_SUNDAY = 6


class Worked(NamedTuple):
    """Time of work, in whole minutes."""

    hours: int
    minutes: int


async def add(session: AsyncSession, now: datetime, account: Account, what: str, seconds: float) -> None:
    """Write down the seconds from showing a task to finishing it, at most MOST; nothing where she is no volunteer.

    ValueError for an unknown `what`.
    """
    if what not in WORK:
        raise ValueError(f"{what} is no work of a volunteer")
    if account.role not in VOLUNTEERS:
        return
    counted = round(min(seconds, MOST.total_seconds()))
    if counted > 0:
        session.add(VolunteerTime(account_id=account.id, what=what, seconds=counted, at=now))
        await session.flush()


def begun(now: datetime) -> str:
    """When a task was shown, as a chat can remember it until `finished`."""
    return now.isoformat()


async def finished(session: AsyncSession, now: datetime, account: Account, what: str, began: str | None) -> None:
    """Write down a task that was shown at `begun`; nothing where the chat remembers no such moment."""
    if began is not None:
        await since(session, now, account, what, datetime.fromisoformat(began))


async def since(session: AsyncSession, now: datetime, account: Account, what: str, shown: datetime) -> None:
    """Write down a task that was shown at this moment; time that was counted already, for another task, counts once."""
    counted = await session.scalar(select(func.max(VolunteerTime.at)).where(VolunteerTime.account_id == account.id))
    await add(session, now, account, what, (now - max(filter(None, (shown, counted)))).total_seconds())


async def month(session: AsyncSession, account: Account, of: date, zone: str) -> Worked:
    """How long she worked in the month of this day."""
    seconds = await session.scalar(select(_total()).where(VolunteerTime.account_id == account.id, *_in_month(of, zone)))
    return worked(int(seconds or 0))


async def days(session: AsyncSession, account: Account, of: date, zone: str) -> list[tuple[date, int]]:
    """The days of that month on which she worked, with their minutes; the first day first."""
    query = select(VolunteerTime.at, VolunteerTime.seconds).where(
        VolunteerTime.account_id == account.id, *_in_month(of, zone)
    )
    found: defaultdict[date, int] = defaultdict(int)
    for at, seconds in await session.execute(query):
        found[clock.wall(at, zone).date()] += seconds
    return [(day, _minutes(seconds)) for day, seconds in sorted(found.items())]


async def everybody(session: AsyncSession, of: date, zone: str) -> list[tuple[Account, Worked]]:
    """Everybody who worked in that month, by name."""
    query = (
        select(Account, _total())
        .join(VolunteerTime, VolunteerTime.account_id == Account.id)
        .where(*_in_month(of, zone))
        .group_by(Account.id)
        .order_by(Account.name, Account.id)
    )
    return [(account, worked(int(seconds))) for account, seconds in await session.execute(query)]


def worked(seconds: int) -> Worked:
    """Seconds as hours and minutes, rounded to the nearest minute."""
    return Worked(*divmod(_minutes(seconds), 60))


def _minutes(seconds: int) -> int:
    return (seconds + 30) // 60


def _total() -> ColumnElement[int]:
    return func.sum(VolunteerTime.seconds)


def _in_month(of: date, zone: str) -> tuple[ColumnElement[bool], ...]:
    first = of.replace(day=1)
    starts, ends = (clock.instant(datetime.combine(day, time()), zone) for day in (first, months.after(first, 1)))
    return VolunteerTime.at >= starts, VolunteerTime.at < ends


async def on_leave(session: AsyncSession, account: Account, day: date) -> bool:
    """Whether nothing may be asked of her on this day."""
    return await free_until(session, account, day) is not None


async def free_until(session: AsyncSession, account: Account, day: date) -> date | None:
    """The last day of the leave that she has on this day; None where she has none."""
    query = select(func.max(Leave.until)).where(Leave.account_id == account.id, Leave.until >= day)
    return (await session.execute(query)).scalar_one()


async def hour(session: AsyncSession, account: Account, moment: datetime, zone: str) -> datetime:
    """This moment, or the first after it at which she may be asked: by day, on a working day, not on leave."""
    until = await free_until(session, account, clock.wall(moment, zone).date())
    return holidays.rolmodel_hour(moment if until is None else _after(until, zone), zone)


async def take_leave(session: AsyncSession, now: datetime, account: Account, until: date, zone: str) -> None:
    """Ask her nothing up to and including that day; what was about to be asked waits until after it.

    What is of no use by then isn't asked at all.
    """
    session.add(Leave(account_id=account.id, until=until, created_at=now))
    await session.flush()
    if account.person_id is None:
        return
    back = _back(until, zone)
    hers = (Notice.kind == _KIND, Notice.person_id == account.person_id, Notice.is_open, Notice.use_by <= back)
    for source_id in list(await session.scalars(select(Notice.source_id).where(*hers))):
        await notices.withdraw(session, source_id, ON_LEAVE, person_id=account.person_id)
    await notices.put_off(session, account.person_id, _KIND, back)


async def end_leave(session: AsyncSession, now: datetime, account: Account, zone: str) -> None:
    """She may be asked again, from today; what waited for the end of her leave waits no longer."""
    today = clock.wall(now, zone).date()
    query = delete(Leave).where(Leave.account_id == account.id, Leave.until >= today).returning(Leave.until)
    for until in set(await session.scalars(query)):
        if account.person_id is not None:
            due = holidays.rolmodel_hour(now, zone)
            await notices.bring_forward(session, account.person_id, _KIND, _back(until, zone), due)


def leave_until(today: date, *, month: bool) -> date:
    """The last day of a leave of a week, or of a month, that begins today."""
    return (months.after(today, 1) if month else today + 7 * _DAY) - _DAY


def this_week_until(today: date) -> date:
    """The last day of a leave for what is left of this week."""
    return today + (_SUNDAY - today.weekday()) * _DAY


def _back(until: date, zone: str) -> datetime:
    """The first moment after a leave at which she may be asked."""
    return holidays.rolmodel_hour(_after(until, zone), zone)


def _after(until: date, zone: str) -> datetime:
    return clock.instant(datetime.combine(until + _DAY, time()), zone)


def accounts_on_leave(day: date) -> Select[UUID]:
    """The ids of who is on leave on this day."""
    return select(Leave.account_id).where(Leave.until >= day)
