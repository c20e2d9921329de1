import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.tables.agenda import Attendance, Enrolment, Session
from core.tables.people import Person
from core.values import Private
from scheduler.meetings import agenda, week, workshops
from scheduler.meetings.workshops import Refused, Seat, Stale, Status
from scheduler.rules import House
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

ENROLLED = Seat(status=Status.ENROLLED)
WEDNESDAY = {"day": date(2027, 2, 3), "time": time(13)}
LATER = at("2027-01-04 10:00")


async def crowd(session: AsyncSession, size: int) -> list[Person]:
    return [await world.person(session) for _ in range(size)]


async def sign_up(session: AsyncSession, row: Session, people: Sequence[Person]) -> list[Seat]:
    """One after another, a minute between them."""
    return [
        await workshops.sign_up(session, LATER + timedelta(minutes=minute), HOUSE, row.id, person.id)
        for minute, person in enumerate(people)
    ]


async def status(session: AsyncSession, row: Session, of: Person) -> str:
    query = select(Enrolment.status).where(Enrolment.session_id == row.id, Enrolment.person_id == of.id)
    return (await session.execute(query)).scalar_one()


class TestInviting:
    async def test_invites_once(self, session: AsyncSession) -> None:
        row, people = await world.day(session), await crowd(session, 2)
        ids = [person.id for person in people]
        assert await workshops.invite(session, NOW, HOUSE, row.id, ids[:1]) == 1
        assert await workshops.invite(session, NOW, HOUSE, row.id, ids) == 1
        assert await world.waiting(session, row.id) == ["invitation 12-21 11:02"] * 2

    async def test_the_push_names_only_day_and_time(self, session: AsyncSession) -> None:
        row, (someone,) = await world.day(session), await crowd(session, 1)
        await workshops.invite(session, NOW, HOUSE, row.id, [someone.id])
        assert await world.said(session, row.id, "invitation") == {"unit": None, **WEDNESDAY}

    async def test_not_now_is_no_absence(self, session: AsyncSession) -> None:
        row, (someone,) = await world.day(session), await crowd(session, 1)
        await workshops.invite(session, NOW, HOUSE, row.id, [someone.id])
        assert await workshops.step_back(session, NOW, HOUSE, row.id, someone.id)
        assert await status(session, row, someone) == "declined"
        assert await world.waiting(session, row.id) == []

    async def test_nobody_is_invited_to_what_is_open(self, session: AsyncSession) -> None:
        open_one = await world.workshop(session, "Taalcafé", open_activity=True)
        row, (someone,) = await world.day(session, workshop_id=open_one.id), await crowd(session, 1)
        with pytest.raises(Refused, match="open activiteit"):
            await workshops.invite(session, NOW, HOUSE, row.id, [someone.id])
        assert await workshops.sign_up(session, NOW, HOUSE, row.id, someone.id) == Seat(status=Status.CLOSED)


