"""Starting, where something is wrong with the ground; and a service nobody listens to."""

import pytest
from sqlalchemy import text

from tests.fakes.faults import refuse
from tests.fakes.telegram import text_update
from tests.faults.conftest import Size, sizes
from tests.faults.house import House
from tests.faults.processes import Outputs, until
from tests.faults.provider import Provider

#: Seconds in which a refusal is said.
REFUSES = 30.0


@pytest.mark.parametrize(
    ("named", "env"),
    [
        ("PIM_SECRET_KEYS", {"PIM_SECRET_KEYS": "change-me-change-me-change-me-change-me"}),
        ("PIM_TELEGRAM_TOKEN", {"PIM_TELEGRAM_TOKEN": ""}),
        (
            "PIM_TELEGRAM_WEBHOOK_SECRET",
            {
                "PIM_TELEGRAM_MODE": "webhook",
                "PIM_PUBLIC_URL": "https://pim.voorbeeld",
                "PIM_TELEGRAM_WEBHOOK_SECRET": "",
            },
        ),
        ("PIM_TWILIO_AUTH_TOKEN", {"PIM_CHANNELS": "sms", "PIM_TWILIO_ACCOUNT_SID": "AC1"}),
    ],
    ids=["default key", "no token", "no webhook secret", "no twilio token"],
)
async def test_a_secret_that_is_missing_or_default(house: House, named: str, env: dict[str, str]) -> None:
    process = house.pim("run", **env)

    assert await process.ended(REFUSES) == 1
    assert process.said.startswith(f"pim: {named}")
    assert "Traceback" not in process.said
    assert not [value for value in house.env.values() if len(value) > 20 and value in process.said]


async def test_old_code_on_a_new_schema_sends_nothing(house: House, provider: Provider) -> None:
    await house.plan(await house.people(5))
    async with house.database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    process = house.pim("run", "--only", "worker,timers")

    assert await process.ended(REFUSES) == 1
    assert "start the newer version again" in process.said
    assert "Traceback" not in process.said
    assert await provider.taken() == 0
    assert await house.states() == {"planned": 5}


@pytest.mark.parametrize("outputs", ["closed", "unheard"])
async def test_a_service_whose_output_nobody_reads(house: House, provider: Provider, outputs: Outputs) -> None:
    """It has things to say, and goes on."""
    process = house.unread(outputs, "run", "--only", "worker,timers")
    await provider.script(refuse(400, "Bad Request: something new"), refuse(500, "Internal Server Error"))
    await house.plan(await house.people(60))

    async def all_went() -> bool:
        assert process.alive, "it ended"
        return await provider.taken() >= 58

    await until(all_went, 60, "the others went")
    assert process.alive
    process.terminate()
    assert await process.ended(15) == 0


@sizes(Size(messages=10, kills=2), Size(messages=300, kills=6))
async def test_two_processes_poll_one_token(house: House, provider: Provider, size: Size) -> None:
    """Telegram gives the updates to one of them and a conflict to the other: it says what to do, and waits."""
    await provider.script(*[refuse(409, "Conflict: terminated by other getUpdates", method="getUpdates")] * size.kills)
    process = await house.start("bot", "worker", "timers")
    for number in range(size.messages):
        await provider.update(text_update(50_000 + number, 640_000 + number, "Hallo"))

    async def all_answered() -> bool:
        return len(await provider.got()) == size.messages

    await until(all_answered, 60 + size.messages / 10, "they are answered once the other stopped")
    await until(house.settled, 10, "nothing is on its way")
    assert set((await provider.got()).values()) == {1}
    assert "another process polls this token: stop it" in process.said
    assert process.alive


@pytest.mark.soak
async def test_of_two_processes_of_one_installation_one_polls(house: House, provider: Provider) -> None:
    first = await house.start("bot", "worker", "timers")
    second = await house.start("bot", "worker")
    for number in range(10):
        await provider.update(text_update(51_000 + number, 641_000 + number, "Hallo"))

    async def all_answered() -> bool:
        return len(await provider.got()) == 10

    await until(all_answered, 60, "they are answered")
    first.kill()
    await provider.update(text_update(51_999, 641_999, "Hallo"))

    async def by_the_other() -> bool:
        return "641999" in await provider.got()

    # a fetch that was under way when the first was lost keeps its answer for 25 s
    await until(by_the_other, 60, "the other polls")
    assert max((await provider.got()).values()) == 1
    assert second.alive
