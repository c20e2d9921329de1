"""What Twilio keeps of a message goes after its last status, theirs and ours."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import addresses
from core.crypto import index
from core.database import Database
from core.ids import new_id
from core.tables.chats import Inbox
from core.tables.notices import Delivery
from core.values import Handle
from messaging.channel import Outgoing
from messaging.twilio.channels import channels as twilio_channels
from scheduler.sending import forgetting
from tests.contract.rigs import settings
from tests.fakes import faults
from tests.fakes.clock import FakeClock
from tests.fakes.provider import FakeProvider
from tests.fakes.twilio import FakeTwilio
from tests.scheduler.world import NOW

PHONE = Handle("+31612345678")
HOUR = timedelta(hours=1, seconds=1)


async def no_content(template: str, language: str) -> str | None:
    return None


class Desk:
    """Both channels through one fake Twilio."""

    def __init__(self, database: Database, account: FakeTwilio, clock: FakeClock) -> None:
        self.database, self.twilio, self.clock = database, account, clock
        self.provider = account.provider
        both = twilio_channels(settings(self.provider), clock, no_content, deadline=0.3)
        self.channels = {channel.name: channel for channel in both}

    async def sent(self, state: str, channel: str = "sms") -> str:
        """A message that was sent and came so far; its sid."""
        taken = await self.channels[channel].send(PHONE, Outgoing(text="Hallo", language="nl"), new_id())
        self.twilio.became(taken.provider_id, state)
        async with self.database.begin() as session:
            address = await addresses.ensure(session, NOW, channel, PHONE)
            row = Delivery(address_id=address.id, channel=channel, state=state, language="nl", handed_at=NOW)
            row.provider_id = taken.provider_id
            session.add(row)
        return taken.provider_id

    async def forget(self, after: timedelta = timedelta()) -> int:
        self.clock.advance(after)
        return await forgetting.forget(self.database, self.clock, self.channels)


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    clock, provider = FakeClock(NOW), FakeProvider()
    account = FakeTwilio(provider, clock=clock)
    async with provider:
        made = Desk(fresh_database, account, clock)
        yield made
        for channel in made.channels.values():
            await channel.close()


async def test_what_arrived_is_wiped_and_deleted_an_hour_later(desk: Desk) -> None:
    await desk.sent("delivered")

    assert await desk.forget() == 0
    assert await desk.forget(HOUR) == 1

    assert not desk.twilio.messages
    assert desk.provider.calls["wipe"] == desk.provider.calls["delete"] == 1
    assert await desk.forget() == 0


async def test_whatsapp_may_still_be_read_so_it_waits_a_day(desk: Desk) -> None:
    await desk.sent("delivered", "whatsapp")

    assert await desk.forget(HOUR) == 0
    assert await desk.forget(timedelta(days=1)) == 1


async def test_what_is_still_under_way_is_tried_again(desk: Desk) -> None:
    sid = await desk.sent("sent")

    assert await desk.forget(timedelta(days=1, seconds=1)) == 0
    desk.twilio.became(sid, "delivered")

    assert await desk.forget() == 1


@pytest.mark.parametrize("fault", [faults.broken(503), faults.RESET, faults.HANG, faults.throttle()])
async def test_trouble_is_tried_again(desk: Desk, fault: faults.Fault) -> None:
    await desk.sent("failed")
    desk.provider.script(fault)

    assert await desk.forget(HOUR) == 0
    assert await desk.forget() == 1


async def test_half_done_is_wiped_at_least(desk: Desk) -> None:
    sid = await desk.sent("delivered")
    desk.provider.script(faults.refuse(503, method="delete"))

    assert await desk.forget(HOUR) == 0

    assert desk.twilio.messages[sid]["body"] == ""
    assert await desk.forget() == 1


async def test_what_somebody_deleted_by_hand_is_done(desk: Desk) -> None:
    desk.twilio.messages.pop(await desk.sent("delivered"))

    assert await desk.forget(HOUR) == 1


async def test_a_refused_key_is_not_knocked_on_for_each_message(desk: Desk) -> None:
    for _ in range(20):
        await desk.sent("delivered")
    desk.provider.always = faults.refuse(401, "Authenticate", 20003)

    assert await desk.forget(HOUR) == 0

    assert desk.provider.calls["wipe"] <= forgetting.AT_ONCE


async def test_what_a_person_wrote_goes_once_it_is_handled(desk: Desk) -> None:
    sid = await desk.sent("delivered")
    async with desk.database.begin() as session:
        given = {"channel": "sms", "payload": {}, "received_at": NOW, "sender_hash": index("handle sms", "x")}
        session.add(Inbox(provider_id=sid, **given))
        session.add(Inbox(provider_id=f"{sid}:delivered", handled_at=NOW, **given))
    assert await desk.forget() == 0

    async with desk.database.begin() as session:
        waiting = (await session.scalars(select(Inbox).where(Inbox.provider_id == sid))).one()
        waiting.handled_at = NOW

    assert await desk.forget() == 1
    assert not desk.twilio.messages
