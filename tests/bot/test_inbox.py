import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.inbox import MOST_ATTEMPTS, MOST_TAKEN
from core import addresses, crypto
from core.bell import Bell
from core.crypto import Keyring
from core.database import Database
from core.tables.chats import Inbox as Row
from core.tables.people import PersonAddress
from core.values import Handle
from messaging.flood import URGENT
from scheduler.queue import deliveries
from tests.bot import phones
from tests.bot.paper_desk import Desk
from tests.scheduler.queueing import Queue
from tests.scheduler.world import NOW


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    made = Desk(fresh_database)
    yield made
    await made.close()


class TestStoring:
    async def test_an_update_is_stored_once_and_the_first_counts(self, desk: Desk) -> None:
        assert await desk.store({"handle": "1001", "text": "een"}, "77")
        assert not await desk.store({"handle": "1001", "text": "twee"}, "77")
        (row,) = await desk.rows()
        assert row.payload == {"handle": "1001", "text": "een"}
        assert row.received_at == NOW

    async def test_the_same_number_of_another_provider_is_another_update(self, desk: Desk) -> None:
        assert await desk.store({}, "77")
        assert await desk.store({}, "77", channel="sms")

    async def test_many_at_once_leave_one(self, desk: Desk) -> None:
        stored = await asyncio.gather(
            *(desk.keep("telegram", "77", {"handle": "1001", "text": "een"}) for _ in range(8))
        )
        assert sorted(stored) == [False] * 7 + [True]

    async def test_what_somebody_wrote_is_not_readable_in_the_table(self, desk: Desk) -> None:
        await desk.typed("kanarie", "4711000")
        (row,) = await desk.rows()
        assert row.payload_sealed is not None
        assert b"kanarie" not in row.payload_sealed
        assert b"4711000" not in row.payload_sealed


