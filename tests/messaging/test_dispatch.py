from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.ids import new_id
from messaging import dispatch, reasons
from messaging.dispatch import Candidate

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)


def make_candidate(channel: str, rank: int = 0, **more: Any) -> Candidate:
    return Candidate(**{"address_id": new_id(), "channel": channel, "rank": rank, "verified": True, **more})


def forms(candidates: list[Candidate], **more: Any) -> list[tuple[str, str, str | None]]:
    asked = {"now": NOW, "template_states": {}, "languages": ("ar", "nl"), **more}
    return [(route.channel, route.form, route.template_language) for route in dispatch.routes(candidates, **asked)]


def why(candidates: list[Candidate], **more: Any) -> str:
    asked = {"now": NOW, "template_states": {}, "languages": ("ar", "nl"), **more}
    assert not dispatch.routes(candidates, **asked)
    return dispatch.why_not(candidates, **asked)


def test_the_order_is_the_persons() -> None:
    candidates = [make_candidate("sms", 2), make_candidate("telegram", 0)]

    assert forms(candidates) == [("telegram", "bubble", None), ("sms", "sms", None)]


def test_whatsapp_is_free_text_for_a_day_after_the_person_wrote() -> None:
    wrote = make_candidate("whatsapp", last_inbound_at=NOW - timedelta(hours=23))
    long_ago = make_candidate("whatsapp", last_inbound_at=NOW - timedelta(hours=24))
    closing = make_candidate("whatsapp", last_inbound_at=NOW - timedelta(hours=23, minutes=59))

    assert forms([wrote]) == [("whatsapp", "bubble", None)]
    assert forms([long_ago]) == forms([closing]) == []


@pytest.mark.parametrize(
    ("states", "languages", "expected"),
    [
        ({"ar": "approved", "nl": "approved"}, ("ar", "nl"), "ar"),
        ({"ar": "pending", "nl": "approved"}, ("ar", "nl"), "nl"),
        ({"nl": "approved"}, ("ti", "am"), "nl"),
    ],
)
def test_a_template_in_the_first_language_that_meta_approved(
    states: dict[str, str], languages: tuple[str, ...], expected: str
) -> None:
    candidate = make_candidate("whatsapp")

    assert forms([candidate], template_states=states, languages=languages) == [("whatsapp", "template", expected)]


@pytest.mark.parametrize(
    ("candidate", "more", "expected"),
    [
        (make_candidate("telegram", verified=False), {}, "not_verified"),
        (make_candidate("telegram", opted_out=True), {}, "opted_out"),
        (make_candidate("telegram", dead=True), {}, "address_dead"),
        (make_candidate("telegram", shared=True), {"never_shared": True}, "shared_phone"),
        (make_candidate("sms"), {"allow_sms": False}, "sms_not_allowed"),
        (make_candidate("sms"), {"sms_left": 0}, "sms_limit"),
        (make_candidate("whatsapp"), {}, "window_closed"),
        (make_candidate("whatsapp"), {"template_states": {"nl": "rejected"}}, "window_closed"),
    ],
)
def test_what_closes_a_route(candidate: Candidate, more: dict[str, Any], expected: str) -> None:
    assert why([candidate], **more) == expected
    assert expected in reasons.REASONS


def test_an_address_is_tried_once() -> None:
    first, second = make_candidate("telegram"), make_candidate("sms", 1)

    assert forms([first, second], tried={first.address_id}) == [("sms", "sms", None)]
    assert why([first, second], tried={first.address_id, second.address_id}) == "all_tried"


def test_nobody_has_an_address() -> None:
    assert why([]) == "no_address"


def test_the_reason_is_that_of_the_phone_the_person_chose() -> None:
    never_linked, stopped = make_candidate("telegram", 0, verified=False), make_candidate("sms", 1, opted_out=True)

    assert why([never_linked, stopped]) == "opted_out"


def test_the_limit_of_the_day_leaves_other_channels_open() -> None:
    candidates = [make_candidate("sms", 0), make_candidate("telegram", 1)]

    assert forms(candidates, sms_left=0) == [("telegram", "bubble", None)]
    assert forms(candidates, sms_left=1) == forms(candidates, sms_left=None)


def test_how_many_sms_are_left_today() -> None:
    assert [dispatch.sms_left(100, sent) for sent in (0, 99, 100, 250)] == [100, 1, 0, 0]
    assert dispatch.sms_left(0, 10**6) is None
