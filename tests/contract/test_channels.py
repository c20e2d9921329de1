"""The same rows for every channel: what a Channel promises, judged by the ledger of its provider."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog

from core.database import Database
from core.ids import new_id
from messaging import senders
from messaging.channel import Button, Outgoing, SendError, Sent, Verdict
from tests.contract.rigs import RIGS, Rig
from tests.contract.simulated import SIMULATED
from tests.fakes import faults
from tests.fakes.faults import Fault

YES = Button(id="appointment.yes", label="✅ Ja", digit=1)
NO = Button(id="appointment.no", label="❌ Nee", digit=2)


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param]() as opened:
        yield opened


async def send(rig: Rig, message: Outgoing) -> Sent:
    return await rig.channel.send(rig.handle, message, new_id())


async def failure(rig: Rig, message: Outgoing | None = None) -> SendError:
    with pytest.raises(SendError) as failed:
        await send(rig, message or hello())
    return failed.value


def hello(text: str = "Er is een bericht.", **more: object) -> Outgoing:
    return Outgoing(text=text, language="nl", **more)  # type: ignore[arg-type]


class Rows:
    """What every channel promises, the simulator's too."""

    async def test_a_message_arrives_once(self, rig: Rig) -> None:
        sent = await send(rig, hello())

        (message,) = rig.provider.messages
        assert (message.to, message.id) == (rig.to, sent.provider_id)
        assert message.text == "Er is een bericht."

    @pytest.mark.parametrize("text", ["Zn < 3 & x {name} %s *a* _b_", "مرحبا\u2068Ali\u2069", "a\ud800b", "…" * 1000])
    async def test_any_text_arrives_as_it_is(self, rig: Rig, text: str) -> None:
        await send(rig, hello(text))

        assert rig.provider.messages[0].text == text.replace("\ud800", "?")

    async def test_answers_can_be_given(self, rig: Rig) -> None:
        await send(rig, hello("Komt u?", buttons=(YES, NO)))

        (message,) = rig.provider.messages
        shown = message.text + str(message.fields.get("reply_markup", ""))
        assert "Ja" in shown
        assert "Nee" in shown

    @pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
    async def test_what_does_not_fit_is_refused_unsent(self, rig: Rig, text: str) -> None:
        failed = await failure(rig, hello(text))

        assert failed.verdict is Verdict.REFUSED
        assert not rig.provider.ledger

    async def test_each_kind_of_trouble_has_its_verdict(self, rig: Rig) -> None:
        rows = (
            (faults.throttle(), Verdict.PAUSE, 0),
            (faults.HANG, Verdict.UNSURE, 0),
            (faults.LOST, Verdict.UNSURE, 1),
        )
        for fault, verdict, taken in rows:
            rig.provider.script(fault)

            assert (await failure(rig)).verdict is verdict
            assert len(rig.provider.messages) == taken

    async def test_an_address_that_is_gone(self, rig: Rig) -> None:
        for gone in rig.gone:
            rig.provider.script(gone)

            assert (await failure(rig)).verdict is Verdict.DEAD

        assert not rig.provider.ledger

    async def test_a_refused_connection_pauses_the_channel_and_may_be_tried_again(self, rig: Rig) -> None:
        await rig.provider.stop()
        failed = await failure(rig)
        assert (failed.verdict, failed.reason) == (Verdict.PAUSE, "not_reached")
        assert failed.retry_after is not None

        await rig.provider.start()
        await send(rig, hello())

        assert len(rig.provider.messages) == 1

    async def test_an_edit_changes_the_bubble_where_the_channel_can(self, rig: Rig) -> None:
        first = await send(rig, hello("Eerst"))

        second = await send(rig, hello("Dan", edit=first.provider_id))

        assert (second.provider_id == first.provider_id) is rig.channel.edits
        assert len(rig.provider.messages) == (1 if rig.channel.edits else 2)

    async def test_a_text_is_received(self, rig: Rig) -> None:
        assert await rig.post(rig.text(1, "Hallo {0.__class__} ህ")) == 200

        (incoming,) = rig.channel.receive(rig.inbox.payloads[0])
        assert (incoming.handle, incoming.text) == (rig.handle, "Hallo {0.__class__} ህ")
        assert incoming.channel == rig.channel.name
        assert senders.sender(rig.inbox.payloads[0]) == incoming.handle
        assert not incoming.group
        assert rig.channel.receipt(rig.inbox.payloads[0]) is None

    async def test_an_answer_is_received(self, rig: Rig) -> None:
        assert await rig.post(rig.tap(1, "appointment.yes:abc" if rig.taps else "1")) == 200

        (incoming,) = rig.channel.receive(rig.inbox.payloads[0])
        assert incoming.choice == "appointment.yes:abc" if rig.taps else incoming.text == "1"
        assert senders.sender(rig.inbox.payloads[0]) == incoming.handle

    async def test_the_same_update_five_times_is_stored_once(self, rig: Rig) -> None:
        for _ in range(5):
            assert await rig.post(rig.text(4, "Hallo")) == 200

        assert len(rig.inbox.rows) == 1

    async def test_confirming_a_tap_never_raises(self, rig: Rig) -> None:
        await rig.channel.confirm_tap("tap-1")
        await rig.provider.stop()

        await rig.channel.confirm_tap("tap-1")


