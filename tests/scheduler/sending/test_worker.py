"""What is due goes at its moment, answers first; a worker can be stood still."""

import asyncio

from sqlalchemy import select

from core.bell import Bell
from core.database import Database
from core.tables.notices import Delivery, Notice
from core.tables.people import Address
from core.tables.service import Hold
from messaging.channel import Outgoing
from scheduler.queue import replies
from scheduler.sending.worker import Worker
from tests.scheduler import world
from tests.scheduler.sending.worker_desk import DUTCH, Desk
from tests.scheduler.world import NOW


class TestSending:
    async def test_every_step_goes_at_its_moment_and_not_before(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        assert await desk.until("2026-12-21 11:01") == []
        (announced,) = await desk.until("2026-12-21 11:02")
        assert announced == "U heeft een nieuwe afspraak: dinsdag 12 januari, 10:00 uur. Komt u?"
        assert len(await desk.until("2027-01-05 10:00")) == 1
        assert len(await desk.until("2027-01-11 10:00")) == 1
        (hours,) = await desk.until("2027-01-12 08:00")
        assert hours == "Vandaag om 10:00 uur heeft u een afspraak. Tot straks."
        assert await desk.until("2027-01-13 08:00") == []

    async def test_a_push_is_on_record_and_marked_as_pushed(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        await desk.until("2026-12-21 11:02")
        (delivery,) = await desk.all(Delivery)
        assert (delivery.state, delivery.provider_id is not None) == ("sent", True)
        ((handle, message),) = desk.telegram.sent
        assert (handle, message.pushed) == ("1001", True)
        assert [button.id.split(":")[0] for button in message.buttons] == [
            "appointment.yes",
            "appointment.no",
            "appointment.where",
        ]

    async def test_nothing_goes_while_on_hold(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        async with desk.database.begin() as session:
            session.add(Hold(since=NOW, why="test"))
        assert await desk.until("2026-12-21 11:02") == []

    async def test_sms_names_its_answers_and_remembers_them(self, desk: Desk) -> None:
        await desk.appointment(await desk.person(sms="+31612345678"))
        await desk.until("2026-12-21 11:02")
        ((_, message),) = desk.sms.sent
        assert "Sms 1 = ja, 2 = nee, 3 = bel mij" in message.text
        assert [button.digit for button in message.buttons] == [1, 2, 3]

    async def test_one_sms_about_several_things_says_their_days(self, desk: Desk) -> None:
        person_id = await desk.person(sms="+31612345678")
        for start in ("2027-01-13 09:00", "2027-01-12 10:00", "2027-01-13 10:00"):
            await desk.appointment(person_id, start)
        for moment in ("2026-12-21 11:02", "2027-01-06 10:00", "2027-01-11 10:00", "2027-01-12 08:00"):
            await desk.until(moment)
        await desk.until("2027-01-12 10:00")
        assert desk.sms.sent[-1][1].text == (
            "PIM Welkom: u heeft een afspraak woensdag 13 januari 09:00 uur en woensdag 13 januari 10:00 uur. "
            "Sms 3 = bel mij."
        )

    async def test_nothing_goes_after_its_use_by(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        assert await desk.until("2027-01-12 10:00") == []
        assert set((await desk.states()).values()) == {"expired"}

    async def test_answers_go_before_notices(self, desk: Desk) -> None:
        person_id = await desk.person()
        await desk.appointment(person_id)
        async with desk.database.begin() as session:
            address = (await session.scalars(select(Address))).one()
            await replies.put(session, NOW, address.id, Outgoing(text="een", language="nl"))
            await replies.put(session, NOW, address.id, Outgoing(text="twee", language="nl"))
        assert (await desk.until("2026-12-21 11:02"))[:2] == ["een", "twee"]


class TestLimits:
    async def test_no_more_texts_than_the_day_allows(self, fresh_database: Database) -> None:
        desk = Desk(fresh_database)
        desk.worker = Worker(
            fresh_database,
            desk.clock,
            world.settings(daily_sms_limit=1),
            {"telegram": desk.telegram, "sms": desk.sms},
            lambda: DUTCH,
        )
        for number in ("+31612345671", "+31612345672"):
            await desk.appointment(await desk.person(sms=number))
        await desk.until("2026-12-21 11:02")
        assert len(desk.sms.sent) == 1
        assert sorted(
            (notice.state, notice.reason) for notice in await desk.all(Notice) if notice.step == "announced"
        ) == [
            ("failed", "sms_limit"),
            ("sent", None),
        ]


async def test_stillness_is_had_while_it_runs_and_it_goes_on_afterwards(desk: Desk) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(desk.worker.run(Bell(desk.database.url), stop))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(15):
        for _ in range(3):
            async with desk.worker.still():
                await desk.worker.drain()
            await asyncio.sleep(0.05)
        stop.set()
        await running
