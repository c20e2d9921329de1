import pytest

from bot.urgency import is_urgent
from core.values import Handle
from messaging.channel import Attached, Incoming
from tests.bot.phones import TEXTS


def said(text: str | None = None, channel: str = "telegram", *, choice: str | None = None, group: bool = False) -> bool:
    incoming = Incoming(channel=channel, handle=Handle("1"), text=text, choice=choice, group=group)
    return is_urgent(TEXTS, incoming)


@pytest.mark.parametrize(
    "text", ["STOP", "stop alstublieft", "توقف", "dur", "hulp", "🆘 Hulp nu", "hulp nu", "SOS", "/sos"]
)
def test_words_of_need(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize("text", ["", "hallo", "3", "start", "ik stop nooit met schrijven"])
def test_other_words(text: str) -> None:
    assert not said(text)


def test_3_is_a_call_by_sms() -> None:
    assert said("3", "sms")


@pytest.mark.parametrize("choice", ["stop.stop", "help.danger", "help.alone", "call.ask:x", "call.ask"])
def test_buttons_of_need(choice: str) -> None:
    assert said(choice=choice)


@pytest.mark.parametrize("choice", ["agenda.open", "helpless.open", "", "stopping"])
def test_other_buttons(choice: str) -> None:
    assert not said(choice=choice)


def test_a_group_has_no_needs() -> None:
    assert not said("stop", group=True)


def test_a_photo_is_none() -> None:
    assert not is_urgent(TEXTS, Incoming(channel="sms", handle=Handle("1"), attached=Attached.PHOTO))
