"""What a worker does when a provider refuses, throttles or is silent, and with what can't be said at all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import addresses
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.tables.people import Address, PersonAddress
from core.tables.work import Task
from messaging.channel import Outgoing, SendError, Verdict
from scheduler.queue import replies
from tests.scheduler.queueing import Queue
from tests.scheduler.sending.worker_desk import Desk
from tests.scheduler.world import NOW


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