class TestSeats:
    async def test_the_answer_is_the_announcement(self, session: AsyncSession) -> None:
        row, (someone,) = await world.day(session), await crowd(session, 1)
        await workshops.invite(session, NOW, HOUSE, row.id, [someone.id])
        assert await sign_up(session, row, [someone]) == [ENROLLED]
        assert await world.waiting(session, row.id) == ["day 02-02 13:00", "hours 02-03 11:00"]

    async def test_a_full_group_makes_a_queue_with_numbers(self, session: AsyncSession) -> None:
        row, people = await world.day(session), await crowd(session, 4)
        seats = await sign_up(session, row, people)
        assert seats[:2] == [ENROLLED, ENROLLED]
        assert [seat.number for seat in seats[2:]] == [1, 2]
        assert await sign_up(session, row, people) == seats

    async def test_one_can_look_before_waiting(self, session: AsyncSession) -> None:
        row, people = await world.day(session, capacity=1), await crowd(session, 3)
        await sign_up(session, row, people[:2])
        seat = await workshops.sign_up(session, LATER, HOUSE, row.id, people[2].id, wait=False)
        assert seat == Seat(status=Status.FULL, number=2)
        assert (await session.scalars(select(Enrolment).where(Enrolment.person_id == people[2].id))).first() is None

    async def test_a_freed_seat_is_offered_to_the_first(self, session: AsyncSession) -> None:
        row, (one, two, three, four) = await world.day(session), await crowd(session, 4)
        await sign_up(session, row, [one, two, three, four])
        now = at("2027-02-01 15:00")
        assert await workshops.step_back(session, now, HOUSE, row.id, one.id)
        assert not await workshops.step_back(session, now, HOUSE, row.id, one.id)
        assert [await status(session, row, person) for person in (one, three, four)] == [
            "cancelled",
            "offered",
            "waiting",
        ]
        assert await world.waiting(session, row.id, one) == []
        assert await world.said(session, row.id, "offered") == {
            "unit": None,
            **WEDNESDAY,
            "until_day": date(2027, 2, 2),
            "until_time": time(12),
        }

    async def test_an_offer_is_kept_from_others_until_it_ends(self, session: AsyncSession) -> None:
        row, (one, two, late) = await world.day(session, capacity=1), await crowd(session, 3)
        await sign_up(session, row, [one, two])
        await workshops.step_back(session, at("2027-02-01 15:00"), HOUSE, row.id, one.id)
        seat = await workshops.sign_up(session, at("2027-02-01 16:00"), HOUSE, row.id, late.id)
        assert seat == Seat(status=Status.WAITING, number=1)
        assert await workshops.sign_up(session, at("2027-02-02 11:59"), HOUSE, row.id, two.id) == ENROLLED
        assert await world.waiting(session, row.id, two) == ["hours 02-03 11:00"]

    async def test_an_offer_that_nobody_took_goes_to_the_next(self, session: AsyncSession) -> None:
        row, (one, two, three) = await world.day(session, capacity=1), await crowd(session, 3)
        await sign_up(session, row, [one, two, three])
        await workshops.step_back(session, at("2027-01-20 10:00"), HOUSE, row.id, one.id)
        assert await workshops.offer_free_seats(session, at("2027-01-21 09:59"), HOUSE) == 0
        assert await workshops.offer_free_seats(session, at("2027-01-21 10:00"), HOUSE) == 1
        assert [await status(session, row, person) for person in (two, three)] == ["waiting", "offered"]
        seat = await workshops.sign_up(session, at("2027-01-21 11:00"), HOUSE, row.id, two.id)
        assert seat == Seat(status=Status.WAITING, number=1)

    async def test_who_let_an_offer_pass_is_not_asked_every_day(self, session: AsyncSession) -> None:
        row, (one, two) = await world.day(session, capacity=1), await crowd(session, 2)
        await sign_up(session, row, [one, two])
        await workshops.step_back(session, at("2027-01-20 10:00"), HOUSE, row.id, one.id)
        offers = [
            await workshops.offer_free_seats(session, at(f"2027-01-{day} {hour}:00"), HOUSE)
            for day in (21, 22)
            for hour in (10, 11)
        ]
        assert offers == [0, 0, 1, 0]

    async def test_no_seat_after_the_start_or_where_it_is_off(self, session: AsyncSession) -> None:
        row, (someone,) = await world.day(session), await crowd(session, 1)
        assert (await workshops.sign_up(session, row.starts_at, HOUSE, row.id, someone.id)).status == Status.CLOSED
        await workshops.cancel(session, NOW, HOUSE, row.id)
        assert (await workshops.sign_up(session, NOW, HOUSE, row.id, someone.id)).status == Status.CLOSED


