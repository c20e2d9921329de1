import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from content import catalogue
from content.inforce import concepts
from core import addresses
from core.bell import Bell
from core.database import Database
from core.ids import new_id
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, PersonAddress
from core.tables.service import Hold
from core.tables.work import Task
from core.values import Handle
from messaging.channel import Outgoing, Reached, Receipt, SendError, Verdict
from scheduler.meetings import appointments
from scheduler.queue import endings, handover, holds, leases, receipts, replies
from scheduler.queue.claims import Outcome
from scheduler.sending.answering import held_at_once
from scheduler.sending.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.outlet import RecordingOutlet
from tests.scheduler import world
from tests.scheduler.queueing import Queue
from tests.scheduler.world import HOUSE, NOW, at

DUTCH = concepts(catalogue.load(("nl",)))


class Desk:
    """A worker with a still clock, and one person with a telegram address and an appointment."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(NOW)
        self.telegram, self.sms = RecordingOutlet("telegram"), RecordingOutlet("sms", edits=False)
        self.outlets = {"telegram": self.telegram, "sms": self.sms}
        self.worker = Worker(database, self.clock, HOUSE, self.outlets, lambda: DUTCH)

    async def person(self, **channels: str) -> UUID:
        """Somebody with these addresses, in this order of preference."""
        async with self.database.begin() as session:
            person = await world.person(session, languages=["nl"])
            for rank, (channel, handle) in enumerate((channels or {"telegram": "1001"}).items()):
                address = await addresses.ensure(session, NOW, channel, Handle(handle))
                await addresses.attach(session, NOW, person.id, address.id, verified=True, rank=rank)
        return person.id

    async def appointment(self, person_id: UUID, start: str = "2027-01-12 10:00", *, kind: str = "pip_gesprek") -> UUID:
        async with self.database.begin() as session:
            row = await appointments.make(
                session,
                self.clock.now(),
                HOUSE,
                person_id=person_id,
                kind=kind,
                wall_time=datetime.fromisoformat(start),
                minutes=30,
                place=None,
                with_whom=None,
                tolk=None,
                by=None,
            )
        return row.id

    async def until(self, text: str) -> list[str]:
        """Move to a wall time and send what is due; what telegram got meanwhile."""
        before = len(self.telegram.sent)
        self.clock.moment = at(text)
        await self.worker.drain()
        return self.telegram.texts[before:]

    async def answer(self, handle: str) -> None:
        """An answer that waits for an address of its own."""
        async with self.database.begin() as session:
            address = await addresses.ensure(session, NOW, "telegram", Handle(handle))
            await replies.put(session, NOW, address.id, Outgoing(text="Goed.", language="nl"))

    async def states(self) -> dict[str, str]:
        async with self.database.begin() as session:
            return {row.step: row.state for row in await session.scalars(select(Notice))}

    async def all(self, row: type[Any]) -> list[Any]:
        async with self.database.begin() as session:
            return list(await session.scalars(select(row)))


@pytest.fixture
async def desk(fresh_database: Database) -> Desk:
    return Desk(fresh_database)


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


class TestTrouble:
    async def test_a_dead_address_gives_way_to_the_next(self, desk: Desk) -> None:
        await desk.appointment(await desk.person(telegram="1001", sms="+31612345678"))
        desk.telegram.refusals = [SendError(Verdict.DEAD, "blocked")]
        await desk.until("2026-12-21 11:02")
        assert len(desk.sms.sent) == 1
        dead = [address.dead_reason for address in await desk.all(Address)]
        assert sorted(dead, key=str) == [None, "blocked"]

    async def test_a_channel_that_is_switched_off_gives_way_to_the_next(self, desk: Desk) -> None:
        await desk.appointment(await desk.person(whatsapp="+31612345678", telegram="1001"))
        await desk.appointment(await desk.person(whatsapp="+31612345679"))
        await desk.until("2026-12-21 11:02")
        assert [handle for handle, _ in desk.telegram.sent] == ["1001"]
        told = [notice for notice in await desk.all(Notice) if notice.step == "announced"]
        assert sorted((notice.state, notice.reason) for notice in told) == [("failed", "channel_off"), ("sent", None)]

    async def test_without_any_address_staff_must_call(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        desk.telegram.refusals = [SendError(Verdict.DEAD, "blocked")]
        await desk.until("2026-12-21 11:02")
        (task,) = await desk.all(Task)
        assert (task.kind, task.call) == ("not_reached", True)

    async def test_a_home_visit_never_goes_along_to_a_shared_phone(self, desk: Desk) -> None:
        person_id = await desk.person()
        await desk.appointment(person_id)
        await desk.appointment(person_id, kind="huisbezoek")
        async with desk.database.begin() as session:
            (await session.scalars(select(Address))).one().shared = True
        assert await desk.until("2026-12-21 11:02") == ["Er is een bericht van PIM."]
        (task,) = await desk.all(Task)
        assert (task.kind, task.call) == ("not_reached", True)

    async def test_a_throttled_channel_waits_as_long_as_it_was_told(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        desk.telegram.refusals = [SendError(Verdict.PAUSE, "throttled", retry_after=timedelta(seconds=30))]
        assert await desk.until("2026-12-21 11:02") == []
        desk.clock.advance(timedelta(seconds=29))
        assert await desk.worker.drain() == 0
        desk.clock.advance(timedelta(seconds=2))
        await desk.worker.drain()
        assert len(desk.telegram.sent) == 1

    async def test_a_reminder_in_doubt_goes_once_more_and_says_so(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        desk.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer"), SendError(Verdict.UNSURE, "no_answer")]
        await desk.until("2026-12-21 11:02")
        desk.clock.advance(timedelta(minutes=1))
        await desk.worker.drain()
        assert (await desk.states())["announced"] == "unsure"
        assert [delivery.state for delivery in await desk.all(Delivery)] == ["unsure", "unsure"]

    async def test_the_second_try_is_marked(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        desk.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await desk.until("2026-12-21 11:02")
        desk.clock.advance(timedelta(minutes=1))
        await desk.worker.drain()
        assert desk.telegram.texts[0].startswith("Misschien las u dit al.")

    async def test_an_answer_in_doubt_is_never_sent_again(self, desk: Desk) -> None:
        await desk.person()
        async with desk.database.begin() as session:
            address = (await session.scalars(select(Address))).one()
            await replies.put(session, NOW, address.id, Outgoing(text="een", language="nl"))
        desk.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await desk.worker.drain()
        desk.clock.advance(timedelta(minutes=5))
        assert await desk.worker.drain() == 0

    async def test_stop_is_obeyed_at_once(self, desk: Desk) -> None:
        await desk.appointment(await desk.person())
        async with desk.database.begin() as session:
            bond = (await session.scalars(select(PersonAddress))).one()
            await addresses.stop(session, NOW, bond.address_id)
        assert await desk.until("2026-12-21 11:02") == []
        assert (await desk.states())["announced"] == "failed"


class TestWhatGoesAlong:
    """Two new appointments of one moment are one push; what the second became follows the first."""

    @pytest.fixture
    async def both(self, desk: Desk) -> Desk:
        person_id = await desk.person()
        for start in ("2027-01-12 10:00", "2027-01-13 10:00"):
            await desk.appointment(person_id, start)
        return desk

    async def announced(self, desk: Desk) -> list[tuple[str, bool]]:
        """State of each, the lead first, and whether it is marked as perhaps said before."""
        notices = [notice for notice in await desk.all(Notice) if notice.step == "announced"]
        return [(notice.state, notice.again) for notice in sorted(notices, key=lambda notice: notice.use_by)]

    async def told(self, desk: Desk, reached: Reached) -> None:
        """A receipt of the newest message."""
        delivery = max(await desk.all(Delivery), key=lambda delivery: delivery.id)
        provider_id = delivery.provider_id or f"late-{delivery.id}"
        receipt = Receipt(channel="telegram", provider_id=provider_id, reached=reached, delivery_id=delivery.id)
        async with desk.database.begin() as session:
            await receipts.apply(session, desk.clock.now(), receipt)

    async def test_in_doubt_it_goes_once_more_and_marked(self, both: Desk) -> None:
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        assert await both.until("2026-12-21 11:02") == []
        assert await self.announced(both) == [("planned", True), ("planned", True)]
        said = await both.until("2026-12-21 11:03")
        assert [text.startswith("Misschien las u dit al.") for text in said] == [True, True]

    async def test_what_is_said_once_only_stays_in_doubt(self, both: Desk) -> None:
        async with both.database.begin() as session:
            await session.execute(update(Notice).values(doubt="never"))
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await both.until("2026-12-21 11:02")
        assert await self.announced(both) == [("unsure", False), ("unsure", False)]

    async def test_a_receipt_ends_the_doubt_of_both(self, both: Desk) -> None:
        both.telegram.refusals = [SendError(Verdict.UNSURE, "no_answer")]
        await both.until("2026-12-21 11:02")
        await self.told(both, Reached.DELIVERED)
        assert [state for state, _ in await self.announced(both)] == ["delivered", "sent"]
        assert await both.until("2026-12-21 11:03") == []

    async def test_what_did_not_arrive_is_said_again_whole(self, both: Desk) -> None:
        assert len(await both.until("2026-12-21 11:02")) == 1
        assert await self.announced(both) == [("sent", False), ("sent", False)]
        await self.told(both, Reached.FAILED)
        assert await self.announced(both) == [("planned", False), ("planned", False)]

    async def test_what_arrived_after_all_is_not_said_again(self, both: Desk) -> None:
        await both.until("2026-12-21 11:02")
        await self.told(both, Reached.FAILED)
        await self.told(both, Reached.DELIVERED)
        assert await self.announced(both) == [("delivered", False), ("sent", False)]

    async def test_a_lost_worker_leaves_both_in_doubt(self, both: Desk) -> None:
        moment = at("2026-12-21 11:02")
        async with both.database.begin() as session:
            first, second = await leases.claim(session, moment, moment, 10)
            call = await Queue(session).call(first)
            await handover.lead(session, moment, {first.id: [second]})
            assert await handover.hand_over(session, moment, moment, [(first, call)]) == [call]
        async with both.database.begin() as session:
            later = moment + leases.LEASE + timedelta(seconds=1)
            await endings.sweep(session, later, later, HOUSE)
        assert await self.announced(both) == [("planned", True), ("planned", True)]


class TestAnswersThatWaitForTheirChat:
    """The second answer of a chat is on record, and may not follow the first at once."""

    @pytest.fixture
    async def address_id(self, desk: Desk) -> UUID:
        desk.telegram.chat_rate = 1
        for _ in range(2):
            await desk.answer("1001")
        (address,) = await desk.all(Address)
        return cast(UUID, address.id)

    async def meanwhile(self, desk: Desk, stop: Callable[[AsyncSession], Awaitable[object]]) -> None:
        """Send both; this happens between them."""
        sending = asyncio.create_task(desk.worker.drain())
        async with asyncio.timeout(20):
            while await self.states(desk) != ["sent", "handing"]:
                await asyncio.sleep(0.01)
        async with desk.database.begin() as session:
            await stop(session)
        await sending

    async def states(self, desk: Desk) -> list[str]:
        return [reply.state for reply in sorted(await desk.all(Reply), key=lambda reply: reply.n)]

    async def test_after_stop_it_stays_away(self, desk: Desk, address_id: UUID) -> None:
        await self.meanwhile(desk, lambda session: replies.stop(session, address_id))
        assert len(desk.telegram.sent) == 1
        assert await self.states(desk) == ["sent", "withdrawn"]

    async def test_on_hold_it_waits(self, desk: Desk, address_id: UUID) -> None:
        await self.meanwhile(desk, lambda session: holds.put(session, NOW, "test"))
        assert len(desk.telegram.sent) == 1
        assert await self.states(desk) == ["sent", "planned"]


async def test_an_answer_in_hand_at_a_stop_is_not_tried_again(desk: Desk) -> None:
    await desk.answer("1001")
    async with desk.database.begin() as session:
        (call,) = await replies.hand_over(session, NOW, NOW, 10)
        await replies.stop(session, call.address_id)
        error = SendError(Verdict.PAUSE, "too_fast", retry_after=timedelta(seconds=5))
        await replies.finish(session, NOW, NOW, [Outcome(call=call, error=error)])
    (reply,) = await desk.all(Reply)
    assert (reply.state, reply.reason) == ("withdrawn", "opted_out")


class TestPoison:
    @pytest.mark.parametrize("broken", [{"values": {}}, {"unit": "no.such.unit"}])
    async def test_what_cannot_be_said_is_set_aside_and_the_others_go(self, desk: Desk, broken: dict[str, Any]) -> None:
        async with desk.database.begin() as session:
            queue = Queue(session)
            await queue.plan(await queue.person("1001"), due=NOW, **broken)
            await queue.plan(await queue.person("1002"), due=NOW)
        await desk.worker.drain()
        assert [handle for handle, _ in desk.telegram.sent] == ["1002"]
        assert sorted((notice.state, notice.reason) for notice in await desk.all(Notice)) == [
            ("failed", "unsayable"),
            ("sent", None),
        ]

    @pytest.mark.parametrize("variables", [None, [], {"values": {"sum": {"cents": 7500}}}, {"values": {"day": None}}])
    async def test_what_cannot_be_read_is_set_aside_and_the_others_go(self, desk: Desk, variables: Any) -> None:
        """Swapped, or of a later release."""
        async with desk.database.begin() as session:
            queue = Queue(session)
            broken = await queue.plan(await queue.person("1001"), due=NOW)
            sealed = b"swapped" if variables is None else Notice.variables.seal("notice", broken, variables)
            await session.execute(update(Notice).where(Notice.id == broken).values(variables_sealed=sealed))
            await queue.plan(await queue.person("1002"), due=NOW)
        await desk.worker.drain()
        assert [handle for handle, _ in desk.telegram.sent] == ["1002"]

    async def test_an_answer_that_cannot_be_read_is_set_aside_and_the_others_go(self, desk: Desk) -> None:
        await desk.answer("1001")
        async with desk.database.begin() as session:
            await session.execute(update(Reply).values(message_sealed=b"swapped"))
        await desk.answer("1002")
        await desk.worker.drain()
        assert [handle for handle, _ in desk.telegram.sent] == ["1002"]
        assert sorted((reply.state, reply.reason) for reply in await desk.all(Reply)) == [
            ("failed", "unsayable"),
            ("sent", None),
        ]

    async def test_an_answer_of_a_later_release_is_set_aside_and_the_others_go(self, desk: Desk) -> None:
        await desk.answer("1001")
        async with desk.database.begin() as session:
            reply = (await session.scalars(select(Reply))).one()
            reply.message = {**(reply.message or {}), "of_a_later_release": True}
        await desk.answer("1002")
        await desk.worker.drain()
        assert [handle for handle, _ in desk.telegram.sent] == ["1002"]


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


class TestAnswersInHand:
    @pytest.mark.parametrize(("rate", "most"), [(0, 50), (0.1, 1), (1, 5), (30, 50)])
    def test_no_more_than_leave_before_the_leases_lapse(self, rate: float, most: int) -> None:
        outlet = RecordingOutlet("telegram")
        outlet.rate = rate
        assert held_at_once(outlet) == most

    async def test_a_hand_over_whose_commit_was_not_heard_of_is_found_again(self, desk: Desk) -> None:
        await desk.answer("3001")
        token = new_id()
        async with desk.database.begin() as session:
            (first,) = await replies.hand_over(session, NOW, NOW, 10, token=token)
        async with desk.database.begin() as session:
            (again,) = await replies.taken(session, token)
            assert await replies.taken(session, new_id()) == []
        assert (again.delivery_id, again.item_id, again.token) == (first.delivery_id, first.item_id, token)
        assert again.message.text == first.message.text
