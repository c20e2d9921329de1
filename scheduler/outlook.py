"""What would go out until a moment: to how many, in which language, on which channel, at what cost, and until when."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core import clock
from core.settings import Settings
from core.tables.notices import Notice
from messaging import answers, dispatch
from messaging.dispatch import Route
from messaging.segments import Cost, cost
from scheduler import allowance, deliveries, lateness, leases, pushes, recipients, routing
from scheduler.bundles import Bundle
from scheduler.claims import Claimed
from scheduler.recipients import Recipient

#: Notices that are worked out together.
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Going:
    """What a number of notices have in common."""

    kind: str
    step: str
    language: str | None  #: None: nobody of them can be reached
    channel: str | None
    why: str | None  #: a code of messaging.reasons, or paused or left, where there is no channel


@dataclass(kw_only=True)
class Pile:
    """So many notices of one sort, in numbers."""

    count: int = 0
    segments: int = 0  #: of SMS
    microeuro: int = 0
    first: datetime | None = None  #: due
    last: datetime | None = None
    leaves: datetime | None = None  #: when the last of them leaves; None: none does

    def add(self, due: datetime, leaves: datetime | None, charged: Cost) -> None:
        """One notice more."""
        self.count, self.segments = self.count + 1, self.segments + (charged.segments or 0)
        self.microeuro += charged.microeuro
        self.first, self.last = min(self.first or due, due), max(self.last or due, due)
        if leaves is not None:
            self.leaves = max(self.leaves or leaves, leaves)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is planned until a moment. At most that: what falls together goes as one push."""

    now: datetime
    until: datetime
    on_hold: bool
    piles: Mapping[Going, Pile]

    @property
    def total(self) -> Pile:
        """Everything that goes, together."""
        whole = Pile()
        for going, pile in self.piles.items():
            if going.channel is None:
                continue
            whole.count, whole.segments = whole.count + pile.count, whole.segments + pile.segments
            whole.microeuro += pile.microeuro
            whole.leaves = max(filter(None, (whole.leaves, pile.leaves)), default=None)
        return whole


class _Burst:
    """The moments at which a channel's allowance lets messages leave, most urgent first."""

    def __init__(self, now: datetime, settings: Settings) -> None:
        rates = {
            "telegram": settings.telegram_rate,
            "whatsapp": settings.whatsapp_rate,
            "sms": settings.twilio_sms_rate,
        }
        self._now = now
        self._steps = {name: timedelta(seconds=1 / (rate * allowance.PACE)) for name, rate in rates.items() if rate}
        self._free: dict[str, datetime] = {}

    def leaves(self, channel: str, due: datetime) -> datetime:
        """When the next message of this channel leaves that is due then."""
        at = max(due, self._now, self._free.get(channel, self._now))
        self._free[channel] = at + self._steps.get(channel, timedelta())
        return at


class _Texts:
    """How many SMS may still go, day by day, where PIM_DAILY_SMS_LIMIT sets a limit."""

    def __init__(self, settings: Settings, today: date, sent_today: int) -> None:
        self._most, self._zone = settings.daily_sms_limit, settings.timezone
        self._sent: Counter[date] = Counter({today: sent_today})

    def left(self, moment: datetime) -> int | None:
        """On the day of this moment; None: no limit."""
        return dispatch.sms_left(self._most, self._sent[clock.wall(moment, self._zone).date()])

    def one(self, moment: datetime) -> None:
        """One goes then."""
        self._sent[clock.wall(moment, self._zone).date()] += 1


@dataclass(frozen=True, kw_only=True)
class _World:
    now: datetime
    settings: Settings
    texts: InForce
    templates: Mapping[str, Mapping[str, str]]
    sms: _Texts


