import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.tables.notices import Notice
from core.values import Private
from scheduler.meetings import agenda, appointments
from scheduler.meetings.appointments import Refused, Stale
from tests.scheduler import world
from tests.scheduler.world import HOUSE, NOW, at

ALL = ["announced 12-21 11:02", "week 01-05 10:00", "day 01-11 10:00", "hours 01-12 08:00"]
TUESDAY = {"day": date(2027, 1, 12), "time": time(10)}


class TestMaking:
    async def test_plans_every_step(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session))
        assert await world.waiting(session, row.id) == ALL
        assert await world.said(session, row.id, "announced") == {"unit": None, **TUESDAY}
        assert await world.open_tasks(session) == []

    async def test_keeps_place_and_company_from_the_push(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session), tolk="ti")
        assert (row.place, row.with_whom, row.tolk) == (Private("Voorbeeldplein 1, Veghel"), Private("Karin"), "ti")
        for step in ("announced", "week", "day", "hours"):
            assert set(await world.said(session, row.id, step)) == {"unit", "day", "time"}

    @pytest.mark.parametrize("kind", ["taalles", "instroomklas"])
    async def test_says_nothing_of_lessons(self, session: AsyncSession, kind: str) -> None:
        row = await world.appointment(session, await world.person(session), kind=kind)
        assert await world.waiting(session, row.id) == []

    async def test_late_is_said_at_once_and_seen_by_staff(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session), "2026-12-21 13:00")
        assert await world.waiting(session, row.id) == ["announced 12-21 11:00"]
        assert (await world.said(session, row.id, "announced"))["unit"] == "appointment.soon"
        assert [task.kind for task in await world.open_tasks(session)] == ["made_late"]

    async def test_an_early_start_says_tomorrow_the_evening_before(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session), "2027-01-12 08:30")
        assert (await world.waiting(session, row.id))[-1] == "hours 01-11 20:00"
        assert (await world.said(session, row.id, "hours"))["unit"] == "appointment.day"

    async def test_several_within_two_minutes_fall_together(self, session: AsyncSession) -> None:
        someone, other = await world.person(session), await world.person(session)
        await world.appointment(session, someone)
        joined = await world.appointment(session, someone, "2027-01-20 10:00", now=at("2026-12-21 11:01"))
        alone = await world.appointment(session, other, "2027-01-20 10:00", now=at("2026-12-21 11:01"))
        assert (await world.waiting(session, joined.id))[0] == "announced 12-21 11:02"
        assert (await world.waiting(session, alone.id))[0] == "announced 12-21 11:03"

    async def test_after_one_went_the_next_wait_an_hour_and_fall_together(self, session: AsyncSession) -> None:
        someone = await world.person(session)
        first = await world.appointment(session, someone)
        await world.send(session, first.id, at("2026-12-21 11:02"))
        for minute, start in ((10, "2027-01-20 10:00"), (40, "2027-01-21 10:00")):
            row = await world.appointment(session, someone, start, now=at(f"2026-12-21 11:{minute}"))
            assert (await world.waiting(session, row.id))[0] == "announced 12-21 12:02"
        later = await world.appointment(session, someone, "2027-01-22 10:00", now=at("2026-12-21 12:30"))
        assert (await world.waiting(session, later.id))[0] == "announced 12-21 12:32"

    @pytest.mark.parametrize("wrong", [{"kind": "dokter"}, {"minutes": 0}, {"tolk": "xx"}])
    async def test_refuses_nonsense_in_words(self, session: AsyncSession, wrong: dict[str, Any]) -> None:
        someone = await world.person(session)
        with pytest.raises(Refused, match=r"\.$"):
            await world.appointment(session, someone, **wrong)


