"""What Twilio tells of a message afterwards, from its answer to our receipt."""

from collections.abc import AsyncIterator

import pytest

from core.ids import new_id
from messaging.channel import Outgoing, Reached, Receipt, SendError
from tests.contract.rigs import TwilioRig, twilio_rig
from tests.fakes import faults

HELLO = Outgoing(text="Er is een bericht.", language="nl")


@pytest.fixture(params=[("sms", ""), ("whatsapp", "whatsapp:")], ids=["sms", "whatsapp"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[TwilioRig]:
    async with twilio_rig(*request.param) as opened:
        yield opened


def told(rig: TwilioRig) -> list[Receipt]:
    """What was stored, as receipts."""
    found = [rig.channel.receipt(payload) for payload in rig.inbox.payloads]
    return [receipt for receipt in found if isinstance(receipt, Receipt)]


async def test_a_message_is_followed_to_the_phone(rig: TwilioRig) -> None:
    delivery_id = new_id()
    sent = await rig.channel.send(rig.handle, HELLO, delivery_id)
    (message,) = rig.provider.messages

    for status in ("sent", "delivered", "delivered"):
        assert await rig.report(message, status) == 200

    assert [receipt.reached for receipt in told(rig)] == [Reached.SENT, Reached.DELIVERED]
    assert {receipt.provider_id for receipt in told(rig)} == {sent.provider_id}
    assert {receipt.delivery_id for receipt in told(rig)} == {delivery_id}


async def test_a_lost_answer_is_found_back_by_its_delivery(rig: TwilioRig) -> None:
    delivery_id = new_id()
    rig.provider.script(faults.LOST)
    with pytest.raises(SendError, match="unsure"):
        await rig.channel.send(rig.handle, HELLO, delivery_id)
    (message,) = rig.provider.messages

    assert await rig.report(message, "queued") == 200

    (receipt,) = told(rig)
    assert (receipt.delivery_id, receipt.reached, receipt.provider_id) == (delivery_id, Reached.SENT, message.id)


async def test_a_number_that_is_gone(rig: TwilioRig) -> None:
    await rig.channel.send(rig.handle, HELLO, new_id())

    assert await rig.report(rig.provider.messages[0], "undelivered", 30005) == 200

    (receipt,) = told(rig)
    assert (receipt.reached, receipt.dead, receipt.reason) == (Reached.FAILED, True, "number_gone")
