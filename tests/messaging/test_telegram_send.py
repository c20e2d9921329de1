from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from core.ids import new_id
from core.values import Handle
from messaging.channel import Button, Outgoing, SendError, Sent, Verdict
from messaging.telegram.send import Sender
from tests.fakes import faults
from tests.fakes.provider import FakeProvider
from tests.fakes.telegram import TOKEN, FakeTelegram

CHAT = Handle("700100200")


@dataclass(kw_only=True)
class Stage:
    telegram: FakeTelegram
    provider: FakeProvider
    sender: Sender

    async def send(self, text: str = "Hallo", **more: Any) -> Sent:
        return await self.sender.send(CHAT, Outgoing(text=text, language="nl", **more), new_id())

    async def failure(self, text: str = "Hallo", **more: Any) -> SendError:
        with pytest.raises(SendError) as failed:
            await self.send(text, **more)
        return failed.value

    @property
    def methods(self) -> list[str]:
        return [call.method for call in self.provider.ledger]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    provider = FakeProvider()
    telegram = FakeTelegram(provider)
    async with provider:
        sender = Sender(token=TOKEN, api_url=provider.url + "/", rate=30, deadline=0.3)
        yield Stage(telegram=telegram, provider=provider, sender=sender)
        await sender.close()


def make_buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(id=f"a.b{n}", label=f"{n}") for n in range(count))


async def test_plain_text_without_preview_and_with_sound(stage: Stage) -> None:
    await stage.send()

    fields = stage.provider.ledger[0].fields
    assert fields["link_preview_options"] == {"is_disabled": True}
    assert not {"parse_mode", "disable_notification", "reply_markup"} & set(fields)


async def test_what_stands_out_is_told_by_its_place(stage: Stage) -> None:
    sent = await stage.send("👋 dinsdag 12 januari *x*", bold=((3, 18),))
    await stage.send("woensdag 13 januari", edit=sent.provider_id, bold=((0, 19),))
    await stage.send("👋")

    first, second, third = (call.fields for call in stage.provider.ledger)
    assert first["entities"] == [{"type": "bold", "offset": 3, "length": 18}]
    assert second["entities"] == [{"type": "bold", "offset": 0, "length": 19}]
    assert "parse_mode" not in first
    assert "entities" not in third


async def test_a_silent_message(stage: Stage) -> None:
    await stage.send(silent=True)

    assert stage.provider.ledger[0].fields["disable_notification"] is True


