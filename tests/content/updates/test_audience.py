"""Whom news is for, beside its language: a place, a leerroute, the theme of a workshop."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content import updates
from content.updates import audience
from content.updates.audience import Audience, Circle, audience_count
from core.tables.agenda import Enrolment, Session
from core.tables.people import Person
from tests.content.community import NOW, SETTINGS, make_account, make_listener, make_news
from tests.scheduler import world


async def days(session: AsyncSession, *starts: datetime) -> list[Session]:
    """Days of one workshop at one place."""
    workshop, place = await world.workshop(session), await world.place(session)
    rows = [
        Session(
            workshop_id=workshop.id,
            wall_time=start.replace(tzinfo=None),
            zone="Europe/Amsterdam",
            starts_at=start,
            minutes=180,
            place_id=place.id,
            capacity=12,
            created_at=NOW,
        )
        for start in starts
    ]
    session.add_all(rows)
    await session.flush()
    return rows


async def seat(session: AsyncSession, day: Session, status: str) -> Person:
    """Somebody who stands so to a day of a workshop."""
    person = await make_listener(session)
    session.add(Enrolment(session_id=day.id, person_id=person.id, status=status, since=NOW))
    await session.flush()
    return person


async def heard(session: AsyncSession, circle: Circle) -> set[UUID]:
    return set(await session.scalars(audience.listeners(NOW, circle)))


@pytest.mark.parametrize(
    ("status", "place", "workshop"),
    [
        ("enrolled", True, True),
        ("attended", True, True),
        ("absent", True, False),
        ("waiting", False, True),
        ("offered", False, True),
        ("invited", False, False),
        ("declined", False, False),
        ("cancelled", False, False),
    ],
)
async def test_a_seat_at_the_place_and_a_wish_for_the_theme(
    session: AsyncSession, status: str, place: bool, workshop: bool
) -> None:
    (day,) = await days(session, NOW + timedelta(days=3))
    person = await seat(session, day, status)
    await make_listener(session)

    at_place = await heard(session, Circle(language="ti", place=day.place_id))
    of_theme = await heard(session, Circle(language="ti", workshop=day.workshop_id))

    assert (at_place == {person.id}, of_theme == {person.id}) == (place, workshop)


async def test_a_place_is_remembered_for_half_a_year(session: AsyncSession) -> None:
    recent, old = await days(session, NOW - timedelta(days=179), NOW - timedelta(days=181))
    person = await seat(session, recent, "attended")
    await seat(session, old, "attended")

    assert await heard(session, Circle(language="ti", place=recent.place_id)) == {person.id}


async def test_a_day_that_is_off_brings_nobody_to_the_place(session: AsyncSession) -> None:
    (day,) = await days(session, NOW + timedelta(days=3))
    await seat(session, day, "enrolled")
    day.status = "cancelled"
    await session.flush()

    assert await heard(session, Circle(language="ti", place=day.place_id)) == set()


async def test_a_leerroute(session: AsyncSession) -> None:
    on_it, other = await make_listener(session), await make_listener(session)
    on_it.leerroute, other.leerroute = "z", "b1"
    await make_listener(session)
    await session.flush()

    assert await heard(session, Circle(language="ti", leerroute="z")) == {on_it.id}


async def test_counts_are_of_the_same_people(session: AsyncSession) -> None:
    (day,) = await days(session, NOW + timedelta(days=3))
    await seat(session, day, "enrolled")
    silent = await make_listener(session, news=None)
    session.add(Enrolment(session_id=day.id, person_id=silent.id, status="enrolled", since=NOW))
    await make_listener(session, news=None)
    await session.flush()

    counted = await audience_count(session, NOW, Circle(language="ti", place=day.place_id))

    assert counted == Audience(listeners=1, without_consent=1)


async def test_who_wants_news_and_has_no_phone_is_counted_apart(session: AsyncSession) -> None:
    unreachable = await make_listener(session, verified=False)
    reached = await make_listener(session)
    await make_listener(session, news=False)

    wanting = set(await session.scalars(audience.wanting(NOW, Circle(language="ti"))))

    assert wanting == {unreachable.id, reached.id}


async def test_the_list_shows_nobody_what_is_for_others(session: AsyncSession) -> None:
    (day,) = await days(session, NOW + timedelta(days=3))
    person, other = await seat(session, day, "enrolled"), await make_listener(session)
    person.leerroute = "z"
    news = await make_news(session, await make_account(session))
    news.text.state = "sent"
    news.update.for_place, news.update.for_workshop = day.place_id, day.workshop_id
    news.update.for_leerroute = "z"
    await session.flush()

    shown = [await updates.on_show(session, NOW, SETTINGS, one) for one in (person, other)]

    assert [[one.text.id for one in found] for found in shown] == [[news.text.id], []]
