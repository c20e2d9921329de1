"""The judge itself: its limit, its silence, its ledger and its callbacks."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.ids import new_id
from messaging.channel import Outgoing, SendError, Sent
from tests.contract.rigs import PUBLIC, TwilioRig, twilio_rig
from tests.fakes import faults, serve
from tests.fakes.callbacks import Callbacks
from tests.fakes.telegram import TOKEN, text_update

HELLO = {"chat_id": 7, "text": "Hallo"}


@pytest.fixture(scope="module")
async def elsewhere() -> AsyncIterator[str]:
    """A provider in another process."""
    with serve.running("--latency", "0.05", "--limit", "30") as url:
        yield url


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(client: aiohttp.ClientSession, url: str, content: object = None) -> object:
    if content is None:
        async with client.get(url) as answer:
            return await answer.json()
    async with client.post(url, json=content) as answer:
        return answer.status


async def test_the_31st_in_a_second_is_refused_and_stands_in_no_ledger(
    elsewhere: str, client: aiohttp.ClientSession
) -> None:
    sends = [ask(client, f"{elsewhere}/bot{TOKEN}/sendMessage", HELLO) for _ in range(40)]

    answers = await asyncio.gather(*sends)

    assert (answers.count(200), answers.count(429)) == (30, 10)
    ledger = await ask(client, f"{elsewhere}/ledger")
    counts = await ask(client, f"{elsewhere}/counts")
    assert isinstance(ledger, list)
    assert isinstance(counts, dict)
    assert (len(ledger), counts["taken"], counts["rejected"]) == (30, 30, 10)
    assert await ask(client, f"{elsewhere}/ledger?after=29") == ledger[29:]


async def test_it_misbehaves_as_another_process_tells_it(elsewhere: str, client: aiohttp.ClientSession) -> None:
    await asyncio.sleep(1)
    send = f"{elsewhere}/bot{TOKEN}/sendMessage"

    await ask(client, f"{elsewhere}/faults", {"script": [{"status": 403, "says": "Forbidden"}]})

    assert await ask(client, send, HELLO) == 403
    assert await ask(client, send, HELLO) == 200


async def test_an_update_waits_to_be_fetched(elsewhere: str, client: aiohttp.ClientSession) -> None:
    await ask(client, f"{elsewhere}/updates", text_update(5, 7, "Hallo"))

    async with client.post(f"{elsewhere}/bot{TOKEN}/getUpdates", json={"timeout": 1}) as answer:
        fetched = await answer.json()

    assert [update["update_id"] for update in fetched["result"]] == [5]


@pytest.fixture
async def rig() -> AsyncIterator[TwilioRig]:
    async with twilio_rig("sms", "") as opened:
        yield opened


async def send(rig: TwilioRig) -> Sent:
    return await rig.channel.send(rig.handle, Outgoing(text="Hallo", language="nl"), new_id())


def callbacks(rig: TwilioRig, **how: object) -> Callbacks:
    door = str(rig.client.make_url("")).rstrip("/")
    return Callbacks(rig.account, public=PUBLIC, door=door, **how)  # type: ignore[arg-type]


async def test_callbacks_come_early_and_twice(rig: TwilioRig) -> None:
    async with callbacks(rig, early=True, twice=True) as told:
        await send(rig)
        await told.settled()

    assert [one.answer for one in told.told] == [200] * 6
    assert len(rig.inbox.rows) == 3


async def test_callbacks_come_out_of_order(rig: TwilioRig) -> None:
    async with callbacks(rig, latest=0.2, seed=4) as told:
        await send(rig)
        await told.settled()

    statuses = [one.status for one in told.told]
    assert sorted(statuses) == ["delivered", "queued", "sent"]
    assert statuses != ["queued", "sent", "delivered"]


async def test_a_slow_answer_is_still_an_answer(rig: TwilioRig) -> None:
    rig.provider.script(faults.slow(0.05))

    assert (await send(rig)).provider_id == rig.provider.messages[0].id


async def test_a_silence_that_ends_without_an_answer(rig: TwilioRig) -> None:
    rig.provider.script(faults.hang(0.05))

    with pytest.raises(SendError, match="no_answer"):
        await send(rig)

    assert not rig.provider.messages
