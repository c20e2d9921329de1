"""Messages in doubt are settled by what the provider says it took; its ledger is the judge."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core import addresses
from core.database import Database
from core.ids import new_id
from core.tables.chats import Reply
from core.tables.notices import Delivery, Notice
from core.values import Handle, Private
from messaging.channel import Outgoing, SendError
from messaging.twilio.account import Account
from messaging.twilio.channels import Sms
from scheduler.queue import reconcile
from tests.contract.rigs import settings
from tests.fakes import faults
from tests.fakes.clock import FakeClock
from tests.fakes.provider import FakeProvider
from tests.fakes.twilio import FakeTwilio
from tests.scheduler import world
from tests.scheduler.world import NOW

PHONE = Handle("+31612345678")
TEXT = "Morgen: uw afspraak. Sms 3 = bel mij."


class Desk:
    """An sms channel on a fake provider, and one notice that was handed over."""

    def __init__(self, database: Database, twilio_: FakeTwilio, clock: FakeClock) -> None:
        self.database = database
        self.provider = provider = twilio_.provider
        self.clock = clock
        self.twilio = twilio_
        self.sms = Sms(Account(settings(provider), self.clock, deadline=0.3), settings(provider))

    async def notice(self, doubt: str = "once_more", **more: Any) -> UUID:
        """Somebody's notice whose answer was lost."""
        async with self.database.begin() as session:
            person = await world.person(session)
            address = await addresses.ensure(session, NOW, "sms", PHONE)
            given = {"kind": "appointment", "step": "day", "source_kind": "appointment", "source_id": new_id()}
            row = Notice(
                person_id=person.id, doubt=doubt, due=NOW, priority=2, planned_at=NOW, state="unsure", **given, **more
            )
            session.add(row)
            await session.flush()
            session.add(_delivery(address.id, notice_id=row.id))
        return row.id

    async def hand_over(self) -> None:
        """What the worker did before the answer was lost."""
        with pytest.raises(SendError, match="unsure"):
            await self.sms.send(PHONE, Outgoing(text=TEXT, language="nl"), new_id())

    async def settle(self, after: timedelta = timedelta(seconds=10)) -> int:
        self.clock.advance(after)
        return await reconcile.settle(self.database, self.clock, {"sms": self.sms})

    async def state(self, notice_id: UUID) -> tuple[str, str, str | None]:
        """Of the notice and of its delivery, with the reason."""
        async with self.database.begin() as session:
            notice = await session.get_one(Notice, notice_id)
            delivery = (await session.scalars(select(Delivery).where(Delivery.notice_id == notice_id))).one()
            return notice.state, delivery.state, delivery.reason


def _delivery(address_id: UUID, **owner: UUID) -> Delivery:
    row = Delivery(address_id=address_id, channel="sms", state="unsure", language="nl", handed_at=NOW, **owner)
    row.text = Private(TEXT)
    return row


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    clock, provider = FakeClock(NOW), FakeProvider()
    account = FakeTwilio(provider, clock=clock)
    async with provider:
        made = Desk(fresh_database, account, clock)
        yield made
        await made.sms.close()


async def test_a_message_that_was_taken_is_found(desk: Desk) -> None:
    notice_id = await desk.notice()
    desk.provider.script(faults.LOST)
    await desk.hand_over()

    assert await desk.settle() == 1

    assert await desk.state(notice_id) == ("sent", "sent", None)
    assert len(desk.provider.messages) == 1
    assert await desk.settle() == 0


async def test_how_far_it_came_meanwhile_counts_too(desk: Desk) -> None:
    notice_id = await desk.notice("staff")
    desk.provider.script(faults.LOST)
    await desk.hand_over()
    desk.twilio.became(desk.provider.messages[0].id, "delivered")

    await desk.settle()

    assert await desk.state(notice_id) == ("delivered", "delivered", None)


async def test_a_reminder_that_was_never_taken_goes_as_if_for_the_first_time(desk: Desk) -> None:
    notice_id = await desk.notice(again=True)
    desk.provider.script(faults.RESET)
    await desk.hand_over()

    assert await desk.settle() == 0
    assert (await desk.state(notice_id))[0] == "unsure"

    assert await desk.settle(reconcile.ABSENT) == 1
    assert await desk.state(notice_id) == ("planned", "failed", "not_found")


@pytest.mark.parametrize("doubt", ["never", "staff"])
async def test_what_is_never_repeated_stays_in_doubt_and_says_why(desk: Desk, doubt: str) -> None:
    notice_id = await desk.notice(doubt)

    await desk.settle(reconcile.ABSENT)

    assert await desk.state(notice_id) == ("unsure", "unsure", "not_found")
    asked = desk.provider.calls["list"]
    await desk.settle()
    assert desk.provider.calls["list"] == asked


async def test_a_list_that_cannot_be_read_decides_nothing(desk: Desk) -> None:
    notice_id = await desk.notice()
    desk.provider.always = faults.broken(503)

    assert await desk.settle(reconcile.ABSENT) == 0

    assert (await desk.state(notice_id))[0] == "unsure"


async def test_after_an_hour_nobody_asks_any_more(desk: Desk) -> None:
    await desk.notice()

    assert await desk.settle(reconcile.OLDEST + timedelta(seconds=1)) == 0

    assert not desk.provider.calls


async def test_a_later_attempt_that_went_is_left_alone(desk: Desk) -> None:
    notice_id = await desk.notice()
    async with desk.database.begin() as session:
        notice = await session.get_one(Notice, notice_id)
        notice.state = "sent"
        address = await addresses.ensure(session, NOW, "sms", PHONE)
        later = _delivery(address.id, notice_id=notice_id)
        later.state, later.handed_at, later.provider_id = "sent", NOW + timedelta(minutes=1), "SM2"
        session.add(later)

    await desk.settle(reconcile.ABSENT)

    async with desk.database.begin() as session:
        assert (await session.get_one(Notice, notice_id)).state == "sent"


async def test_an_answer_in_doubt_is_found_too(desk: Desk) -> None:
    async with desk.database.begin() as session:
        address = await addresses.ensure(session, NOW, "sms", PHONE)
        reply = Reply(address_id=address.id, message={}, language="nl", due=NOW, state="unsure", created_at=NOW)
        session.add(reply)
        await session.flush()
        session.add(_delivery(address.id, reply_id=reply.id))
    desk.provider.script(faults.LOST)
    await desk.hand_over()

    await desk.settle()

    async with desk.database.begin() as session:
        assert (await session.get_one(Reply, reply.id)).state == "sent"