async def until(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    texts: InForce,
    moment: datetime,
    *,
    at_once: int = _AT_ONCE,
) -> Outlook:
    """Work out what would go until a moment, as if every text in force now stayed so; nothing is changed."""
    world = await _world(session, now, settings, texts)
    burst, piles = _Burst(now, settings), dict[Going, Pile]()
    async for rows in _batches(session, now, moment, at_once):
        batch = []
        for row in rows:
            try:
                batch.append(leases.as_claimed(row))
            except Exception:  # whatever it breaks on, the worker sets it aside too
                piles.setdefault(_unsayable(row), Pile()).add(row.due, None, _NOTHING)
        known = await recipients.load(session, now, list({notice.person_id for notice in batch}))
        never_shared = await recipients.never_shared(session, [notice.id for notice in batch])
        tried = await recipients.tried(session, [notice.id for notice in batch])
        asleep = _asleep(world, batch, known)
        for notice in batch:
            goes = asleep.get(notice.id, max(now, notice.due))
            if goes > moment:
                continue
            going, charged = _going(
                *(world, notice, known[notice.person_id], tried.get(notice.id, set())),
                goes=goes,
                hidden=notice.id in never_shared,
            )
            leaves = burst.leaves(going.channel, goes) if going.channel else None
            piles.setdefault(going, Pile()).add(notice.due, leaves, charged)
    return Outlook(now=now, until=moment, on_hold=await leases.on_hold(session), piles=piles)


async def _world(session: AsyncSession, now: datetime, settings: Settings, texts: InForce) -> _World:
    today = clock.wall(now, settings.timezone).date()
    midnight = clock.instant(datetime.combine(today, time()), settings.timezone)
    sent = await deliveries.texted_since(session, midnight) if settings.daily_sms_limit else 0
    return _World(
        now=now,
        settings=settings,
        texts=texts,
        templates=await recipients.template_states(session),
        sms=_Texts(settings, today, sent),
    )


def _asleep(world: _World, batch: Sequence[Claimed], known: Mapping[UUID, Recipient]) -> Mapping[UUID, datetime]:
    """What is overdue and must not wake anybody now -> when it goes."""
    overdue = [notice for notice in batch if notice.due < world.now]
    by_day = {person for person, recipient in known.items() if recipient.by_day}
    return lateness.put_off(world.now, world.settings, overdue, by_day) if overdue else {}


async def _batches(
    session: AsyncSession, now: datetime, moment: datetime, at_once: int
) -> AsyncIterator[Sequence[Notice]]:
    """What waits, in the order in which the worker would take it, so many at a time."""
    query: Select[Notice] = (
        select(Notice)
        .where(Notice.is_open, Notice.state == "planned", Notice.due <= moment)
        .where(or_(Notice.use_by.is_(None), Notice.use_by > now))
        .order_by(Notice.priority, Notice.due, Notice.id)
        .execution_options(yield_per=at_once)
    )
    rows = await session.stream_scalars(query)
    async for part in rows.partitions():
        yield part


def _unsayable(notice: Notice | Claimed) -> Going:
    """Nobody gets it."""
    return Going(kind=notice.kind, step=notice.step, language=None, channel=None, why="unsayable")


def _going(
    world: _World,
    notice: Claimed,
    recipient: Recipient,
    tried: Collection[UUID],
    *,
    goes: datetime,
    hidden: bool,
) -> tuple[Going, Cost]:
    """How one notice would go, and what that costs."""
    route, why = _route(world, notice, recipient, tried, goes=goes, hidden=hidden)
    sort = {"kind": notice.kind, "step": notice.step}
    if route is None:
        return Going(**sort, language=None, channel=None, why=why), _NOTHING
    shared, alone = recipient.shared(route.address_id), Bundle(lead=notice)
    try:
        message, _ = pushes.push(world.texts, world.settings, alone, recipient.languages, route, shared=shared)
    except Exception:
        return _unsayable(notice), _NOTHING
    text, number = message.text, ""
    if route.form == "sms":
        world.sms.one(goes)
        text, number = answers.as_sms(text, message.buttons), recipient.handle(route.address_id).reveal()
    charged = cost(text, route.channel, number=number, template=message.template is not None)
    return Going(**sort, language=message.shown[1], channel=route.channel, why=None), charged


_NOTHING = Cost(segments=0, microeuro=0)


def _route(
    world: _World,
    notice: Claimed,
    recipient: Recipient,
    tried: Collection[UUID],
    *,
    goes: datetime,
    hidden: bool,
) -> tuple[Route | None, str | None]:
    if recipient.silenced:
        return None, recipient.silenced
    found, why = routing.find(
        recipient,
        notice,
        goes,
        tried=tried,
        templates=world.templates,
        hidden=hidden,
        sms_left=world.sms.left(goes),
        channels=world.settings.channels,
    )
    return (found[0], None) if found else (None, why)
