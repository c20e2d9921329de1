from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.municipality import FILE
from core.tables.agenda import Appointment
from core.tables.notices import Delivery, Notice
from messaging.channel import Reached, Receipt
from scheduler.meetings import appointments, chase, workshops
from scheduler.queue import deliveries, receipts
from tests.scheduler import phones, world
from tests.scheduler.world import HOUSE, NOW, at

#: Twenty hours before an appointment on Tuesday at 10:00.
DUE = at("2027-01-11 14:00")


async def asked(session: AsyncSession, *channels: str, state: str = "sent") -> tuple[Appointment, list[UUID]]:
    """An appointment on Tuesday at 10:00 whose question went to the first of these channels, a week before."""
    person, ids = await phones.reached_by(session, *channels)
    row = await world.appointment(session, person)
    await phones.said(session, row.id, "announced", ids[0], channel=channels[0], state=state)
    await phones.said(session, row.id, "week", ids[0], channel=channels[0], state=state)
    return row, ids


async def follow_up(session: AsyncSession, now: datetime = DUE) -> int:
    return await chase.follow_up(session, now, HOUSE)


async def kinds(session: AsyncSession) -> list[str]:
    return [task.kind for task in await world.open_tasks(session)]


class TestTheNextAddress:
    async def test_gets_the_same_question_once_more_and_knows_the_first(self, session: AsyncSession) -> None:
        row, (telegram, _) = await asked(session, "telegram", "sms")
        assert await follow_up(session, DUE - timedelta(minutes=1)) == 0
        assert await follow_up(session) == 1
        notice = await phones.notice(session, row.id, "week")
        assert (notice.state, notice.due, notice.avoid, notice.again) == ("planned", DUE, [telegram], True)
        assert (notice.reason, notice.attempts, await kinds(session)) == ("elsewhere", 0, [])

    async def test_one_notice_that_cannot_be_read_hides_nobody(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram", "sms")
        await asked(session, "telegram", "sms")
        swapped = {"step": "changed", "variables_sealed": b"swapped"}
        hers = update(Notice).where(Notice.source_id == row.id, Notice.step == "week")
        await session.execute(hers.values(**swapped))
        assert await follow_up(session) == 2

    async def test_is_tried_once_then_somebody_calls(self, session: AsyncSession) -> None:
        row, (_, sms) = await asked(session, "telegram", "sms")
        await follow_up(session)
        assert await follow_up(session, DUE + timedelta(minutes=1)) == 0
        await phones.said(session, row.id, "week", sms, channel="sms", state="delivered", at=DUE)
        assert await follow_up(session, DUE + timedelta(minutes=119)) == 0
        assert await follow_up(session, DUE + timedelta(hours=2)) == 1
        (task,) = await world.open_tasks(session)
        assert (task.kind, task.call, task.reason, task.due) == (
            *("no_answer", True, "no_answer"),
            at("2027-01-11 17:00"),
        )
        assert await follow_up(session, DUE + timedelta(hours=3)) == 0

    async def test_goes_in_the_morning_if_that_is_soon_enough(self, session: AsyncSession) -> None:
        person, ids = await phones.reached_by(session, "telegram", "sms")
        row = await world.appointment(session, person, "2027-01-12 18:00")
        await phones.said(session, row.id, "announced", ids[0])
        await follow_up(session, at("2027-01-11 22:00"))
        assert (await phones.notice(session, row.id, "announced")).due == at("2027-01-12 08:00")

    async def test_hears_nothing_where_it_can_t_be_used(self, session: AsyncSession) -> None:
        row, (_, sms) = await asked(session, "telegram", "sms")
        await deliveries.bury(session, NOW, sms, "number_gone")
        await follow_up(session)
        assert (await phones.notice(session, row.id, "week")).state == "sent"
        assert await kinds(session) == ["no_answer"]


class TestAnAnswerEndsIt:
    @pytest.mark.parametrize("state", ["failed", "unsure", "sent"])
    async def test_also_where_the_first_try_did_not_arrive(self, session: AsyncSession, state: str) -> None:
        row, _ = await asked(session, "telegram", "sms", state=state)
        notice = await phones.notice(session, row.id, "week")
        if state == "failed":
            notice.sent_at = None
            await session.flush()
        await follow_up(session)
        assert (await phones.notice(session, row.id, "week")).state == "planned"
        await appointments.answer(session, DUE, HOUSE, row, "yes")
        notice = await phones.notice(session, row.id, "week")
        ends = {"failed": ("withdrawn", "answered"), "unsure": ("unsure", None), "sent": ("sent", None)}
        assert (notice.state, notice.reason) == ends[state]


class TestShortlyBefore:
    """What goes when little time is left is not waited for until it is too late."""

    async def test_half_of_the_time_is_left_to_call(self, session: AsyncSession) -> None:
        person, ids = await phones.reached_by(session, "telegram")
        row = await world.appointment(session, person, "2026-12-21 13:00")
        await phones.said(session, row.id, "announced", ids[0], at=NOW)
        assert await follow_up(session, NOW + timedelta(minutes=59)) == 0
        assert await follow_up(session, NOW + timedelta(minutes=60)) == 1
        assert "no_answer" in await kinds(session)

    async def test_what_never_went_is_for_somebody_to_call_about_at_once(self, session: AsyncSession) -> None:
        person, ids = await phones.reached_by(session, "telegram")
        row = await world.appointment(session, person, "2026-12-21 12:30")
        await phones.said(session, row.id, "announced", ids[0], state="failed")
        notice = await phones.notice(session, row.id, "announced")
        notice.state, notice.sent_at, notice.due = "failed", None, NOW
        await session.flush()
        assert await follow_up(session, NOW) == 1
        assert "not_reached" in await kinds(session)


class TestWhoIsLeftAlone:
    async def test_who_answered(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram", "sms")
        await appointments.answer(session, at("2027-01-05 12:00"), HOUSE, row, "no")
        assert await follow_up(session) == 0

    async def test_who_answers_before_the_fallback_went(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram", "sms", state="read")
        await follow_up(session)
        await appointments.answer(session, DUE + timedelta(seconds=30), HOUSE, row, "yes")
        notice = await phones.notice(session, row.id, "week")
        assert (notice.state, notice.answered_at, notice.reason) == ("read", DUE + timedelta(seconds=30), None)
        assert await world.waiting(session, row.id) == ["day 01-11 10:00", "hours 01-12 08:00"]
        assert await follow_up(session, DUE + timedelta(hours=5)) == 0

    async def test_an_answer_takes_a_person_from_the_call_list(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram")
        await follow_up(session)
        assert await kinds(session) == ["no_answer"]
        await appointments.answer(session, DUE + timedelta(hours=1), HOUSE, row, "yes")
        assert await kinds(session) == []

    @pytest.mark.parametrize("field", ["left_at", "paused_until"])
    async def test_who_is_paused_or_left(self, session: AsyncSession, field: str) -> None:
        person, ids = await phones.reached_by(session, "telegram", "sms")
        row = await world.appointment(session, person)
        await phones.said(session, row.id, "announced", ids[0])
        setattr(person, field, at("2027-02-01 10:00"))
        await session.flush()
        assert await follow_up(session) == 0

    async def test_whose_appointment_was_cancelled_or_is_over(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram", "sms")
        assert await follow_up(session, at("2027-01-12 10:00")) == 0
        await appointments.cancel(session, at("2027-01-06 10:00"), HOUSE, row.id, version=1, by=None)
        assert await follow_up(session) == 0

    async def test_about_whom_news_is_on_its_way(self, session: AsyncSession) -> None:
        row, _ = await asked(session, "telegram", "sms")
        await appointments.move(
            session, at("2027-01-10 22:00"), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 12, 11), by=None
        )
        assert await follow_up(session, at("2027-01-11 15:30")) == 0


class TestPatience:
    async def test_who_was_asked_late_gets_time_to_answer(self, session: AsyncSession) -> None:
        person, (telegram,) = await phones.reached_by(session, "telegram")
        row = await world.appointment(session, person, "2027-01-12 20:00", now=at("2027-01-12 09:00"))
        await phones.said(session, row.id, "announced", telegram)
        assert await follow_up(session, at("2027-01-12 11:01")) == 0
        assert await follow_up(session, at("2027-01-12 11:02")) == 1

    async def test_the_next_moment_is_known(self, session: AsyncSession) -> None:
        await asked(session, "telegram", "sms")
        assert await chase.next_moment(session, NOW, HOUSE) == DUE
        await follow_up(session)
        assert await chase.next_moment(session, DUE, HOUSE) is None

    async def test_another_municipality_waits_otherwise(self, session: AsyncSession, tmp_path: Path) -> None:
        (tmp_path / FILE).write_text("[fallback]\nbefore_hours = 30\n")
        await asked(session, "telegram")
        assert await chase.follow_up(session, at("2027-01-11 04:00"), world.settings(data_dir=tmp_path)) == 1


class TestNotArrived:
    async def reminded(
        self, session: AsyncSession, state: str, *channels: str, at_channel: str = "sms"
    ) -> tuple[Appointment, list[UUID]]:
        """Somebody who comes, and whose reminder of the day before came this far."""
        person, ids = await phones.reached_by(session, *channels)
        row = await world.appointment(session, person)
        await phones.said(session, row.id, "announced", ids[0], channel=at_channel, state="delivered")
        await appointments.answer(session, NOW, HOUSE, row, "yes")
        await phones.said(session, row.id, "day", ids[0], channel=at_channel, state=state)
        return row, ids

    @pytest.mark.parametrize("state", ["sent", "unsure", "failed"])
    async def test_sms_without_a_receipt_goes_elsewhere(self, session: AsyncSession, state: str) -> None:
        row, (sms, _) = await self.reminded(session, state, "sms", "telegram")
        assert await follow_up(session) == 1
        notice = await phones.notice(session, row.id, "day")
        assert (notice.state, notice.avoid) == ("planned", [sms])

    async def test_without_another_way_somebody_calls(self, session: AsyncSession) -> None:
        await self.reminded(session, "sent", "sms")
        await follow_up(session)
        (task,) = await world.open_tasks(session)
        assert (task.kind, task.reason, task.call) == ("not_reached", "not_delivered", True)

    @pytest.mark.parametrize(("channel", "state"), [("sms", "delivered"), ("whatsapp", "read"), ("telegram", "sent")])
    async def test_what_arrived_is_left_alone(self, session: AsyncSession, channel: str, state: str) -> None:
        await self.reminded(session, state, channel, "sms", at_channel=channel)
        assert await follow_up(session) == 0

    async def test_an_older_push_that_got_lost_is_made_good_by_a_newer_one(self, session: AsyncSession) -> None:
        person, (sms, _) = await phones.reached_by(session, "sms", "telegram")
        row = await world.appointment(session, person)
        await phones.said(session, row.id, "announced", sms, channel="sms", state="sent")
        await phones.said(session, row.id, "day", sms, channel="sms", state="delivered")
        row.answer = "yes"
        await session.flush()
        assert await follow_up(session) == 0

    async def test_a_receipt_that_comes_late_calls_the_second_try_off(self, session: AsyncSession) -> None:
        row, (sms, _) = await self.reminded(session, "sent", "sms", "telegram")
        await follow_up(session)
        notice = await phones.notice(session, row.id, "day")
        receipt = Receipt(channel="sms", provider_id=f"sms-{notice.id}-{sms}", reached=Reached.DELIVERED)
        await receipts.apply(session, DUE + timedelta(seconds=5), receipt)
        assert (await phones.notice(session, row.id, "day")).state == "delivered"

    async def test_nobody_travels_to_what_was_called_off(self, session: AsyncSession) -> None:
        person, (sms, _) = await phones.reached_by(session, "sms", "telegram")
        row = await world.appointment(session, person)
        await phones.said(session, row.id, "announced", sms, channel="sms", state="delivered")
        await appointments.cancel(session, at("2027-01-11 11:00"), HOUSE, row.id, version=1, by=None)
        await phones.said(session, row.id, "cancelled", sms, channel="sms", state="sent")
        assert await follow_up(session) == 1
        assert (await phones.notice(session, row.id, "cancelled")).state == "planned"

    async def test_what_went_along_with_another_push_is_judged_by_that_push(self, session: AsyncSession) -> None:
        row, (sms, _) = await self.reminded(session, "sent", "sms", "telegram")
        day = await phones.notice(session, row.id, "day")
        lead = await phones.said(session, row.id, "hours", sms, channel="sms", state="delivered", at=day.sent_at)
        await session.execute(delete(Delivery).where(Delivery.notice_id == day.id))
        day.lead_id = lead.id
        await session.flush()
        assert await follow_up(session) == 0


class TestWorkshops:
    async def test_a_new_day_that_nobody_answered(self, session: AsyncSession) -> None:
        person, (telegram, _) = await phones.reached_by(session, "telegram", "sms")
        day = await world.day(session)
        await workshops.sign_up(session, NOW, HOUSE, day.id, person.id)
        await workshops.move(session, NOW, HOUSE, day.id, wall_time=datetime(2027, 1, 12, 10))
        await phones.said(session, day.id, "changed", telegram)
        assert await follow_up(session) == 1
        notice = await phones.notice(session, day.id, "changed")
        assert (notice.state, notice.avoid) == ("planned", [telegram])

    async def test_who_joins_again_has_answered(self, session: AsyncSession) -> None:
        person, (telegram, _) = await phones.reached_by(session, "telegram", "sms")
        day = await world.day(session)
        await workshops.sign_up(session, NOW, HOUSE, day.id, person.id)
        await workshops.move(session, NOW, HOUSE, day.id, wall_time=datetime(2027, 1, 12, 10))
        await phones.said(session, day.id, "changed", telegram)
        await workshops.sign_up(session, at("2026-12-22 12:00"), HOUSE, day.id, person.id)
        assert await follow_up(session) == 0

    async def test_another_place_asks_nothing(self, session: AsyncSession) -> None:
        person, (telegram, _) = await phones.reached_by(session, "telegram", "sms")
        day = await world.day(session, "2027-01-12 10:00")
        await workshops.sign_up(session, NOW, HOUSE, day.id, person.id)
        elsewhere = await world.place(session, "Ander huis")
        await workshops.move(session, NOW, HOUSE, day.id, place_id=elsewhere.id)
        await phones.said(session, day.id, "changed", telegram)
        assert await follow_up(session) == 0


async def test_a_change_starts_anew_on_every_address(session: AsyncSession) -> None:
    row, _ = await asked(session, "telegram", "sms")
    await follow_up(session)
    await appointments.move(
        session, DUE + timedelta(seconds=5), HOUSE, row.id, version=1, wall_time=datetime(2027, 1, 19, 10), by=None
    )
    waiting = [await phones.notice(session, row.id, step) for step in ("changed", "day", "hours")]
    assert [(notice.state, notice.avoid) for notice in waiting] == [("planned", None)] * 3
