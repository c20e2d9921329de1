from typing import Any

import pytest

from core.values import Handle
from messaging.senders import sender
from tests.fakes.telegram import tap_update, text_update


@pytest.mark.parametrize(
    "payload",
    [
        text_update(1, 4711, "hallo"),
        tap_update(2, 4711, "agenda.open"),
        {"update_id": 3, "my_chat_member": {"chat": {"id": 4711, "type": "private"}}},
        {"handle": "4711", "text": "hallo"},
        {"From": "4711", "Body": "hallo"},
        {"From": "whatsapp:4711", "Body": "hallo"},
    ],
)
def test_whose_it_is(payload: dict[str, Any]) -> None:
    assert sender(payload) == Handle("4711")


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"From": "+31600000000", "delivery": "", "MessageStatus": "read"},
        {"receipt": "delivered", "id": "x", "delivery": "y"},
        {"update_id": 1, "message": "?"},
        {"update_id": 1, "message": {"chat": {"id": "4711"}}},
        {"update_id": 1, "callback_query": {"message": None}},
        {"handle": 4711},
        {"From": ["4711"]},
        {"From": ""},
    ],
)
def test_whose_it_is_not(payload: dict[str, Any]) -> None:
    assert sender(payload) is None
