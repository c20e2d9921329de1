from datetime import date, datetime, time
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content.parts import Value
from core.ids import new_id
from core.tables.agenda import Appointment
from core.tables.notices import Notice
from scheduler.meetings import appointments
from scheduler.queue.claims import Claimed
from scheduler.sending import lateness
from tests.scheduler import world
from tests.scheduler.holding import claimed
from tests.scheduler.world import HOUSE, ZONE, at

SOMEONE = new_id()


async def still(session: AsyncSession, row: Appointment, now: str) -> list[str]:
    """The due steps of an appointment that would still be wanted, by due moment."""
    query = select(Notice).where(Notice.source_id == row.id, Notice.state == "planned", Notice.due <= at(now))
    due = (await session.scalars(query.order_by(Notice.due))).all()
    wanted = await lateness.still_wanted(session, at(now), HOUSE, [notice.id for notice in due])
    return [notice.step for notice in due if notice.id in wanted]


async def went(session: AsyncSession, row: Appointment, step: str, moment: str) -> None:
    """Let a step have gone, at another moment than planned."""
    await session.execute(
        update(Notice)
        .where(Notice.source_id == row.id, Notice.step == step)
        .values(state="sent", sent_at=at(moment))
        .execution_options(synchronize_session=False)
    )


class TestStillWanted:
    async def test_in_time_every_step_is(self, session: AsyncSession) -> None:
        row = await world.told(session)
        assert await still(session, row, "2027-01-05 10:00") == ["week"]

    @pytest.mark.parametrize(
        ("late", "now", "wanted"),
        [
            ("2027-01-11 09:00", "2027-01-11 10:00", []),
            ("2027-01-10 22:01", "2027-01-11 10:00", []),
            ("2027-01-10 22:00", "2027-01-11 10:00", ["day"]),
        ],
    )
    async def test_a_reminder_after_a_step_that_went_late_falls_away(
        self, session: AsyncSession, late: str, now: str, wanted: list[str]
    ) -> None:
        row = await world.told(session)
        await went(session, row, "week", late)
        assert await still(session, row, now) == wanted

    @pytest.mark.parametrize(("late", "wanted"), [("2027-01-12 05:01", []), ("2027-01-12 05:00", ["hours"])])
    async def test_the_last_one_keeps_three_hours(self, session: AsyncSession, late: str, wanted: list[str]) -> None:
        row = await world.told(session)
        await went(session, row, "week", "2027-01-05 10:00")
        await went(session, row, "day", late)
        assert await still(session, row, "2027-01-12 08:00") == wanted

    async def test_of_reminders_that_waited_together_the_nearest_goes(self, session: AsyncSession) -> None:
        row = await world.told(session)
        assert await still(session, row, "2027-01-12 08:30") == ["hours"]

    async def test_news_that_waited_says_it_all(self, session: AsyncSession) -> None:
        row = await world.appointment(session, await world.person(session))
        assert await still(session, row, "2027-01-11 11:00") == ["announced"]

    async def test_week_is_not_wanted_once_answered(self, session: AsyncSession) -> None:
        row = await world.told(session)
        row.answer = "yes"
        await session.flush()
        assert await still(session, row, "2027-01-05 10:00") == []

    async def test_what_looks_for_somebody_elsewhere_was_meant_to_go_again(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await went(session, row, "day", "2027-01-11 10:00")
        await session.execute(
            update(Notice).where(Notice.source_id == row.id, Notice.step == "week").values(avoid=[new_id()])
        )
        assert await still(session, row, "2027-01-11 14:00") == ["week"]

    async def test_others_and_other_sources_don_t_count(self, session: AsyncSession) -> None:
        row, other = await world.told(session), await world.told(session)
        await went(session, other, "day", "2027-01-11 10:00")
        assert await still(session, row, "2027-01-05 10:00") == ["week"]

    async def test_nothing_asked_is_nothing(self, session: AsyncSession) -> None:
        assert await lateness.still_wanted(session, at("2027-01-11 14:00"), HOUSE, []) == set()

    async def test_an_answer_takes_the_week_step_out_of_the_queue(self, session: AsyncSession) -> None:
        row = await world.told(session)
        await appointments.answer(session, at("2027-01-05 09:59"), HOUSE, row, "late")
        assert "week 01-05 10:00" not in await world.waiting(session, row.id)


def held(step: str = "day", kind: str = "appointment", use_by: str | None = "2027-01-12 10:00") -> Claimed:
    start = datetime(2027, 1, 12, 10)
    return claimed(
        kind,
        step,
        person_id=SOMEONE,
        due=at("2027-01-11 10:00"),
        use_by=at(use_by) if use_by else None,
        values={"day": start.date(), "time": start.time()},
    )


def put_off(notice: Claimed, now: str, by_day: tuple[UUID, ...] = ()) -> datetime | None:
    return lateness.put_off(at(now), HOUSE, [notice], by_day).get(notice.id)


MOVED: dict[str, Value] = {"old_day": date(2027, 1, 12), "old_time": time(8, 30)}


class TestAtNight:
    def test_a_hold_lifted_at_eleven_wakes_nobody(self) -> None:
        assert put_off(held(), "2027-01-11 23:00") == at("2027-01-12 08:00")
        assert put_off(held("paid", "leefgeld", None), "2027-01-11 23:00") == at("2027-01-12 08:00")
        assert put_off(held("", "update", "2027-01-12 00:00"), "2027-01-11 23:00") == at("2027-01-12 08:00")

    def test_what_would_come_too_late_goes_at_once(self) -> None:
        assert put_off(held(use_by="2027-01-12 08:30"), "2027-01-11 23:00") is None
        assert put_off(held(use_by="2027-01-12 09:00"), "2027-01-11 23:00") == at("2027-01-12 08:00")

    def test_nobody_goes_to_the_old_moment_of_what_was_moved(self) -> None:
        moved = held("changed", use_by="2027-01-20 10:00")
        assert put_off(moved, "2027-01-11 23:00") == at("2027-01-12 08:00")
        assert put_off(moved._replace(values={**moved.values, **MOVED}), "2027-01-11 23:00") is None

    def test_by_day_nothing_waits(self) -> None:
        assert put_off(held(), "2027-01-11 08:00") is None
        assert put_off(held(), "2027-01-11 20:59") is None

    @pytest.mark.parametrize(
        ("now", "goes"),
        [
            ("2027-01-12 08:30", "2027-01-12 09:00"),
            ("2027-01-12 20:59", None),
            ("2027-01-12 21:00", "2027-01-13 09:00"),
            ("2027-01-15 22:00", "2027-01-18 09:00"),
            ("2027-01-16 12:00", "2027-01-18 09:00"),
            ("2027-03-29 12:00", "2027-03-30 09:00"),
        ],
    )
    def test_a_rolmodel_is_asked_on_working_days_from_nine_to_nine(self, now: str, goes: str | None) -> None:
        asked = held("", "work", None)
        assert put_off(asked, now) == (at(goes) if goes else None)

    def test_who_chose_only_by_day_waits_until_nine(self) -> None:
        assert put_off(held(use_by="2027-01-14 10:00"), "2027-01-11 18:30", (SOMEONE,)) == at("2027-01-12 09:00")
        assert put_off(held(use_by="2027-01-12 09:30"), "2027-01-12 08:00", (SOMEONE,)) is None
        assert put_off(held(use_by="2027-01-14 10:00"), "2027-01-11 18:30", (new_id(),)) is None


SAID = [
    ("week", "2027-01-05 10:00", None),
    ("week", "2027-01-08 10:00", "appointment.ahead"),
    ("week", "2027-01-11 10:00", "appointment.day"),
    ("day", "2027-01-11 23:59", None),
    ("day", "2027-01-12 08:00", "appointment.hours"),
    ("hours", "2027-01-12 08:00", None),
    ("hours", "2027-01-11 20:00", "appointment.day"),
]


@pytest.mark.parametrize(("step", "now", "unit"), SAID)
def test_a_reminder_says_what_is_true_on_the_day_it_goes(step: str, now: str, unit: str | None) -> None:
    assert lateness.unit_now(held(step), at(now), ZONE) == unit


def test_other_news_keeps_its_words() -> None:
    assert lateness.unit_now(held("changed")._replace(unit="appointment.time"), at("2027-01-12 08:00"), ZONE) == (
        "appointment.time"
    )