class TestHandling:
    async def test_each_is_handled_once_in_order_of_arrival(self, desk: Desk) -> None:
        for text in ("een", "twee", "drie"):
            await desk.typed(text)
        assert await desk.inbox.waiting() == 3
        assert await desk.inbox.drain() == 3
        assert desk.channel.read == ["een", "twee", "drie"]
        assert (await desk.inbox.drain(), await desk.inbox.waiting()) == (0, 0)
        assert await desk.replies() == ["1001"] * 3

    async def test_two_processes_answer_each_update_once(self, desk: Desk) -> None:
        for number in range(12):
            await desk.typed("hallo", str(2000 + number % 3))
        await asyncio.gather(desk.inbox.drain(), desk.another().drain(), desk.another().drain())
        assert sorted(await desk.replies()) == sorted(str(2000 + number % 3) for number in range(12))

    async def test_a_receipt_reaches_the_queue(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            queue = Queue(session)
            notice_id = await queue.plan(await queue.person())
            (call,) = await queue.in_hand()
            await queue.taken(call)
        await desk.store({"reached": "delivered", "delivery": str(call.delivery_id)})
        await desk.inbox.drain()
        async with desk.database.begin() as session:
            assert await Queue(session).state(notice_id) == "delivered"
        assert await desk.replies() == []

    async def test_no_tap_is_confirmed_while_the_provider_said_wait(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            await deliveries.pause(session, "telegram", desk.clock.real() + timedelta(seconds=30), "too_fast")
        await desk.store({"handle": "1001", "text": "hallo", "tap": "callback-1"})
        await desk.inbox.drain()
        assert (desk.channel.confirmed, await desk.replies()) == ([], ["1001"])

    async def test_a_tap_is_confirmed_after_it_was_handled(self, desk: Desk) -> None:
        await desk.store({"handle": "1001", "text": "hallo", "tap": "callback-1"})
        await desk.inbox.drain()
        assert desk.channel.confirmed == ["callback-1"]

    async def test_what_says_nothing_or_comes_from_a_channel_that_is_off_is_put_away(self, desk: Desk) -> None:
        await desk.store({"my_chat_member": {}})
        await desk.store({"handle": "1", "text": "hallo"}, channel="whatsapp")
        await desk.inbox.drain()
        assert await desk.ends() == [(None, 1), (None, 1)]
        assert await desk.replies() == []


class TestBreaking:
    async def test_after_three_tries_it_is_set_aside_and_the_others_go_on(self, desk: Desk) -> None:
        await desk.store({"breaks": True})
        await desk.typed("hallo")
        await desk.inbox.drain()
        assert desk.channel.read.count("breaks") == MOST_ATTEMPTS
        assert await desk.ends() == [("ValueError", MOST_ATTEMPTS), (None, 1)]
        assert await desk.replies() == ["1001"]

    async def test_one_that_ends_its_process_is_set_aside_unread(self, desk: Desk) -> None:
        await desk.store({"breaks": True})
        await desk.typed("hallo")
        async with desk.database.begin() as session:
            await session.execute(update(Row).where(Row.n == 1).values(attempts=MOST_TAKEN))
        await desk.inbox.drain()
        assert desk.channel.read == ["hallo"]
        assert await desk.ends() == [("process_lost", MOST_TAKEN + 1), (None, 1)]

    async def test_one_that_was_taken_before_a_crash_is_handled_after_it(self, desk: Desk) -> None:
        await desk.typed("hallo")
        async with desk.database.begin() as session:
            await session.execute(update(Row).values(attempts=MOST_ATTEMPTS))
        await desk.inbox.drain()
        assert await desk.replies() == ["1001"]

    async def test_one_sealed_with_a_lost_key_does_not_stop_the_others(self, desk: Desk) -> None:
        before = crypto.keyring()
        crypto.install(Keyring(["een-andere-sleutel-van-een-gemeente"], "voorbeeld-zoeksleutel-van-een-gemeente"))
        try:
            await desk.typed("onleesbaar")
        finally:
            crypto.install(before)
        await desk.typed("hallo")
        await desk.inbox.drain()
        assert await desk.ends() == [("CryptoError", MOST_ATTEMPTS), (None, 1)]
        assert desk.channel.read == ["hallo"]


class TestFlood:
    async def test_who_sends_too_much_is_told_so_once(self, desk: Desk) -> None:
        for number in range(100):
            await desk.typed(f"hallo {number}")
        await desk.inbox.drain()
        said = await desk.said()
        assert len(said) == 31
        assert said[30].startswith("U stuurt nu heel veel berichten.")
        assert await desk.ends() == [(None, 1)] * 100

    async def test_after_a_while_there_are_answers_again(self, desk: Desk) -> None:
        for number in range(50):
            await desk.typed(f"hallo {number}")
        await desk.inbox.drain()
        desk.clock.advance(timedelta(minutes=2))
        await desk.typed("hallo")
        await desk.inbox.drain()
        assert len(await desk.said()) == 32

    async def test_somebody_else_has_answers_meanwhile(self, desk: Desk) -> None:
        for number in range(60):
            await desk.typed(f"hallo {number}")
        await desk.typed("hallo", "1002")
        await desk.inbox.drain()
        assert (await desk.replies()).count("1002") == 1

    async def test_stop_is_done_in_a_flood(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            person = await phones.make_person(session)
            address = await addresses.ensure(session, NOW, "telegram", Handle("1001"))
            await addresses.attach(session, NOW, person.id, address.id, verified=True)
        for number in range(50):
            await desk.typed(f"hallo {number}")
        for _ in range(10):
            await desk.typed("STOP")
        await desk.inbox.drain()
        async with desk.database.begin() as session:
            assert [bond.opted_out_at for bond in await session.scalars(select(PersonAddress))] == [NOW]
        said = await desk.said()
        assert len(said) == 31 + URGENT
        assert "U krijgt hier geen berichten meer" in said[31]

    @pytest.mark.parametrize("word", [{"choice": "help.danger"}, {"text": "🆘 Hulp nu"}, {"text": "hulp"}])
    async def test_help_is_given_in_a_flood(self, desk: Desk, word: dict[str, str]) -> None:
        for number in range(40):
            await desk.typed(f"hallo {number}")
        await desk.store({"handle": "1001", **word})
        await desk.inbox.drain()
        assert len(await desk.said()) == 32

    async def test_what_is_not_heeded_changes_nothing(self, desk: Desk) -> None:
        for _ in range(100):
            await desk.store({"handle": "1001", "choice": "language.pick", "tap": "callback"})
        await desk.inbox.drain()
        assert len(await desk.said()) == 61
        assert len(desk.channel.confirmed) == 61

    async def test_two_machines_do_not_answer_each_other_for_ever(self, desk: Desk) -> None:
        async with desk.database.begin() as session:
            person = await phones.make_person(session)
            address = await addresses.ensure(session, NOW, "sms", Handle("+31600000001"))
            await addresses.attach(session, NOW, person.id, address.id, verified=True)
        answers = 0
        await desk.typed("Ik ben er niet. Stop met bellen, ik lees uw bericht morgen.", "+31600000001", "sms")
        while await desk.inbox.drain() and len(await desk.said()) > answers:
            answers = len(await desk.said())
            assert answers < 10
            desk.clock.advance(timedelta(seconds=50))
            await desk.typed("Ik ben er niet. Stop met bellen, ik lees uw bericht morgen.", "+31600000001", "sms")
        assert answers == 3

    async def test_a_group_hears_one_sentence_however_much_is_said_there(self, desk: Desk) -> None:
        await desk.store({"handle": "-100", "choice": "agenda.open", "group": True})
        for number in range(70):
            await desk.typed(f"STOP {number}" if number % 2 else "STOP", "-100", group=True)
        await desk.inbox.drain()
        assert await desk.said() == ["Wij praten niet in een groep. Stuur ons een bericht in uw eigen chat."]


async def test_it_works_until_told_to_stop(desk: Desk) -> None:
    bell, stop = Bell(desk.database.url), asyncio.Event()
    running = asyncio.create_task(desk.inbox.run(bell, stop))
    await desk.typed("hallo")
    bell.ring()
    async with asyncio.timeout(5):
        await desk.channel.busy.wait()
        stop.set()
        bell.ring()
        await running
    assert await desk.replies() == ["1001"]