class TestChanges:
    async def test_everybody_who_was_told_hears_of_another_day(self, session: AsyncSession) -> None:
        row, (enrolled, queued, invited, untold) = await world.day(session, capacity=1), await crowd(session, 4)
        await sign_up(session, row, [enrolled, queued])
        await workshops.invite(session, LATER, HOUSE, row.id, [invited.id])
        await world.send(session, row.id, at("2027-01-04 10:05"))
        now = at("2027-01-05 10:00")
        await workshops.invite(session, now, HOUSE, row.id, [untold.id])
        await workshops.move(session, now, HOUSE, row.id, version=1, wall_time=datetime(2027, 2, 4, 9))
        assert await world.waiting(session, row.id, enrolled) == [
            "changed 01-05 10:00",
            "day 02-03 09:00",
            "hours 02-04 08:00",
        ]
        assert await world.waiting(session, row.id, queued) == ["changed 01-05 10:00"]
        assert await world.waiting(session, row.id, invited) == ["changed 01-05 10:00"]
        assert await world.waiting(session, row.id, untold) == ["invitation 01-05 10:02"]
        assert (await world.said(session, row.id, "invitation"))["day"] == date(2027, 2, 4)

    async def test_another_place(self, session: AsyncSession) -> None:
        row, (someone,) = await world.day(session), await crowd(session, 1)
        await sign_up(session, row, [someone])
        elsewhere = await world.place(session, "Ander huis")
        await workshops.move(session, at("2027-01-05 10:00"), HOUSE, row.id, place_id=elsewhere.id)
        assert await world.said(session, row.id, "changed") == {"unit": "workshop.place", **WEDNESDAY}

    async def test_a_cancelled_day(self, session: AsyncSession) -> None:
        row, (someone, untold) = await world.day(session), await crowd(session, 2)
        await sign_up(session, row, [someone])
        now = at("2027-01-05 10:00")
        await workshops.invite(session, now, HOUSE, row.id, [untold.id])
        await workshops.cancel(session, now, HOUSE, row.id, version=1)
        assert await world.waiting(session, row.id) == ["cancelled 01-05 10:00"]
        assert await agenda.upcoming(session, now, someone.id) == []

    async def test_two_editors(self, session: AsyncSession) -> None:
        row = await world.day(session)
        await workshops.move(session, NOW, HOUSE, row.id, version=1, wall_time=datetime(2027, 2, 4, 9))
        with pytest.raises(Stale):
            await workshops.cancel(session, NOW, HOUSE, row.id, version=1)


DOOR = [
    ("2027-02-03 11:59", "4821", False),
    ("2027-02-03 12:00", "4821", True),
    ("2027-02-03 17:00", "4821", True),
    ("2027-02-03 17:01", "4821", False),
    ("2027-02-03 13:00", "4822", False),
    ("2027-02-03 13:00", "", False),
]


@pytest.mark.parametrize(("now", "code", "fits"), DOOR)
async def test_at_the_door(session: AsyncSession, now: str, code: str, fits: bool) -> None:
    row, (someone, stranger) = await world.day(session), await crowd(session, 2)
    row.door_code = "4821"
    await sign_up(session, row, [someone])
    assert await workshops.check_in(session, at(now), row.id, someone.id, code) is fits
    assert not await workshops.check_in(session, at(now), row.id, stranger.id, code)
    present = (await session.scalars(select(Attendance.present))).all()
    assert present == ([True] if fits else [])


async def test_checking_in_twice_is_once(session: AsyncSession) -> None:
    row, (someone,) = await world.day(session), await crowd(session, 1)
    await sign_up(session, row, [someone])
    for _ in range(2):
        assert await workshops.check_in(session, row.starts_at, row.id, someone.id, row.door_code or "")


async def test_what_one_can_sign_up_for(session: AsyncSession) -> None:
    row, people = await world.day(session, capacity=2, childcare=True), await crowd(session, 3)
    await world.day(
        session,
        workshop_id=(await world.workshop(session, "Taalcafé", open_activity=True)).id,
        place_id=row.place_id,
    )
    await sign_up(session, row, people[:1])
    (only,) = await workshops.open_sessions(session, NOW)
    assert (only.id, only.title, only.place, only.seats_left) == (
        row.id,
        "Werken in Nederland",
        "Voorbeeldhuis, Schijndel",
        1,
    )
    assert (only.hours, only.childcare, only.counts_for) == (3.0, True, "map")
    await sign_up(session, row, people)
    assert [found.seats_left for found in await workshops.open_sessions(session, NOW, "werkervaring")] == [0]
    assert await workshops.open_sessions(session, NOW, "motivatie") == []
    assert await workshops.open_sessions(session, row.starts_at) == []


async def test_a_workshop_in_the_agenda(session: AsyncSession) -> None:
    row, (someone,) = await world.day(session), await crowd(session, 1)
    await world.appointment(session, someone, "2027-02-10 10:00")
    await sign_up(session, row, [someone])
    first, second = await agenda.upcoming(session, NOW, someone.id)
    assert (first.kind, first.id, first.status, second.kind) == ("workshop", row.id, "enrolled", "appointment")
    assert first.place == Private("Voorbeeldhuis, Voorbeeldstraat 1, Schijndel")


