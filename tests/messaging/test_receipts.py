import itertools
from typing import Any

import pytest

from core.ids import new_id
from messaging import receipts
from messaging.channel import Reached, Verdict
from messaging.reasons import REASONS
from messaging.twilio import codes as twilio_codes
from messaging.twilio.receipts import from_twilio
from tests.fakes.twilio import status_fields


def read(status: str, code: int | None = None, **more: Any) -> Any:
    return from_twilio("sms", {**status_fields("SM1", status, "+31612345678", code=code), **more})


@pytest.mark.parametrize(
    ("status", "reached"),
    [
        ("queued", Reached.SENT),
        ("sent", Reached.SENT),
        ("Delivered", Reached.DELIVERED),
        ("read", Reached.READ),
        ("undelivered", Reached.FAILED),
        ("failed", Reached.FAILED),
    ],
)
def test_how_far_each_status_is(status: str, reached: Reached) -> None:
    assert read(status).reached is reached


@pytest.mark.parametrize("status", ["", "received", "something new"])
def test_a_status_that_says_nothing(status: str) -> None:
    assert read(status) is None


def test_a_receipt_without_its_message_is_none() -> None:
    assert from_twilio("sms", {"MessageStatus": "sent"}) is None


def test_our_own_id_comes_back() -> None:
    delivery_id = new_id()

    assert read("sent", delivery=str(delivery_id)).delivery_id == delivery_id
    assert read("sent", delivery="rubbish").delivery_id is None


@pytest.mark.parametrize(
    ("code", "dead", "reason"),
    [
        (30005, True, "number_gone"),
        (30006, True, "not_mobile"),
        (63024, True, "no_whatsapp"),
        (21610, True, "stopped_at_provider"),
        (30003, False, "phone_off"),
        (30007, False, "filtered"),
        (63016, False, "window_closed"),
        (99999, False, "not_delivered"),
        (None, False, "not_delivered"),
    ],
)
def test_why_it_failed(code: int | None, dead: bool, reason: str) -> None:
    receipt = read("undelivered", code)

    assert (receipt.dead, receipt.reason) == (dead, reason)
    assert receipt.code == (None if code is None else str(code))


def test_a_code_beside_a_success_changes_nothing() -> None:
    receipt = read("delivered", 30005)

    assert (receipt.dead, receipt.reason) == (False, None)


@pytest.mark.parametrize("order", list(itertools.permutations((Reached.SENT, Reached.DELIVERED, Reached.READ))))
def test_in_any_order_the_furthest_is_kept(order: tuple[Reached, ...]) -> None:
    state = Reached.SENT
    for reached in order:
        state = receipts.further(state, reached)

    assert state is Reached.READ


def test_a_failure_ends_what_was_only_sent() -> None:
    assert receipts.further(Reached.SENT, Reached.FAILED) is Reached.FAILED
    assert receipts.further(Reached.DELIVERED, Reached.FAILED) is Reached.DELIVERED


def test_every_reason_of_a_code_has_words() -> None:
    assert {reason for _, reason in twilio_codes.CODES.values()} <= set(REASONS)


PERMANENT = (21211, 21614, 21635, 21610, 30005, 30006, 63024)
LATER = (20429, 30001, 30003)
NEVER_AGAIN = (30007,)


@pytest.mark.parametrize(
    ("codes", "verdicts"),
    [
        (PERMANENT, {Verdict.DEAD}),
        (LATER, {Verdict.RETRY, Verdict.PAUSE}),
        (NEVER_AGAIN, {Verdict.REFUSED}),
    ],
)
def test_the_codes_that_the_design_names(codes: tuple[int, ...], verdicts: set[Verdict]) -> None:
    for code in codes:
        verdict, reason = twilio_codes.CODES[code]
        assert verdict in verdicts, code
        receipt = read("undelivered", code)
        assert (receipt.dead, receipt.reason) == (verdict is Verdict.DEAD, reason)
        assert (reason in receipts.PASSING) is (verdict is Verdict.RETRY)


@pytest.mark.parametrize("code", twilio_codes.CODES)
def test_every_code_has_words(code: int) -> None:
    assert twilio_codes.CODES[code][1] in REASONS
