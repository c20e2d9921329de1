"""From claimed notices to calls: arranged per person, routed, rendered; what can't go is put away with its reason."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from content.kinds import NOTICES
from core.clock import instant, wall
from core.ids import new_id
from core.settings import Settings
from messaging import dispatch
from messaging.dispatch import Route
from scheduler import chats, deliveries, leases, recipients, tasks
from scheduler.bundles import EXEMPT, PUSHES_A_DAY, PUSHES_A_WEEK, Bundle, arrange
from scheduler.claims import Call, Claimed
from scheduler.pushes import push
from scheduler.recipients import Recipient

#: What was too much for one day goes at this time of the next.
MORNING = timedelta(hours=9)


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What one batch needs to know of the world, read once."""

    now: datetime
    real: datetime
    tried: Mapping[UUID, set[UUID]]
    never_shared: Collection[UUID]
    templates: Mapping[str, Mapping[str, str]]
    paused: Mapping[str, datetime]


class Preparation:
    """Decides what becomes of a batch, in the worker's transaction."""

    def __init__(self, settings: Settings, texts: Callable[[], InForce]) -> None:
        self._settings = settings
        self._texts = texts

    async def later_today(
        self, session: AsyncSession, now: datetime, real: datetime, held: Sequence[Claimed]
    ) -> list[Claimed]:
        """The rest of today's agenda of those whose last push of the day, or week, goes now: it goes along."""
        people = list({notice.person_id for notice in held if notice.step not in EXEMPT})
        today = await leases.pushes_since(session, people, self._day_start(now))
        week = await leases.pushes_since(session, people, now - timedelta(days=7))
        last = [
            person_id
            for person_id in people
            if today.get(person_id, 0) >= PUSHES_A_DAY - 1 or week.get(person_id, 0) >= PUSHES_A_WEEK - 1
        ]
        until = self._day_start(now) + timedelta(days=1)
        return await leases.claim_also(session, real, last, now, until) if last else []

    async def calls(
        self, session: AsyncSession, now: datetime, real: datetime, held: Sequence[Claimed]
    ) -> list[tuple[Bundle, Call]]:
        """Arrange each person's notices and render the ones that go now; what can't go is put away with its reason."""
        person_ids = list(dict.fromkeys(notice.person_id for notice in held))  # most urgent first, as claimed
        known = await recipients.load(session, now, person_ids)
        round_ = _Round(
            now=now,
            real=real,
            tried=await recipients.tried(session, [notice.id for notice in held]),
            never_shared=await recipients.never_shared(session, [notice.id for notice in held]),
            templates=await recipients.template_states(session),
            paused=await deliveries.paused(session, real),
        )
        today = await leases.pushes_since(session, person_ids, self._day_start(now))
        week = await leases.pushes_since(session, person_ids, now - timedelta(days=7))
        planned: list[tuple[Bundle, Call]] = []
        for person_id, recipient in ((one, known[one]) for one in person_ids if one in known):
            mine = [notice for notice in held if notice.person_id == person_id]
            # What never stands on a shared phone goes its own way: what it went along with would not show it there.
            apart = {notice.id for notice in mine if notice.id in round_.never_shared and recipient.shares}
            together = [notice for notice in mine if notice.id not in apart]
            arranged = arrange(
                [notice for notice in together if notice.due <= now],
                sent_today=today.get(person_id, 0),
                sent_this_week=week.get(person_id, 0),
                later_today=[notice for notice in together if notice.due > now],
                soon=self._day_start(now) + timedelta(days=2),
            )
            alone = [Bundle(lead=notice) for notice in mine if notice.id in apart and notice.due <= now]
            pushes = (*arranged.pushes, *alone)
            for bundle in pushes:
                call = await self._call(session, round_, bundle, recipient)
                if call is not None:
                    planned.append((bundle, call))
            taken = {notice.id for bundle in pushes for notice in (bundle.lead, *bundle.joined)}
            put_off = {notice.id for notice in arranged.postponed}
            await leases.put_back(session, [n for n in mine if n.id in put_off], due=self._tomorrow(now), uncount=True)
            left = [notice for notice in mine if notice.id not in taken | put_off]
            await leases.put_back(session, left, uncount=True)
        return planned

    async def _call(self, session: AsyncSession, round_: "_Round", bundle: Bundle, recipient: Recipient) -> Call | None:
        """One rendered push on the best open route, or None after its notices were put away with the reason."""
        notice, whole = bundle.lead, (bundle.lead, *bundle.joined)
        if recipient.silenced:
            await leases.end(session, whole, "suppressed", recipient.silenced)
            return None
        if notice.attempts > leases.MOST_ATTEMPTS:
            await self._give_up(session, round_.now, notice, whole, "too_many_attempts")
            return None
        routes, why = self._routes(round_, notice, recipient)
        if not routes:
            await self._give_up(session, round_.now, notice, whole, why)
            return None
        route = routes[0]
        if route.channel in round_.paused:
            await leases.put_back(session, whole, retry_at=round_.paused[route.channel], uncount=True)
            return None
        message, choices, text_hash = push(
            self._texts(),
            self._settings,
            bundle,
            recipient.languages,
            route,
            shared=recipient.shared(route.address_id),
        )
        await chats.offer(session, round_.now, route.address_id, route.channel, choices)
        return Call(
            delivery_id=new_id(),
            item_id=notice.id,
            token=notice.token,
            version=notice.source_version,
            address_id=route.address_id,
            channel=route.channel,
            handle=recipient.handles[route.address_id],
            message=message,
            text_hash=text_hash,
        )

    def _routes(self, round_: "_Round", notice: Claimed, recipient: Recipient) -> tuple[tuple[Route, ...], str]:
        kind = NOTICES[notice.kind, notice.step]
        may_open = not (notice.kind == "update" or notice.step == "invitation")
        asked: dict[str, Any] = {
            "now": round_.now,
            "tried": round_.tried.get(notice.id, set()),
            "template_states": round_.templates.get(kind.template, {}) if may_open else {},
            "languages": recipient.languages,
            "never_shared": notice.id in round_.never_shared,
        }
        found = dispatch.routes(recipient.candidates, **asked)
        return found, "" if found else dispatch.why_not(recipient.candidates, **asked)

    async def _give_up(
        self, session: AsyncSession, now: datetime, notice: Claimed, whole: Sequence[Claimed], why: str
    ) -> None:
        """Nobody can be reached: visible for staff, and on the call list where somebody waits for it."""
        state = "suppressed" if why in ("opted_out", "window_closed") and notice.kind == "update" else "failed"
        await leases.end(session, whole, state, why)
        if notice.kind in ("appointment", "workshop", "leefgeld"):
            await tasks.open_task(
                session,
                now,
                self._settings,
                kind=tasks.Kind.NOT_REACHED,
                person_id=notice.person_id,
                reason=why,
                source_kind=notice.source_kind,
                source_id=notice.source_id,
                call=True,
            )

    def _day_start(self, now: datetime) -> datetime:
        zone = self._settings.timezone
        return instant(wall(now, zone).replace(hour=0, minute=0, second=0, microsecond=0), zone)

    def _tomorrow(self, now: datetime) -> datetime:
        zone = self._settings.timezone
        midnight = wall(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return instant(midnight + timedelta(days=1) + MORNING, zone)
