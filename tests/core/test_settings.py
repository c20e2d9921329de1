from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from core.settings import Settings, SettingsError, for_service, load

STRONG = "9f2c4e6a8b0d1357f9e8d7c6b5a49382"
OTHER = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

#: An installation that may start.
WHOLE: dict[str, Any] = {
    "database_url": "postgresql://pim@db/pim",
    "secret_keys": STRONG,
    "index_key": OTHER,
    "contact_phone": "14 0413",
    "emergency_phone": "0413 00 00 00",
    "public_url": "https://pim.voorbeeld.nl",
    "telegram_token": "1:a",
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "b",
    "twilio_sms_from": "+31000000000",
    "twilio_whatsapp_from": "+31000000001",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PIM_{name.upper()}", raising=False)


def tried(values: dict[str, Any]) -> SettingsError | None:
    """The refusal of these settings, if they are refused."""
    try:
        for_service(load(**values))
    except SettingsError as refused:
        return refused
    return None


def refusal(values: dict[str, Any]) -> str:
    """The sentence with which these settings are refused."""
    refused = tried(values)
    assert refused is not None, "these settings were taken"
    return str(refused)


#: setting -> a wrong value, a piece of the mend.
WRONG = [
    ("secret_keys", "kort", "openssl rand -hex 32"),
    ("secret_keys", f"{STRONG},kort", "openssl rand -hex 32"),
    ("secret_keys", "a" * 40, "openssl rand -hex 32"),
    ("secret_keys", "change-me-change-me-change-me-change-me", "openssl rand -hex 32"),
    ("secret_keys", "PIM-DEFAULT-KEY-for-every-installation", "openssl rand -hex 32"),
    ("index_key", "1234567890123456789012345678901234567890", "openssl rand -hex 32"),
    ("backup_key", "mijn-password-van-de-gemeente-en-nog-wat", "openssl rand -hex 32"),
    ("database_url", "zomaar iets", "postgresql://"),
    ("database_url", "mysql://pim@db/pim", "postgresql://"),
    ("channels", "telegram,post", "telegram, whatsapp"),
    ("languages", "nl,xx", "known are"),
    ("languages", ",", "at least one"),
    ("telegram_token", "van BotFather", "BotFather"),
    ("telegram_token", " ", "BotFather"),
    ("twilio_auth_token", " ", "Twilio's console"),
    ("contact_phone", " ", "inwoners can call"),
    ("timezone", "Europe/Veghel", "Europe/Amsterdam"),
    ("timezone", "../../etc/passwd", "Europe/Amsterdam"),
    ("quiet_hours", "21-8", "21:00-08:00"),
    ("quiet_hours", "25:00-08:00", "21:00-08:00"),
    ("bind", "8080", "127.0.0.1:8080"),
    ("bind", "127.0.0.1:99999", "127.0.0.1:8080"),
    ("console_bind", "127.0.0.1:0x50", "127.0.0.1:8080"),
    ("public_url", "pim.voorbeeld.nl", "https://"),
    ("embedded", "misschien", "boolean"),
    ("undo_seconds", "twee minuten", "integer"),
    ("undo_seconds", "-1", "greater than or equal to 0"),
    ("telegram_rate", "-3", "greater than or equal to 0"),
    ("telegram_rate", "nan", "number"),
    ("whatsapp_rate", "inf", "finite"),
    ("telegram_mode", "pull", "'polling' or 'webhook'"),
    ("log_format", "xml", "'text' or 'json'"),
]

#: what is taken from a whole installation -> the setting that the sentence names.
MISSING = [
    ("database_url", "PIM_DATABASE_URL"),
    ("secret_keys", "PIM_SECRET_KEYS"),
    ("index_key", "PIM_INDEX_KEY"),
    ("contact_phone", "PIM_CONTACT_PHONE"),
    ("emergency_phone", "PIM_EMERGENCY_PHONE"),
    ("public_url", "PIM_PUBLIC_URL"),
    ("telegram_token", "PIM_TELEGRAM_TOKEN"),
    ("twilio_account_sid", "PIM_TWILIO_ACCOUNT_SID"),
    ("twilio_auth_token", "PIM_TWILIO_AUTH_TOKEN"),
    ("twilio_sms_from", "PIM_TWILIO_SMS_FROM"),
    ("twilio_whatsapp_from", "PIM_TWILIO_WHATSAPP_FROM"),
]


def is_one_sentence(text: str) -> bool:
    return "\n" not in text and text.endswith(".") and not text.endswith("..") and len(text) < 400


@pytest.mark.parametrize(("name", "value", "mend"), WRONG)
def test_a_wrong_setting_is_named_with_its_mend(name: str, value: str, mend: str) -> None:
    sentence = refusal({**WHOLE, name: value})
    assert sentence.startswith(f"PIM_{name.upper()}")
    assert mend in sentence
    assert is_one_sentence(sentence)


@pytest.mark.parametrize(("name", "named"), MISSING)
def test_a_missing_setting_is_named_with_its_mend(name: str, named: str) -> None:
    sentence = refusal({**WHOLE, name: ""})
    assert sentence.startswith(f"{named} is missing or wrong: ")
    assert is_one_sentence(sentence)


def test_what_one_channel_alone_needs_the_others_do_not() -> None:
    twilio = {name: "" for name in WHOLE if name.startswith("twilio") or name == "public_url"}
    assert not tried({**WHOLE, **twilio, "channels": "telegram"})
    only_sms = {**WHOLE, "telegram_token": "", "twilio_whatsapp_from": "", "channels": "sms"}
    assert not tried(only_sms)
    assert not tried({**only_sms, "twilio_sms_from": "", "twilio_messaging_service_sid": "MG1"})


def test_no_channel_at_all_is_refused() -> None:
    assert refusal({**WHOLE, "channels": ""}).startswith("PIM_CHANNELS")


def test_the_embedded_database_needs_no_address() -> None:
    assert not tried({**WHOLE, "database_url": "", "embedded": True})


def test_telegrams_webhook_needs_a_secret_that_fits_a_header_and_an_address() -> None:
    webhook = {**WHOLE, "telegram_mode": "webhook", "channels": "telegram"}
    for secret in ("", "kort", "met een spatie en ë", "é" * 20):
        assert refusal({**webhook, "telegram_webhook_secret": secret}).startswith("PIM_TELEGRAM_WEBHOOK_SECRET")
    whole = {**webhook, "telegram_webhook_secret": "abcdefghijklmnop_-09"}
    assert not tried(whole)
    assert refusal({**whole, "public_url": ""}).startswith("PIM_PUBLIC_URL")


def test_look_up_must_not_use_a_key_that_encrypts() -> None:
    assert refusal({**WHOLE, "index_key": STRONG}).startswith("PIM_INDEX_KEY")


def test_values_come_from_the_environment_and_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PIM_MUNICIPALITY=Boekel\nPIM_LANGUAGES=nl, ti\nOTHER=1\n")
    monkeypatch.setenv("PIM_CHANNELS", "sms , telegram,")
    found = load()
    assert (found.municipality, found.languages, found.channels) == ("Boekel", ("nl", "ti"), ("sms", "telegram"))


def test_an_env_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PIM_MUNICIPALITY=Bo\xebkel\n")
    assert refusal({}) == ".env is not UTF-8 text: save it as UTF-8."


def test_quiet_hours_and_the_door_are_read() -> None:
    found = load(quiet_hours="22:30-07:00", bind="[::1]:8099")
    assert found.quiet is not None
    assert [f"{edge:%H:%M}" for edge in found.quiet] == ["22:30", "07:00"]
    assert (found.host, found.port) == ("[::1]", 8099)
    assert load(quiet_hours="off").quiet is None


#: Settings that hold a secret and are judged, so that a refusal is about the secret itself.
SECRETS = ("secret_keys", "index_key", "backup_key", "database_url")


@trial(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters=",\\"), min_size=6),
    name=st.sampled_from(SECRETS),
)
def test_no_refusal_shows_a_secret(secret: str, name: str) -> None:
    hidden = f"Zq{secret}qZ"
    given_ = {**WHOLE, name: f"postgresql//pim:{hidden}@db" if name == "database_url" else hidden}
    refused = tried(given_)
    assert refused is None or hidden not in str(refused)
    assert refused is None or refused.__suppress_context__


@pytest.mark.parametrize(("name", "value", "mend"), WRONG)
def test_a_refusal_shows_no_other_settings_secret(name: str, value: str, mend: str) -> None:
    tokens = {"telegram_token": "1:Kanarie", "twilio_auth_token": "Kanarie", "smtp_url": "smtp://a:Kanarie@b"}
    sentence = refusal({**WHOLE, **tokens, "database_url": "postgresql://pim:Kanarie@db/pim", name: value})
    assert "Kanarie" not in sentence
    assert STRONG not in sentence


def test_printed_settings_show_no_secret() -> None:
    tokens = dict.fromkeys(("telegram_token", "twilio_auth_token", "oidc_client_secret", "smtp_url"), "Kanarie")
    printed = repr(load(**{**WHOLE, **tokens, "database_url": "postgresql://pim:Kanarie@db/pim"}))
    assert not [secret for secret in ("Kanarie", STRONG, OTHER) if secret in printed]
