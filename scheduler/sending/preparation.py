"""From claimed notices to calls: arranged per person, routed, rendered; what can't go is put away with its reason."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core.clock import instant, wall
from core.ids import new_id
from core.municipality import Pushes
from core.settings import Settings
from messaging import dispatch
from messaging.dispatch import Route
from scheduler import holidays, tasks
from scheduler.queue import claiming, deliveries, leases, mailing, tally
from scheduler.queue.bundles import Bundle, arrange
from scheduler.queue.claims import Call, Claimed
from scheduler.sending import forms, lateness, recipients, routing, superseded
from scheduler.sending.pushes import push
from scheduler.sending.recipients import Recipient

log = structlog.get_logger(__name__)

#: What was too much for one day goes at this time of the next.
MORNING = timedelta(hours=9)

#: What goes within this time of its due moment says what was planned, at an hour that was planned.
_ON_TIME = timedelta(minutes=1)

_REMINDERS = frozenset({"week", "day", "hours"})


@dataclass(kw_only=True)
class _Round:
    """What one batch needs to know of the world, read once."""

    now: datetime
    real: datetime
    tried: Mapping[UUID, set[UUID]]
    never_shared: Collection[UUID]
    templates: Mapping[str, Mapping[str, str]]
    paused: Mapping[str, datetime]
    sms_left: int | None  #: of today's most; None: no limit
    soon: datetime  #: what begins before this moment can't wait for tomorrow
    caps: Pushes


class Planned(NamedTuple):
    """A push that is rendered, with the notices that it says."""

    bundle: Bundle
    call: Call


class Preparation:
    """Decides what becomes of a batch, in the worker's transaction."""

    def __init__(self, settings: Settings, texts: Callable[[], InForce], channels: Collection[str]) -> None:
        self._settings = settings
        self._texts = texts
        self._channels = channels

    async def plan(
        self, session: AsyncSession, now: datetime, real: datetime, claimed: Sequence[Claimed], *, sms_ahead: int = 0
    ) -> list[Planned]:
        """Arrange each person's notices and render the ones that go now; what can't go is put away with its reason.

        `sms_ahead`: texts that are rendered already and not on record yet; they count for the day.
        """
        people = list(dict.fromkeys(notice.person_id for notice in claimed))
        known = await recipients.load(session, now, people)
        claimed = await self._still_true(session, now, claimed, known)
        people = list(dict.fromkeys(notice.person_id for notice in claimed))
        pushes = await tally.pushes(session, people, today=self._day_start(now), week=now - timedelta(days=7))
        full = [person for person, sent in pushes.items() if self._is_last(*sent)]
        until = self._day_start(now) + timedelta(days=1)
        # The last push of a day, or week, takes the rest of today's agenda along.
        also = await claiming.claim_also(session, real, full, now, until) if full else []
        mine: dict[UUID, list[Claimed]] = {person: [] for person in people}
        for notice in (*claimed, *also):
            mine[notice.person_id].append(notice)
        round_ = await self._round(session, now, real, (*claimed, *also), known)
        if round_.sms_left is not None:
            round_.sms_left = max(0, round_.sms_left - sms_ahead)
        planned: list[Planned] = []
        for person, notices in mine.items():
            sent_today, sent_this_week = pushes.get(person, (0, 0))
            planned += await self._of_person(session, round_, known[person], notices, sent_today, sent_this_week)
        return planned

    def _is_last(self, today: int, week: int) -> bool:
        """Whether the next push is the last one of the day, or of the week."""
        caps = self._settings.local.pushes
        return today >= caps.a_day - 1 or week >= caps.a_week - 1

    async def _still_true(
        self, session: AsyncSession, now: datetime, claimed: Sequence[Claimed], known: Mapping[UUID, Recipient]
    ) -> list[Claimed]:
        """Without what no longer helps, or is late and must not wake anybody; the rest says what is true now."""
        reminders = {notice.id for notice in claimed if notice.step in _REMINDERS}
        wanted = await lateness.still_wanted(session, now, self._settings, reminders) if reminders else set()
        if unwanted := reminders - wanted:
            needless = [notice for notice in claimed if notice.id in unwanted]
            await leases.end(session, needless, "suppressed", lateness.NOT_WANTED)
            claimed = [notice for notice in claimed if notice.id not in unwanted]
        late = [notice for notice in claimed if now - notice.due > _ON_TIME]
        by_day = {person for person, recipient in known.items() if recipient.by_day}
        resting = [notice for notice in claimed if notice.person_id in by_day and notice not in late]
        asleep = lateness.put_off(now, self._settings, [*late, *resting], by_day) if late or resting else {}
        for notice in (*late, *resting):
            if notice.id in asleep:
                await leases.put_back(session, [notice], due=asleep[notice.id], uncount=True)
        if not late and not asleep:
            return list(claimed)
        says = {notice.id: lateness.unit_now(notice, now, self._settings.timezone) for notice in late}
        return [
            notice._replace(unit=says[notice.id]) if notice.id in says else notice
            for notice in claimed
            if notice.id not in asleep
        ]

    async def _round(
        self,
        session: AsyncSession,
        now: datetime,
        real: datetime,
        held: Sequence[Claimed],
        known: Mapping[UUID, Recipient],
    ) -> _Round:
        again = [notice.id for notice in held if notice.attempts > 1]
        shared = [notice.id for notice in held if known[notice.person_id].shares]
        return _Round(
            now=now,
            real=real,
            tried=await recipients.tried(session, again) if again else {},
            never_shared=await recipients.never_shared(session, shared) if shared else frozenset(),
            templates=await recipients.template_states(session),
            paused=await deliveries.paused(session, real),
            sms_left=await self._sms_left(session, now),
            soon=self._day_start(now) + timedelta(days=2),
            caps=self._settings.local.pushes,
        )

    async def _sms_left(self, session: AsyncSession, now: datetime) -> int | None:
        most = self._settings.daily_sms_limit
        sent = await deliveries.texted_since(session, self._day_start(now)) if most else 0
        return dispatch.sms_left(most, sent)

    async def _of_person(
        self,
        session: AsyncSession,
        round_: _Round,
        recipient: Recipient,
        notices: Sequence[Claimed],
        sent_today: int,
        sent_this_week: int,
    ) -> list[Planned]:
        # What never stands on a shared phone goes its own way: what it went along with would not show it there.
        apart = [notice for notice in notices if notice.id in round_.never_shared]
        together = [notice for notice in notices if notice not in apart] if apart else notices
        arranged = arrange(
            [notice for notice in together if notice.due <= round_.now],
            sent_today=sent_today,
            sent_this_week=sent_this_week,
            later_today=[notice for notice in together if notice.due > round_.now],
            soon=round_.soon,
            caps=round_.caps,
        )
        bundles = [*arranged.pushes, *(Bundle(lead=notice) for notice in apart if notice.due <= round_.now)]
        planned = []
        for bundle in bundles:
            call = await self._call(session, round_, bundle, recipient)
            if call is not None:
                planned.append(Planned(bundle=bundle, call=call))
        for kind in {notice.kind for notice in arranged.postponed}:
            some = [notice for notice in arranged.postponed if notice.kind == kind]
            await leases.put_back(session, some, due=self._tomorrow(round_.now, kind), uncount=True)
        said = sum(1 + len(bundle.joined) for bundle in bundles)
        if said + len(arranged.postponed) < len(notices):
            settled = {notice.id for bundle in bundles for notice in (bundle.lead, *bundle.joined)}
            settled |= {notice.id for notice in arranged.postponed}
            await leases.put_back(session, [one for one in notices if one.id not in settled], uncount=True)
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
        if route.form == "sms" and round_.sms_left is not None:
            round_.sms_left -= 1
        if route.channel in round_.paused:
            await leases.put_back(session, whole, retry_at=round_.paused[route.channel], uncount=True)
            return None
        try:
            rendered = self._rendered(bundle, recipient, route)
        except Exception as error:
            # A notice that can't be said must not hold up the others; what it holds never reaches the log.
            log.error("unsayable", kind=notice.kind, step=notice.step, error=type(error).__name__)
            await self._give_up(session, round_.now, notice, whole, "unsayable")
            return None
        if (notice.kind, notice.step) == (mailing.KIND, mailing.CHANGED) and route.channel in forms.EDITED:
            stale = await superseded.unopened(
                *(session, notice.id, notice.person_id, notice.source_id), route.address_id
            )
            rendered = rendered._replace(message=replace(rendered.message, remove=stale))
        return rendered

    def _rendered(self, bundle: Bundle, recipient: Recipient, route: Route) -> Call:
        notice = bundle.lead
        shared = recipient.shared(route.address_id)
        message, text_hash = push(
            *(self._texts(), self._settings, bundle, recipient.languages, route),
            shared=shared,
            dawn=recipient.habit_clock,
            listens=recipient.listens,
        )
        return Call(
            delivery_id=new_id(),
            item_id=notice.id,
            token=notice.token,
            version=notice.source_version,
            address_id=route.address_id,
            channel=route.channel,
            handle=recipient.handle(route.address_id),
            message=message,
            text_hash=text_hash,
        )

    def _routes(self, round_: "_Round", notice: Claimed, recipient: Recipient) -> tuple[tuple[Route, ...], str]:
        return routing.find(
            recipient,
            notice,
            round_.now,
            tried=round_.tried.get(notice.id, ()),
            templates=round_.templates,
            hidden=notice.id in round_.never_shared,
            sms_left=round_.sms_left,
            channels=self._channels,
        )

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

    def _tomorrow(self, now: datetime, kind: str) -> datetime:
        """When what was too much for today goes; a rolmodel is left alone on free days."""
        zone = self._settings.timezone
        midnight = wall(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        morning = instant(midnight + timedelta(days=1) + MORNING, zone)
        return holidays.rolmodel_hour(morning, zone) if kind == "work" else morning
