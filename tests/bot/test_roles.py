"""`pim run --only`: any of the four roles, and any of them together."""

import subprocess
import sys
from itertools import combinations

import pytest

from bot import app
from bot.__main__ import _parser

COMBINATIONS = [roles for size in range(1, 5) for roles in combinations(app.ROLES, size)]

#: Builds what a process in these roles connects to; no provider is called for it.
BUILD = """
import asyncio, sys
from bot import providers
from bot.installation import Ground
from core.clock import Clock
from core.settings import load

settings = load(
    _env_file=None, channels=("telegram", "sms"), telegram_token="1:voorbeeld", telegram_mode="webhook",
    telegram_webhook_secret="voorbeeld", telegram_api_url="http://127.0.0.1:9", public_url="https://voorbeeld.nl",
    twilio_account_sid="AC1", twilio_auth_token="x", twilio_sms_from="+31612345678",
)

async def keep(*_): return True
async def named(*_): return None
providers._introduce = named

async def main():
    ground = Ground(settings=settings, database=None, clock=Clock())
    outside = await providers.build(ground, keep, sys.argv[1].split(","))
    print(sorted(outside.outlets), bool(outside.routes), outside.poll is not None, "aiogram" in sys.modules)
    await outside.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("roles", COMBINATIONS)
def test_every_combination_is_understood(roles: tuple[str, ...]) -> None:
    assert _parser().parse_args(["run", "--only", ",".join(roles)]).only == roles


@pytest.mark.parametrize("wrong", ["", ",", "web,keuken", "WEB"])
def test_what_is_no_role_is_wrong_usage(wrong: str) -> None:
    with pytest.raises(SystemExit) as left:
        _parser().parse_args(["run", "--only", wrong])
    assert left.value.code == 2


@pytest.mark.parametrize("roles", ["web", "worker", "timers", "web,worker,timers", "bot", "web,bot"])
def test_each_role_has_what_it_needs_and_only_bot_pays_for_aiogram(roles: str) -> None:
    done = subprocess.run([sys.executable, "-c", BUILD, roles], capture_output=True, text=True, timeout=120)
    bot = "bot" in roles.split(",")
    assert done.stdout.strip() == f"['sms', 'telegram'] {'web' in roles} {bot} {bot}", done.stderr
