"""Who didn't answer, or wasn't reached, 20 hours before: first the next address, then somebody calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import NOTICES
from core import clock
from core.settings import Settings
from messaging import dispatch
from scheduler import holidays, rules, tasks
from scheduler.meetings import trails
from scheduler.meetings.trails import Trail
from scheduler.rules import House
from scheduler.sending import recipients
from scheduler.tasks import Kind


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What one look needs to know of the world, read once."""

    routes: Mapping[UUID, bool]  #: notice -> whether another address is open to it
    now: datetime
    settings: Settings


async def follow_up(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Look for everybody who is due for it in the next way that is left; returns how many. For a timer.

    The same step goes once more, to an address where it wasn't said yet; then the call list. Whoever answers
    meanwhile, on any channel, is left alone (notices.answered).
    """
    ways = settings.local.fallback
    until = now + timedelta(hours=ways.before_hours)
    found = await trails.open_ones(session, now, until, lock=True)
    due = [trail for trail in found if deadline(trail, settings) <= now]
    if not due:
        return 0
    round_ = _Round(routes=await _routes(session, now, due), now=now, settings=settings)
    for trail in due:
        if trail.notice.avoid is None and round_.routes[trail.notice.id]:
            _elsewhere(round_, trail)
        else:
            await _call(session, round_, trail)
    await session.flush()
    return len(due)


async def next_moment(session: AsyncSession, now: datetime, settings: Settings) -> datetime | None:
    """When somebody is next looked for."""
    found = await trails.open_ones(session, now)
    return min((max(deadline(trail, settings), now) for trail in found), default=None)


def deadline(trail: Trail, settings: Settings) -> datetime:
    """Until when an answer or a receipt is waited for: hours before the start, and a while after it went.

    What is said shortly before the start is waited for at most half the time that is left, so that somebody can still
    call; what surely never went is not waited for.
    """
    ways = settings.local.fallback
    patience = min(timedelta(hours=ways.patience_hours), (trail.start - trail.went) / 2)
    if trail.notice.state == "failed":
        patience = timedelta()
    return max(trail.start - timedelta(hours=ways.before_hours), trail.went + patience)


async def _routes(session: AsyncSession, now: datetime, due: Sequence[Trail]) -> dict[UUID, bool]:
    known = await recipients.load(session, now, list({trail.notice.person_id for trail in due}))
    never_shared = await recipients.never_shared(session, [trail.notice.id for trail in due])
    templates = await recipients.template_states(session)
    found = {}
    for trail in due:
        notice, recipient = trail.notice, known[trail.notice.person_id]
        if (notice.kind, notice.step) not in NOTICES:
            found[notice.id] = False  # nothing of it can be said: a person calls
            continue
        open_ones = dispatch.routes(
            recipient.candidates,
            now=now,
            tried=trail.used,
            template_states=templates.get(NOTICES[notice.kind, notice.step].template, {}),
            languages=recipient.languages,
            never_shared=notice.id in never_shared,
        )
        found[notice.id] = bool(open_ones)
    return found


def _elsewhere(round_: _Round, trail: Trail) -> None:
    """The same notice, planned again for another address; it says that it may have been read before."""
    notice, house = trail.notice, House.of(round_.settings)
    notice.avoid, notice.again, notice.state, notice.reason = sorted(trail.used), True, "planned", "elsewhere"
    notice.due = rules.at_once(round_.now, trail.start, house)
    notice.lead_id = notice.retry_at = notice.token = notice.lease_until = None
    notice.attempts = 0


async def _call(session: AsyncSession, round_: _Round, trail: Trail) -> None:
    kind = Kind.NO_ANSWER if trail.asks else Kind.NOT_REACHED
    await tasks.open_task(
        session,
        round_.now,
        round_.settings,
        kind=kind,
        person_id=trail.notice.person_id,
        reason="no_answer" if trail.asks else "not_delivered",
        due=_due(round_, trail.start),
        source_kind=trail.notice.source_kind,
        source_id=trail.notice.source_id,
        call=True,
    )


def _due(round_: _Round, start: datetime) -> datetime:
    """The end of today's office hours; after it, and for what begins sooner, the start itself."""
    zone = round_.settings.timezone
    today = clock.wall(round_.now, zone).date()
    closes = clock.instant(datetime.combine(today, holidays.CLOSES), zone)
    return min(start, closes) if closes > round_.now else start
