"""`pim templates` as it is typed, against a Meta in another process."""

import json
import urllib.request
from collections.abc import Iterator

import pytest

from core.database import Database
from tests.bot.prompt import Done, Prompt
from tests.fakes import serve
from tests.fakes.twilio import ACCOUNT, TOKEN


class Desk:
    """A command line on an installation of its own, with WhatsApp."""

    def __init__(self, prompt: Prompt, database: Database, provider: str) -> None:
        self.prompt, self.provider = prompt, provider
        self.env = {
            "PIM_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "PIM_SECRET_KEYS": "9f2c4e6a8b0d1357f9e8d7c6b5a49382",
            "PIM_INDEX_KEY": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "PIM_DATA_DIR": str(prompt.folder / "var"),
            "PIM_CHANNELS": "whatsapp",
            "PIM_PUBLIC_URL": "https://pim.voorbeeld.nl",
            "PIM_CONTACT_PHONE": "14 0413",
            "PIM_EMERGENCY_PHONE": "0413 00 00 00",
            "PIM_TWILIO_ACCOUNT_SID": ACCOUNT,
            "PIM_TWILIO_AUTH_TOKEN": TOKEN,
            "PIM_TWILIO_API_URL": provider,
            "PIM_TWILIO_WHATSAPP_FROM": "+3197010200000",
        }

    def pim(self, verb: str, **env: str) -> Done:
        done = self.prompt.pim(("templates", verb), {**self.env, **env})
        assert "Traceback" not in done.err
        return done

    def decide(self, status: str) -> None:
        asked = urllib.request.Request(f"{self.provider}/decide", data=json.dumps({"status": status}).encode())
        urllib.request.urlopen(asked).close()


@pytest.fixture
def desk(prompt: Prompt, fresh_database: Database) -> Iterator[Desk]:
    with serve.running() as provider:
        yield Desk(prompt, fresh_database, provider)


def test_templates_are_submitted_and_asked_after(desk: Desk) -> None:
    submitted = desk.pim("submit")
    desk.decide("approved")
    asked = desk.pim("status")

    assert (submitted.status, asked.status) == (0, 0)
    assert [line.split() for line in submitted.out.splitlines()[-4:]] == [
        [name, "nl", "pending"] for name in ("afspraak", "nieuwe_dag", "gaat_niet_door", "bericht")
    ]
    assert {line.split()[-1] for line in asked.out.splitlines()} == {"approved"}


def test_a_refusal_is_status_1(desk: Desk) -> None:
    desk.pim("submit")
    desk.decide("rejected")

    assert desk.pim("status").status == 1


def test_a_wrong_key_is_one_sentence(desk: Desk) -> None:
    refused = desk.pim("submit", PIM_TWILIO_AUTH_TOKEN="verkeerd")

    assert refused.refusal.startswith("Twilio: ")


def test_without_whatsapp_there_is_nothing_to_submit(desk: Desk) -> None:
    assert "PIM_CHANNELS" in desk.pim("submit", PIM_CHANNELS="sms").refusal