class TestWeek:
    SUNDAY = at("2027-01-10 18:00")

    def overview(self, of: Person) -> UUID:
        return week.overview_id(of.id, self.SUNDAY, House.of(HOUSE))

    async def test_one_overview_of_everything_for_who_has_lessons(self, session: AsyncSession) -> None:
        someone, idle = await crowd(session, 2)
        await world.appointment(session, someone, "2027-01-12 10:00")
        await world.appointment(session, someone, "2027-01-11 09:00", kind="taalles")
        await world.appointment(session, someone, "2027-01-17 18:00", kind="taalles")
        await sign_up(session, await world.day(session, "2027-01-13 13:00"), [someone])
        assert await week.plan_week(session, self.SUNDAY, HOUSE) == 1
        assert await week.plan_week(session, self.SUNDAY, HOUSE) == 0
        assert await world.said(session, self.overview(someone), "") == {
            "unit": None,
            "count": 3,
            "day": date(2027, 1, 11),
            "time": time(9),
        }
        assert await world.waiting(session, self.overview(idle)) == []

    async def test_nobody_whose_appointments_are_all_told_one_by_one(self, session: AsyncSession) -> None:
        (someone,) = await crowd(session, 1)
        await world.appointment(session, someone)
        assert await week.plan_week(session, self.SUNDAY, HOUSE) == 0

    async def test_nothing_that_was_made_after_it(self, session: AsyncSession) -> None:
        (someone,) = await crowd(session, 1)
        await world.appointment(session, someone, "2027-01-14 09:00", kind="taalles", now=at("2027-01-11 09:00"))
        assert await week.plan_week(session, at("2027-01-11 09:30"), HOUSE) == 0

    async def test_not_again_after_it_went(self, session: AsyncSession) -> None:
        (someone,) = await crowd(session, 1)
        await world.appointment(session, someone, kind="taalles")
        await world.overview_went(session, someone, self.SUNDAY)
        assert await week.plan_week(session, self.SUNDAY + timedelta(minutes=5), HOUSE) == 0

    @pytest.mark.parametrize(
        ("now", "waits"),
        [
            ("2027-01-10 17:59", []),
            ("2027-01-10 20:00", [" 01-10 20:00"]),
            ("2027-01-10 23:00", [" 01-11 08:00"]),
            ("2027-01-11 12:01", []),
        ],
    )
    async def test_a_service_that_was_away(self, session: AsyncSession, now: str, waits: list[str]) -> None:
        (someone,) = await crowd(session, 1)
        await world.appointment(session, someone, kind="taalles")
        await week.plan_week(session, at(now), HOUSE)
        assert await world.waiting(session, self.overview(someone)) == waits

    async def test_nobody_who_left_or_rests(self, session: AsyncSession) -> None:
        left, rests = await crowd(session, 2)
        for someone in (left, rests):
            await world.appointment(session, someone, kind="taalles")
        left.left_at, rests.paused_until = NOW, at("2027-02-01 09:00")
        await session.flush()
        assert await week.plan_week(session, self.SUNDAY, HOUSE) == 0


async def test_an_offer_answered_too_late_is_the_queue_again(session: AsyncSession) -> None:
    row, (one, two, three) = await world.day(session, capacity=1), await crowd(session, 3)
    await sign_up(session, row, [one, two, three])
    await workshops.step_back(session, at("2027-01-20 10:00"), HOUSE, row.id, one.id)
    seat = await workshops.sign_up(session, at("2027-01-21 10:00"), HOUSE, row.id, two.id, wait=False)
    assert seat == Seat(status=Status.WAITING, number=2)


async def test_the_last_seat_is_given_once(fresh_database: Database) -> None:
    # given a day with one seat, and four people who tap at the same moment
    async with fresh_database.begin() as session:
        row, people = await world.day(session, capacity=1), await crowd(session, 4)

    async def tap(someone: Person) -> Seat:
        async with fresh_database.begin() as own:
            return await workshops.sign_up(own, LATER, HOUSE, row.id, someone.id)

    seats = await asyncio.gather(*[tap(someone) for someone in people])
    # then one has it, and the others have different numbers
    assert sorted(seat.number or 0 for seat in seats) == [0, 1, 2, 3]
    assert [seat.status for seat in seats].count(Status.ENROLLED) == 1
