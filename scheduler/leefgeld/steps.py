"""When a person hears of a payment: neutral pushes, out of quiet hours, and no later than they are of use."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from core import clock
from core.settings import Settings
from core.tables.leefgeld import Payment
from scheduler import rules
from scheduler.notices import Plan
from scheduler.rules import House

SOURCE = "payment"
FRESH = timedelta(days=3)  #: how long news of a payment is news
#: An older booking is written down, but a message about it would only confuse.
STALE = timedelta(days=14)


def today(now: datetime, settings: Settings) -> date:
    """The day on the calendar of the municipality."""
    return clock.wall(now, settings.timezone).date()


def due(now: datetime, settings: Settings) -> datetime:
    """Now, or the end of the quiet hours that it is in."""
    return rules.quiet_end(now, House.of(settings)) or now


def too_late(expected_on: date, now: datetime, settings: Settings) -> bool:
    """Whether the expected day will be over before the person can hear of it."""
    return due(now, settings) >= _end(expected_on, settings)


def _end(day: date, settings: Settings) -> datetime:
    return clock.instant(datetime.combine(day + timedelta(days=1), time()), settings.timezone)


def announced(payment: Payment, now: datetime, settings: Settings) -> Plan | None:
    """The silent "we expect your money", until the end of that day; None where that is too late."""
    if too_late(payment.expected_on, now, settings):
        return None
    return _plan(payment, "announced", due(now, settings), _end(payment.expected_on, settings))


def paid(payment: Payment, now: datetime, settings: Settings) -> Plan | None:
    """That it was paid; None where that was long ago."""
    if payment.booked_on is None or payment.booked_on < today(now, settings) - STALE:
        return None
    return _fresh(payment, "paid", now, settings)


def returned(payment: Payment, now: datetime, settings: Settings) -> Plan:
    """That the bank sent it back."""
    return _fresh(payment, "returned", now, settings)


def late(payment: Payment, now: datetime, settings: Settings) -> Plan:
    """That it isn't there yet; only when the klantmanager says so."""
    return _fresh(payment, "late", now, settings)


def _fresh(payment: Payment, step: str, now: datetime, settings: Settings) -> Plan:
    at = due(now, settings)
    return _plan(payment, step, at, at + FRESH)


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
