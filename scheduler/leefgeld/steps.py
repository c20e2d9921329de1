"""When a person hears of a payment: neutral pushes, out of quiet hours, and no later than they are of use."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from core import clock
from core.settings import Settings
from core.tables.leefgeld import Payment
from scheduler import rules
from scheduler.queue.notices import Plan
from scheduler.rules import House

SOURCE = "payment"
FRESH = timedelta(days=3)  #: how long news of a payment is news
#: An older booking is written down, but a message about it would only confuse.
STALE = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something is said of payments; of a file it is the same for all of them."""

    today: date  #: on the calendar of the municipality
    due: datetime  #: now, or the end of the quiet hours that it is in
    zone: str

    @classmethod
    def of(cls, now: datetime, settings: Settings) -> "Moment":
        """As this installation sees it."""
        return cls(
            today=clock.wall(now, settings.timezone).date(),
            due=rules.quiet_end(now, House.of(settings)) or now,
            zone=settings.timezone,
        )

    def too_late(self, expected_on: date) -> bool:
        """Whether the expected day will be over before the person can hear of it."""
        return self.due >= _end(expected_on, self.zone)


@lru_cache(maxsize=64)
def _end(day: date, zone: str) -> datetime:
    return clock.instant(datetime.combine(day + timedelta(days=1), time()), zone)


def announced(payment: Payment, moment: Moment) -> Plan | None:
    """The silent "we expect your money", until the end of that day; None where that is too late."""
    if moment.too_late(payment.expected_on):
        return None
    return _plan(payment, "announced", moment.due, _end(payment.expected_on, moment.zone))


def paid(payment: Payment, moment: Moment) -> Plan | None:
    """That it was paid; None where that was long ago."""
    if payment.booked_on is None or payment.booked_on < moment.today - STALE:
        return None
    return _fresh(payment, "paid", moment)


def returned(payment: Payment, moment: Moment) -> Plan:
    """That the bank sent it back."""
    return _fresh(payment, "returned", moment)


def late(payment: Payment, moment: Moment) -> Plan:
    """That it isn't there yet; only when the klantmanager says so."""
    return _fresh(payment, "late", moment)


def _fresh(payment: Payment, step: str, moment: Moment) -> Plan:
    return _plan(payment, step, moment.due, moment.due + FRESH)


def _plan(payment: Payment, step: str, at: datetime, use_by: datetime) -> Plan:
    person_id: UUID = payment.person_id
    return Plan(
        person_id=person_id,
        kind="leefgeld",
        step=step,
        source_kind=SOURCE,
        source_id=payment.id,
        source_version=payment.version,
        due=at,
        use_by=use_by,
    )
