"""Made-up days on which the workshops are given, and the open activities every week."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.themes import ACTIVITIES, PARTNERS, PLACES, THEMES, Activity, Theme
from core import clock
from core.settings import Settings
from core.tables.agenda import Partner, Place, Workshop
from scheduler.holidays import holidays
from scheduler.meetings import workshops

_WEEKS: Final = 6
_FIRST_DAY: Final = 3  #: days from now; nobody is invited for tomorrow
_SEATS: Final = 12
_TIMES: Final = (time(9, 30), time(13), time(10), time(13, 30))


async def add_partners(session: AsyncSession) -> dict[str, UUID]:
    """The organisations, by the name in the plan; on a page each says that it is made up."""
    made = {name: Partner(name=f"{name} (voorbeeld)") for name in PARTNERS}
    session.add_all(made.values())
    await session.flush()
    return {name: row.id for name, row in made.items()}


async def add(session: AsyncSession, now: datetime, settings: Settings, partners: Mapping[str, UUID]) -> None:
    """All workshops with their days in the next weeks."""
    places = {town: Place(name=name, street=street, town=town) for town, (name, street) in PLACES.items()}
    session.add_all(places.values())
    days = working_days(now, settings.timezone)
    planned: list[tuple[Workshop, Place, list[datetime], bool]] = []
    for order, theme in enumerate(THEMES):
        times = [datetime.combine(day, _TIMES[order % len(_TIMES)]) for day in _days_of(theme, order, days)]
        planned.append((_workshop(theme, partners), places[theme.town], times, theme.childcare))
    for activity in ACTIVITIES:
        times = [datetime.combine(day, activity.at) for day in days if day.weekday() == activity.weekday]
        planned.append((_open(activity, partners), places[activity.town], times, False))
    session.add_all(workshop for workshop, *_ in planned)
    await session.flush()
    for workshop, place, times, childcare in planned:
        for wall_time in times:
            await workshops.schedule(
                session,
                now,
                settings,
                workshop_id=workshop.id,
                wall_time=wall_time,
                place_id=place.id,
                capacity=_SEATS,
                childcare=childcare,
            )


def working_days(now: datetime, zone: str) -> list[date]:
    """The days of the next six weeks on which anything is open, from a few days ahead."""
    today = clock.wall(now, zone).date()
    wanted = (today + timedelta(days=ahead) for ahead in range(_FIRST_DAY, _WEEKS * 7 + 1))
    return [day for day in wanted if day.weekday() < 5 and day not in holidays(day.year)]


def _days_of(theme: Theme, order: int, days: Sequence[date]) -> Sequence[date]:
    """A series meets weekly; every other theme comes twice, three weeks apart."""
    if theme.lessons > 1:
        return days[1::5][: theme.lessons]
    first = order * len(days) // len(THEMES)
    again = [(first + len(days) // 2) % len(days)] if order % 2 == 0 else []
    return [days[at] for at in (first, *again)]


def _workshop(theme: Theme, partners: Mapping[str, UUID]) -> Workshop:
    return Workshop(
        title=theme.title,
        summary=theme.summary,
        leefgebied=theme.leefgebied,
        partner_id=partners[theme.partner],
        counts_for=theme.counts_for,
        excursie=theme.excursie,
        kernwaarde=theme.kernwaarde,
        minutes=int(theme.hours * 60),
        open_activity=False,
    )


def _open(activity: Activity, partners: Mapping[str, UUID]) -> Workshop:
    return Workshop(
        title=activity.title,
        summary=activity.summary,
        leefgebied="sociaal_netwerk",
        partner_id=partners[activity.partner],
        minutes=int(activity.hours * 60),
        open_activity=True,
    )