class TestMoving:
    async def test_before_it_was_told_the_announcement_changes_in_place(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session))
        await appointments.move(
            session, at("2026-12-21 11:01"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 9), by=None
        )
        assert await world.waiting(session, row.id) == [
            "announced 12-21 11:02",
            "week 01-07 09:00",
            "day 01-13 09:00",
            "hours 01-14 08:00",
        ]
        assert (await world.said(session, row.id, "announced"))["day"] == date(2027, 1, 14)

    async def test_after_it_was_told_one_change_is_said_at_once(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(
            session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), by=None
        )
        assert await world.waiting(session, row.id) == [
            "changed 12-22 09:00",
            "week 01-07 10:00",
            "day 01-13 10:00",
            "hours 01-14 08:00",
        ]
        assert await world.said(session, row.id, "changed") == {
            "unit": None,
            "day": date(2027, 1, 14),
            "time": time(10),
            "old_day": date(2027, 1, 12),
            "old_time": time(10),
        }

    async def test_the_old_steps_are_withdrawn_and_all_carry_the_new_version(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(
            session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=datetime(2026, 12, 24, 10), by=None
        )
        states = await session.execute(
            select(Notice.step, Notice.state, Notice.source_version).where(Notice.source_id == row.id)
        )
        assert set(states.all()) == {
            ("announced", "sent", 1),
            ("week", "withdrawn", 1),
            ("changed", "planned", 2),
            ("day", "planned", 2),
            ("hours", "planned", 2),
        }

    async def test_twice_before_it_went_names_the_day_that_was_told(self, session: AsyncSession) -> None:
        row = await world.told(session)
        for version, day in ((1, 14), (2, 15)):
            await appointments.move(
                *(session, at("2026-12-21 22:00"), HOUSE, row.id),
                version=version,
                wall_time=datetime(2027, 1, day, 10),
                by=None,
            )
        news = await world.said(session, row.id, "changed")
        assert (news["day"], news["old_day"]) == (date(2027, 1, 15), date(2027, 1, 12))
        assert (await world.waiting(session, row.id))[0] == "changed 12-22 08:00"

    async def test_back_to_the_day_that_was_told_says_nothing(self, session: AsyncSession) -> None:
        row = await world.told(session)
        for version, day in ((1, 14), (2, 12)):
            await appointments.move(
                *(session, at("2026-12-21 22:00"), HOUSE, row.id),
                version=version,
                wall_time=datetime(2027, 1, day, 10),
                by=None,
            )
        assert await world.waiting(session, row.id) == ALL[1:]

    async def test_only_another_place(self, session: AsyncSession) -> None:
        row = await world.told(session)
        row.answer = "yes"
        await appointments.move(
            session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, place="Ander plein 2", by=None
        )
        assert await world.said(session, row.id, "changed") == {"unit": "appointment.place", **TUESDAY}
        assert (row.place, row.answer) == (Private("Ander plein 2"), "yes")

    async def test_only_another_time(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(
            session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 12, 11), by=None
        )
        news = await world.said(session, row.id, "changed")
        assert (news["unit"], news["time"], news["old_time"]) == ("appointment.time", time(11), time(10))

    async def test_no_place_any_more(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, place="", by=None)
        assert row.place is None

    async def test_asks_again(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.answer(session, at("2026-12-21 12:00"), HOUSE, row, "no", "children")
        await appointments.move(
            session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), by=None
        )
        assert (row.answer, row.decline_reason, await world.open_tasks(session)) == (None, None, [])
        assert "week 01-07 10:00" in await world.waiting(session, row.id)

    async def test_at_night_goes_at_once_where_somebody_would_come_in_vain(self, session: AsyncSession) -> None:
        row = await world.told(session, start="2027-01-12 08:30")
        await appointments.move(
            session, at("2027-01-11 23:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 20, 10), by=None
        )
        assert (await world.waiting(session, row.id))[0] == "changed 01-11 23:00"

    async def test_nothing_changes_nothing(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(
            *(session, at("2026-12-22 09:00"), HOUSE, row.id),
            version=1,
            wall_time=row.wall_time,
            place="Voorbeeldplein 1, Veghel",
            by=None,
        )
        assert (row.version, await world.waiting(session, row.id)) == (1, ALL[1:])

    async def test_the_second_editor_hears_what_it_is_now(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.move(
            session, at("2026-12-22 10:02"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), by=None
        )
        with pytest.raises(Stale) as stale:
            await appointments.move(
                session, at("2026-12-22 10:03"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 13, 9), by=None
            )
        assert str(stale.value) == (
            "Iemand anders wijzigde deze afspraak om 10:02. Nu: donderdag 14 januari 10:00 uur. "
            "U had: woensdag 13 januari 09:00 uur."
        )

    async def test_a_lesson_is_told_by_the_overview_of_its_week(self, session: AsyncSession) -> None:
        someone = await world.person(session)
        lesson = await world.appointment(session, someone, "2027-01-13 09:00", kind="taalles")
        unknown = await world.appointment(session, someone, "2027-01-20 09:00", kind="taalles")
        await world.overview_went(session, someone, at("2027-01-10 18:00"))
        for row in (lesson, unknown):
            await appointments.move(
                *(session, at("2027-01-11 10:00"), HOUSE, row.id),
                version=1,
                wall_time=row.wall_time + timedelta(hours=2),
                by=None,
            )
        assert await world.waiting(session, lesson.id) == ["changed 01-11 10:00"]
        assert await world.waiting(session, unknown.id) == []


class TestCancelling:
    async def test_who_was_told_hears_of_it(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.cancel(session, at("2026-12-22 09:00"), HOUSE, row.id, version=1, by=None)
        assert row.status == "cancelled"
        assert await world.waiting(session, row.id) == ["cancelled 12-22 09:00"]
        assert await world.said(session, row.id, "cancelled") == {"unit": None, **TUESDAY}

    async def test_who_was_not_told_hears_nothing(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session))
        await appointments.cancel(session, at("2026-12-21 11:01"), HOUSE, row.id, version=1, by=None)
        assert await world.waiting(session, row.id) == []

    async def test_names_the_day_that_was_told(self, session: AsyncSession) -> None:
        row = await world.told(session)
        night = at("2026-12-21 22:00")
        await appointments.move(session, night, HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 14, 10), by=None)
        await appointments.cancel(session, night, HOUSE, row.id, version=2, by=None)
        assert await world.waiting(session, row.id) == ["cancelled 12-22 08:00"]
        assert await world.said(session, row.id, "cancelled") == {"unit": None, **TUESDAY}

    async def test_twice_is_once(self, session: AsyncSession) -> None:
        row = await world.told(session)
        for version in (1, 2):
            await appointments.cancel(session, at("2026-12-22 09:00"), HOUSE, row.id, version=version, by=None)
        assert (row.version, await world.waiting(session, row.id)) == (2, ["cancelled 12-22 09:00"])

    async def test_what_has_been_is_cancelled_in_silence(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.cancel(session, at("2027-01-12 10:00"), HOUSE, row.id, version=1, by=None)
        assert await world.waiting(session, row.id) == []


async def test_the_agenda_in_order(session: AsyncSession) -> None:
    someone = await world.person(session)
    later = await world.appointment(session, someone, "2027-01-20 10:00")
    begun = await world.appointment(session, someone, "2027-01-12 10:00")
    off = await world.appointment(session, someone, "2027-01-13 10:00")
    await appointments.take_back(session, NOW, HOUSE, off.id, None)
    items = await agenda.upcoming(session, at("2027-01-12 10:50"), someone.id)
    assert [item.id for item in items] == [begun.id, later.id]
    assert (items[0].kind, items[0].code, items[0].place) == (
        "appointment",
        "voortgangsgesprek",
        Private("Voorbeeldplein 1, Veghel"),
    )


def test_staff_can_foresee_what_is_said() -> None:
    steps = appointments.foresee(HOUSE, NOW, kind="budgetcoach", wall_time=datetime(2027, 1, 12, 10))
    assert [step.name for step in steps] == ["announced", "week", "day", "hours"]
    assert appointments.foresee(HOUSE, NOW, kind="taalles", wall_time=datetime(2027, 1, 12, 10)) == ()


async def test_two_editors_at_once_one_is_told(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        row = await world.appointment(session, await world.person(session))

    async def edit(day: int) -> None:
        async with fresh_database.begin() as own:
            await appointments.move(
                own, at("2026-12-22 09:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, day, 10), by=None
            )

    outcomes = await asyncio.gather(edit(14), edit(15), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Stale"]
