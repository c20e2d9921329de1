import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
import structlog

from messaging.channel import SendError
from messaging.reasons import REASONS
from messaging.telegram.updates import Updates
from tests.fakes import faults
from tests.fakes.inbox import MemoryInbox
from tests.fakes.provider import FakeProvider
from tests.fakes.telegram import TOKEN, FakeTelegram, text_update


@dataclass(kw_only=True)
class Stage:
    telegram: FakeTelegram
    provider: FakeProvider
    inbox: MemoryInbox
    updates: Updates


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    provider, inbox = FakeProvider(), MemoryInbox()
    telegram = FakeTelegram(provider)
    async with provider:
        updates = Updates(token=TOKEN, api_url=provider.url, wait=1, first_pause=0.01)
        polling = asyncio.create_task(updates.poll(inbox.keep))
        yield Stage(telegram=telegram, provider=provider, inbox=inbox, updates=updates)
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling


async def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it didn't come true in five seconds")


async def test_updates_are_stored_and_then_confirmed(stage: Stage) -> None:
    for number in range(250):
        stage.telegram.put(text_update(number + 1, 7, f"{number}"))

    await until(lambda: not stage.telegram.updates)

    assert [update["update_id"] for update in stage.inbox.payloads] == list(range(1, 251))


async def test_nothing_is_confirmed_while_the_database_is_away(stage: Stage) -> None:
    stage.inbox.broken = True
    stage.telegram.put(text_update(1, 7, "Hallo"))
    await until(lambda: stage.provider.calls["getUpdates"] > 2)
    assert stage.telegram.updates

    stage.inbox.broken = False
    await until(lambda: not stage.telegram.updates)

    assert len(stage.inbox.rows) == 1


async def test_ids_that_start_again_lower_after_a_quiet_week(stage: Stage) -> None:
    stage.telegram.put(text_update(900_000, 7, "Oud"))
    await until(lambda: not stage.telegram.updates)

    stage.telegram.put(text_update(12, 7, "Nieuw"))
    await until(lambda: len(stage.inbox.rows) == 2)


@pytest.mark.parametrize(
    "fault",
    [
        faults.broken(502),
        faults.RESET,
        faults.HTML,
        faults.TRUNCATED,
        faults.throttle(0.01),
        faults.refuse(409, "Conflict: terminated by other getUpdates request"),
    ],
    ids=["502", "reset", "html", "truncated", "throttled", "two pollers"],
)
async def test_trouble_is_waited_out(stage: Stage, fault: faults.Fault) -> None:
    stage.provider.script(fault, fault)
    stage.telegram.put(text_update(1, 7, "Hallo"))

    await until(lambda: not stage.telegram.updates)

    assert len(stage.inbox.rows) == 1


async def test_a_webhook_of_before_is_taken_away(stage: Stage) -> None:
    await until(lambda: stage.provider.calls["getUpdates"] > 0)

    assert stage.provider.calls["deleteWebhook"] == 1


async def test_telegram_is_told_where_the_webhook_is() -> None:
    provider = FakeProvider()
    telegram = FakeTelegram(provider)
    async with provider:
        await Updates(token=TOKEN, api_url=provider.url).use_webhook(
            "https://pim.voorbeeld/webhooks/telegram", "geheim"
        )

        assert telegram.webhook is not None
        assert telegram.webhook["secret_token"] == "geheim"
        with pytest.raises(SendError, match="key_refused"):
            await Updates(token="1:wrong", api_url=provider.url).use_webhook("https://pim.voorbeeld", "geheim")


async def test_a_webhook_is_asked_for_until_telegram_takes_it() -> None:
    provider = FakeProvider()
    telegram = FakeTelegram(provider)
    async with provider:
        provider.faults += [faults.broken(502), faults.broken()]
        updates = Updates(token=TOKEN, api_url=provider.url, first_pause=0.01)
        staying = asyncio.create_task(updates.stay_hooked("https://pim.voorbeeld/webhooks/telegram", "geheim"))
        await until(lambda: telegram.webhook is not None)
        await asyncio.sleep(0.05)
        assert not staying.done()
        assert provider.calls["setWebhook"] == 3
        staying.cancel()
        await asyncio.wait({staying})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(faults.refuse(409, "Conflict"), "two_pollers"), (faults.refuse(401, "Unauthorized"), "key_refused")],
)
async def test_what_only_people_can_mend_is_told(fault: faults.Fault, reason: str) -> None:
    provider, told = FakeProvider(), list[str]()
    FakeTelegram(provider)

    async def refused(why: str, waits: timedelta) -> None:
        told.append(why)

    async with provider:
        provider.always = fault
        updates = Updates(token=TOKEN, api_url=provider.url, wait=1, first_pause=0.01)
        with structlog.testing.capture_logs() as logged:
            polling = asyncio.create_task(updates.poll(MemoryInbox().keep, refused))
            await until(lambda: len(told) > 1)
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling

    assert set(told) == {reason}
    assert all(line["log_level"] == "error" and line["mend"] for line in logged)
    assert reason in REASONS


async def test_commands_for_the_app_s_own_menu() -> None:
    provider = FakeProvider()
    telegram = FakeTelegram(provider)
    async with provider:
        updates = Updates(token=TOKEN, api_url=provider.url)
        await updates.offer_menu({"sos": "🆘 Hulp nu"})
        await updates.offer_menu({"sos": "🆘 مساعدة"}, "ar")
        provider.faults.append(faults.refuse(400, "Bad Request: BOT_COMMAND_INVALID"))
        with pytest.raises(SendError):
            await updates.offer_menu({"SOS!": "x"})
        await updates.close()

    assert telegram.menus == {
        "": [{"command": "sos", "description": "🆘 Hulp nu"}],
        "ar": [{"command": "sos", "description": "🆘 مساعدة"}],
    }
