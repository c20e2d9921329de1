from typing import Any

import pytest

from core.values import Handle
from messaging.channel import Attached, Back, Gone, Incoming
from messaging.telegram.receive import Telegram
from tests.fakes.telegram import message, tap_update, text_update

CHAT = 700100200
GROUP = {"id": -1001, "type": "supergroup", "title": "Buren"}


@pytest.fixture
def telegram() -> Telegram:
    return Telegram(token="1:x", api_url="http://127.0.0.1:1", rate=30)


def read(telegram: Telegram, **more: Any) -> Incoming | None:
    return next(iter(telegram.receive({"update_id": 1, "message": message(CHAT, **more)})), None)


def test_a_text(telegram: Telegram) -> None:
    (incoming,) = telegram.receive(text_update(1, CHAT, " /start 7Q4K-M2XD "))

    assert incoming == Incoming(
        channel="telegram", handle=Handle(str(CHAT)), text="/start 7Q4K-M2XD", message="7", app_language="ar"
    )


def test_a_tap(telegram: Telegram) -> None:
    (incoming,) = telegram.receive(tap_update(5, CHAT, "appointment.yes:abc", bubble=31))

    assert (incoming.choice, incoming.bubble, incoming.tap) == ("appointment.yes:abc", "31", "tap-5")
    assert incoming.message is None  # a tap leaves nothing of its own on the screen


def test_a_tap_on_a_bubble_too_old_to_show(telegram: Telegram) -> None:
    update = tap_update(5, CHAT, "appointment.yes")
    update["callback_query"]["message"] = {"message_id": 3, "date": 0, "chat": message(CHAT)["chat"]}

    (incoming,) = telegram.receive(update)

    assert (incoming.choice, incoming.bubble) == ("appointment.yes", "3")


@pytest.mark.parametrize(("owner", "own"), [(CHAT, True), (CHAT + 1, False), (None, False)])
def test_a_contact_is_own_only_with_the_senders_id(telegram: Telegram, owner: int | None, own: bool) -> None:
    contact = {"phone_number": "+31612345678", "first_name": "x"} | ({} if owner is None else {"user_id": owner})

    incoming = read(telegram, contact=contact)

    assert incoming is not None
    assert (incoming.attached, incoming.own_contact) == (Attached.CONTACT, own)


FILE = {"file_id": "a", "file_unique_id": "b"}


@pytest.mark.parametrize(
    ("content", "attached"),
    [
        ({"photo": [{**FILE, "width": 1, "height": 1}], "caption": "kijk"}, Attached.PHOTO),
        ({"document": FILE}, Attached.DOCUMENT),
        ({"voice": {**FILE, "duration": 3}}, Attached.VOICE),
        ({"location": {"latitude": 51.6, "longitude": 5.5}}, Attached.OTHER),
        ({"dice": {"emoji": "🎲", "value": 3}}, Attached.OTHER),
    ],
)
def test_attachments(telegram: Telegram, content: dict[str, Any], attached: Attached) -> None:
    incoming = read(telegram, **content)

    assert incoming is not None
    assert (incoming.attached, incoming.text) == (attached, None)


def test_a_group_is_marked(telegram: Telegram) -> None:
    incoming = read(telegram, chat=GROUP, text="hallo")

    assert incoming is not None
    assert (incoming.group, incoming.handle) == (True, Handle("-1001"))


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "edited_message": message(CHAT, text="x")},
        {"update_id": 1, "channel_post": message(CHAT, text="x")},
        {"update_id": 1, "message": message(CHAT, chat=GROUP, new_chat_title="x")},
        {"update_id": 1, "message": message(CHAT, text="x", **{"from": {"id": 1, "is_bot": True, "first_name": "b"}})},
        {
            "update_id": 1,
            "my_chat_member": {
                "chat": message(CHAT)["chat"],
                "from": message(CHAT)["from"],
                "date": 0,
                "old_chat_member": {"user": message(CHAT)["from"], "status": "member"},
                "new_chat_member": {"user": message(CHAT)["from"], "status": "kicked", "until_date": 0},
            },
        },
    ],
    ids=["nothing", "edit", "channel", "service", "bot", "blocked"],
)
def test_what_says_nothing_to_us(telegram: Telegram, update: dict[str, Any]) -> None:
    assert not telegram.receive(update)


@pytest.mark.parametrize("update", [{}, {"update_id": "x"}, {"update_id": 1, "message": {"text": "geheim 900012345"}}])
def test_what_is_no_update_is_an_error_without_its_content(telegram: Telegram, update: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not an update of Telegram") as refused:
        telegram.receive(update)

    assert "geheim" not in f"{refused.value}{refused.value.__cause__}"
    assert refused.value.__suppress_context__


def test_telegram_tells_nothing_of_arrival(telegram: Telegram) -> None:
    assert telegram.receipt(text_update(1, CHAT, "x")) is None


def membership(status: str, **more: Any) -> dict[str, Any]:
    """Somebody changed what the bot may do in a chat."""
    user = message(CHAT)["from"]
    now = {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}
    chat = {"chat": message(CHAT)["chat"], "from": user, "date": 0, **more}
    return {
        "update_id": 1,
        "my_chat_member": {**chat, "old_chat_member": {"user": user, "status": "left"}, "new_chat_member": now},
    }


def test_who_blocks_us_is_gone_and_may_come_back(telegram: Telegram) -> None:
    handle = Handle(str(CHAT))

    assert telegram.receipt(membership("kicked")) == Gone(channel="telegram", handle=handle, reason="blocked")
    assert telegram.receipt(membership("member")) == Back(channel="telegram", handle=handle)


@pytest.mark.parametrize("status", ["kicked", "left"])
def test_a_group_that_throws_us_out_is_gone(telegram: Telegram, status: str) -> None:
    told = telegram.receipt(membership(status, chat=GROUP))

    assert told == Gone(channel="telegram", handle=Handle(str(GROUP["id"])), reason="chat_gone")


def test_who_takes_the_bot_into_a_group_hears_that_it_is_no_place_for_it(telegram: Telegram) -> None:
    (incoming,) = telegram.receive(membership("member", chat=GROUP))

    assert (incoming.group, incoming.handle) == (True, Handle(str(GROUP["id"])))
    assert not telegram.receive(membership("kicked", chat=GROUP))
    assert not telegram.receive(membership("member"))


def test_a_group_that_became_another_is_gone(telegram: Telegram) -> None:
    update = {"update_id": 1, "message": message(CHAT, chat=GROUP, migrate_to_chat_id=-100200)}

    assert telegram.receipt(update) == Gone(channel="telegram", handle=Handle(str(GROUP["id"])), reason="chat_gone")
    assert not telegram.receive(update)
