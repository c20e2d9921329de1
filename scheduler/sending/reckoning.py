"""How one notice would go, what that costs, and when it would leave: for whoever looks ahead."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.inforce import InForce
from core import clock
from core.settings import Settings
from core.tables.notices import Notice
from messaging import answers, dispatch
from messaging.dispatch import Route
from messaging.segments import Cost, cost
from scheduler.queue import deliveries
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Claimed
from scheduler.sending import allowance, pushes, recipients, routing
from scheduler.sending.recipients import Recipient


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


class Burst:
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


class SmsLeft:
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
class World:
    now: datetime
    settings: Settings
    texts: InForce
    templates: Mapping[str, Mapping[str, str]]
    sms: SmsLeft


async def world(session: AsyncSession, now: datetime, settings: Settings, texts: InForce) -> World:
    today = clock.wall(now, settings.timezone).date()
    midnight = clock.instant(datetime.combine(today, time()), settings.timezone)
    sent = await deliveries.texted_since(session, midnight) if settings.daily_sms_limit else 0
    return World(
        now=now,
        settings=settings,
        texts=texts,
        templates=await recipients.template_states(session),
        sms=SmsLeft(settings, today, sent),
    )


def unsayable(notice: Notice | Claimed) -> Going:
    """Nobody gets it."""
    return Going(kind=notice.kind, step=notice.step, language=None, channel=None, why="unsayable")


def going(
    world: World,
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
        return Going(**sort, language=None, channel=None, why=why), NOTHING
    shared, alone = recipient.shared(route.address_id), Bundle(lead=notice)
    try:
        message, _ = pushes.push(world.texts, world.settings, alone, recipient.languages, route, shared=shared)
    except Exception:
        return unsayable(notice), NOTHING
    text, number = message.text, ""
    if route.form == "sms":
        world.sms.one(goes)
        text, number = answers.as_sms(text, message.buttons), recipient.handle(route.address_id).reveal()
    charged = cost(text, route.channel, number=number, template=message.template is not None)
    return Going(**sort, language=message.shown[1], channel=route.channel, why=None), charged


#: What goes nowhere costs.
NOTHING = Cost(segments=0, microeuro=0)


def _route(
    world: World,
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