class TestEveryChannel(Rows):
    async def test_what_does_not_fit_never_leaves(self, rig: Rig) -> None:
        await failure(rig, hello("x" * 4097))

        assert not rig.provider.calls

    @pytest.mark.parametrize(
        ("asked", "waits"),
        [(None, None), (3, 3), ("7", 7), (-1, None), ("soon", None), (1e12, 86_400), (True, None)],
    )
    async def test_too_fast(self, rig: Rig, asked: object, waits: int | None) -> None:
        rig.provider.script(faults.throttle(asked))

        failed = await failure(rig)

        assert (failed.verdict, failed.reason) == (Verdict.PAUSE, "too_fast")
        if waits is None or rig.channel.name != "telegram":
            assert failed.retry_after == timedelta(seconds=5)
        else:
            assert failed.retry_after == timedelta(seconds=waits)

    async def test_a_refused_key_stops_the_channel(self, rig: Rig) -> None:
        rig.provider.script(faults.refuse(401, "Unauthorized", 20003))

        failed = await failure(rig)

        assert (failed.verdict, failed.reason) == (Verdict.PAUSE, "key_refused")
        assert failed.retry_after is not None
        assert failed.retry_after >= timedelta(minutes=5)

    async def test_a_message_that_is_refused(self, rig: Rig) -> None:
        rig.provider.script(faults.refuse(400, "Bad Request: something new", 29999))

        assert (await failure(rig)).verdict is Verdict.REFUSED

    @pytest.mark.parametrize(
        "fault",
        [faults.LOST, faults.TRUNCATED, faults.CUT, faults.HTML, faults.DRIP],
        ids=["lost", "truncated", "cut", "html", "drip"],
    )
    async def test_a_lost_answer_is_unsure_and_never_repeated(self, rig: Rig, fault: Fault) -> None:
        rig.provider.script(fault)

        failed = await failure(rig)

        assert failed.verdict is Verdict.UNSURE
        assert len(rig.provider.messages) == 1

    @pytest.mark.parametrize(
        "fault",
        [faults.HANG, faults.RESET, faults.broken(500), faults.broken(502), faults.broken(503)],
        ids=["hang", "reset", "500", "502", "503"],
    )
    async def test_trouble_that_may_have_taken_it_is_unsure(self, rig: Rig, fault: Fault) -> None:
        rig.provider.script(fault)

        assert (await failure(rig)).verdict is Verdict.UNSURE
        assert sum(rig.provider.calls.values()) == 1

    async def test_nothing_personal_is_in_an_error_or_a_log(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        secret = ("Er is een bericht.", rig.handle.reveal(), "ersatz-twilio-sleutel", "AAErsatz", "127.0.0.1")
        with structlog.testing.capture_logs() as logged:
            for fault in (faults.LOST, faults.throttle(), faults.refuse(400, "x" + "Er is een bericht."), *rig.gone):
                rig.provider.script(fault)
                failed = await failure(rig)
                said = f"{failed!r} {failed.__cause__} {failed.__suppress_context__}"
                assert not any(word in said for word in secret)
        assert not any(word in str(logged) + caplog.text for word in secret)


class TestEverySimulatedChannel(Rows):
    @pytest.fixture(params=SIMULATED)
    async def rig(self, request: pytest.FixtureRequest, fresh_database: Database) -> AsyncIterator[Rig]:
        async with SIMULATED[request.param](fresh_database) as opened:
            yield opened
