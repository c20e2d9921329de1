"""The kill switch: put on by a person, or by itself when the service was away too long; lifted by a person only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import ring
from core.tables.chats import Reply
from core.tables.notices import Notice
from core.tables.service import Hold
from scheduler import heartbeat

#: After a silence (real time) as long as this, a person looks first at what has become too late.
SILENCE = timedelta(hours=6)

#: Why it is put on after a backup was put back; what staff read.
RESTORED = "Een reservekopie is teruggezet. Kijk eerst wat er nog klopt: wat daarna gebeurde, weten wij niet."

#: Why it is put on where the database isn't the one the service last lived in; what staff read.
MOVED = (
    "Dit is niet de database waar de dienst het laatst op liep: het is een kopie, of ze is teruggezet. "
    "Kijk eerst wat er nog klopt: wat daarna gebeurde, weten wij niet."
)

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A hold as staff should see it."""

    since: datetime
    why: str
    by: UUID | None  #: the account; None: by itself, or from the command line
    waiting: int  #: messages that would go now
    expiring: int  #: of those, how many are too late before `before`
    before: datetime | None  #: a whole hour; None where nothing that waits can become too late
    expired: int  #: became too late since


async def on_hold(session: AsyncSession) -> bool:
    """Whether the kill switch is on."""
    return (await session.scalars(select(Hold.id).where(Hold.lifted_at.is_(None)).limit(1))).first() is not None


async def current(session: AsyncSession) -> Hold | None:
    """The hold that is on, if one is."""
    return (await session.scalars(select(Hold).where(Hold.lifted_at.is_(None)).order_by(Hold.since).limit(1))).first()


async def put(session: AsyncSession, now: datetime, why: str, by: UUID | None = None) -> Hold:
    """Stop all sending from this commit on; a hold that is on already stays as it is."""
    standing = await current(session)
    if standing is not None:
        return standing
    hold = Hold(since=now, why=why, by=by)
    session.add(hold)
    await session.flush()
    return hold


async def lift(session: AsyncSession, now: datetime, *, why: str, by: UUID | None = None) -> Standing | None:
    """Let everything go again, as far as it isn't too late; what it was until now, or None where nothing was on."""
    was = await stands(session, now)
    for hold in await session.scalars(select(Hold).where(Hold.lifted_at.is_(None)).with_for_update()):
        hold.lifted_at, hold.lifted_by, hold.lifted_why = now, by, why
    await session.flush()
    if was is not None:
        await ring(session)
    return was


async def stands(session: AsyncSession, now: datetime) -> Standing | None:
    """What waits behind the hold that is on, and how long that can last; None where nothing is on."""
    hold = await current(session)
    if hold is None:
        return None
    overdue = Notice.is_open & (Notice.state == "planned") & (Notice.due <= now)
    still = overdue & (Notice.use_by.is_(None) | (Notice.use_by > now))
    first = await session.scalar(select(func.min(Notice.use_by)).where(still))
    before = None if first is None else _next_hour(first)
    too_late = (Notice.state == "expired") & (Notice.use_by >= hold.since)
    return Standing(
        since=hold.since,
        why=hold.why,
        by=hold.by,
        waiting=await _count(session, still) + await _answers(session, now),
        expiring=0 if before is None else await _count(session, still & (Notice.use_by <= before)),
        before=before,
        expired=await _count(session, too_late | (overdue & (Notice.use_by <= now))),
    )


def _next_hour(moment: datetime) -> datetime:
    """The first whole hour that isn't before it."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if whole == moment else whole + _HOUR


async def _count(session: AsyncSession, which: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(Notice).where(which)) or 0


async def _answers(session: AsyncSession, now: datetime) -> int:
    query = select(func.count()).select_from(Reply).where(Reply.state == "planned", Reply.due <= now)
    return await session.scalar(query) or 0


async def after_silence(session: AsyncSession, now: datetime, real: datetime) -> Hold | None:
    """At the start of a service: on hold where no process lived for hours; else None.

    To be called before the first heartbeat. A new installation has none, and starts. Real time only: the demo's time
    machine is no silence. Also where nothing is overdue yet: what is planned may be about a world of hours ago.
    """
    last = await heartbeat.last(session)
    if last is None or real - last < SILENCE:
        return None
    overdue = await _count(
        session, Notice.is_open & (Notice.state == "planned") & (Notice.due <= now)
    ) + await _answers(session, now)
    hours = int((real - last) / _HOUR)
    messages = {0: "Er wacht nu geen bericht", 1: "1 bericht wacht"}.get(overdue, f"{overdue} berichten wachten")
    return await put(session, now, f"De dienst stond {hours} uur stil. {messages}: kijk eerst wat nog klopt.")


async def after_move(session: AsyncSession, now: datetime) -> Hold | None:
    """On hold where the database was copied or put back by others since the last heartbeat; else None.

    To be called before a heartbeat. A new installation has none, and starts. Where a hold was on already, who lifts it
    reads this first.
    """
    if not await heartbeat.moved(session):
        return None
    hold = await put(session, now, MOVED)
    if hold.why != MOVED:
        hold.why = f"{MOVED} Ook daarvoor stond alles op pauze: {hold.why}"
        await session.flush()
    return hold