@pytest.mark.parametrize(("columns", "rows"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (0, [1, 1, 1, 1, 1])])
async def test_buttons_stand_in_columns(stage: Stage, columns: int, rows: list[int]) -> None:
    await stage.send(buttons=make_buttons(5), columns=columns)

    keyboard = stage.provider.ledger[0].fields["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in keyboard] == rows
    assert keyboard[0][0] == {"text": "0", "callback_data": "a.b0"}


@pytest.mark.parametrize("size", [0, 65])
async def test_a_button_that_does_not_fit(stage: Stage, size: int) -> None:
    failed = await stage.failure(buttons=(Button(id="ы" * (size // 2) + "x" * (size % 2), label="x"),))

    assert (failed.verdict, failed.reason) == (Verdict.REFUSED, "button_too_long")


async def test_4096_units_fit_and_one_more_does_not(stage: Stage) -> None:
    await stage.send("📅" * 2048)

    assert (await stage.failure("📅" * 2048 + "x")).reason == "too_long"


async def test_an_edit_takes_the_buttons_away(stage: Stage) -> None:
    first = await stage.send(buttons=make_buttons(2))

    await stage.send("Dank u", edit=first.provider_id)

    assert stage.methods == ["sendMessage", "editMessageText"]
    assert stage.provider.ledger[1].fields["reply_markup"] == {"inline_keyboard": []}


async def test_the_same_edit_twice_counts_as_sent(stage: Stage) -> None:
    first = await stage.send()
    await stage.send("Dank u", edit=first.provider_id)

    again = await stage.send("Dank u", edit=first.provider_id)

    assert again.provider_id == first.provider_id
    assert len(stage.provider.ledger) == 2


@pytest.mark.parametrize(
    "says", ["Bad Request: message to edit not found", "Bad Request: message can't be edited", "MESSAGE_ID_INVALID"]
)
async def test_a_bubble_that_is_gone_becomes_a_new_one(stage: Stage, says: str) -> None:
    stage.provider.script(faults.refuse(400, says, method="editMessageText"))

    sent = await stage.send("Dank u", edit="99")

    assert sent.provider_id != "99"
    assert stage.methods == ["sendMessage"]


async def test_an_edit_of_another_channels_bubble_is_a_new_one(stage: Stage) -> None:
    await stage.send("Dank u", edit="SM0123")

    assert stage.methods == ["sendMessage"]


async def test_an_edit_whose_answer_was_lost_may_be_repeated(stage: Stage) -> None:
    first = await stage.send()
    stage.provider.script(faults.LOST)

    failed = await stage.failure("Dank u", edit=first.provider_id)
    again = await stage.send("Dank u", edit=first.provider_id)

    assert failed.verdict is Verdict.RETRY
    assert again.provider_id == first.provider_id
    assert stage.methods == ["sendMessage", "editMessageText"]


async def test_an_edit_to_who_blocked_us(stage: Stage) -> None:
    stage.provider.script(faults.refuse(403, "Forbidden: bot was blocked by the user"))

    assert (await stage.failure(edit="7")).verdict is Verdict.DEAD


async def test_bubbles_are_removed_before_the_message(stage: Stage) -> None:
    gone = [(await stage.send(str(n))).provider_id for n in range(150)]

    await stage.send("Gewist", remove=(*gone, "SM1"))

    assert len(stage.telegram.bubbles) == 1
    assert stage.methods[-3:] == ["deleteMessages", "deleteMessages", "sendMessage"]


@pytest.mark.parametrize("fault", [faults.LOST, faults.broken(), faults.HANG], ids=["lost", "500", "hang"])
async def test_a_removal_in_doubt_is_done_again(stage: Stage, fault: faults.Fault) -> None:
    stage.provider.script(fault)

    failed = await stage.failure("Gewist", remove=("1",))

    assert failed.verdict is (Verdict.UNSURE if fault is faults.HANG else Verdict.RETRY)
    assert "sendMessage" not in stage.methods


async def test_a_refused_removal_does_not_hold_the_message(stage: Stage) -> None:
    stage.provider.script(faults.refuse(400, "Bad Request: message can't be deleted for everyone"))

    await stage.send("Gewist", remove=("1",))

    assert stage.methods == ["sendMessage"]


@pytest.mark.parametrize("status", [401, 404])
async def test_a_wrong_token_pauses_the_channel(stage: Stage, status: int) -> None:
    stage.provider.script(faults.refuse(status, "Not Found"))

    failed = await stage.failure()

    assert (failed.verdict, failed.reason) == (Verdict.PAUSE, "key_refused")


async def test_a_refusal_that_is_not_telegrams_kills_no_address(stage: Stage) -> None:
    stage.provider.script(faults.Fault(how="html", status=403))

    assert (await stage.failure()).verdict is Verdict.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "<b>Karin</b> &lt; <a href='http://voorbeeld.nl'>hier</a>",
        "*Karin* _k_ `c` [hier](http://voorbeeld.nl) ||weg||",
        "**Karin** __k__ ~~s~~ ```c```",
        "\\*Karin\\* \\_",
        "&amp; &#128512;",
        "غدا: \u2068Karin\u2069.",
        "👩\u200d👧 10:00",
    ],
)
async def test_nothing_in_a_text_is_ever_read_as_markup(stage: Stage, text: str) -> None:
    sent = await stage.send(text)
    await stage.send(text + ".", edit=sent.provider_id)
    await stage.send(text, buttons=(Button(id="a.b", label=text[:8]),))

    assert [call.fields["text"] for call in stage.provider.ledger] == [text, text + ".", text]
    for call in stage.provider.ledger:
        assert not {"parse_mode", "entities", "caption_entities", "caption"} & set(call.fields)
    assert stage.provider.ledger[-1].fields["reply_markup"]["inline_keyboard"][0][0]["text"] == text[:8]
