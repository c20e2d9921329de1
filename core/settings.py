"""The settings of an installation, from the environment and `.env`; documented in docs/settings.md."""

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from core import municipality
from core.crypto import SHORTEST_SECRET
from core.languages import LANGUAGES
from core.municipality import Municipality

Channel = Literal["telegram", "whatsapp", "sms"]
CommaList = Annotated[tuple[str, ...], NoDecode]
Secret = Annotated[str, Field(repr=False)]  #: printed settings don't show it
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]  #: messages a second; 0 is no limit

_OBVIOUS = ("change", "secret", "default", "example", "password", "test", "12345")


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says how to mend it."""


class Settings(BaseSettings):
    """Everything an installation can set; each name is `PIM_` plus the field in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="PIM_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    database_url: Secret = ""
    embedded: bool = False
    data_dir: Path = Path("var")
    bind: str = "127.0.0.1:8080"
    console_bind: str = ""
    public_url: str = ""
    secret_keys: Annotated[CommaList, Field(repr=False)] = ()
    index_key: Secret = ""
    backup_key: Secret = ""
    channels: CommaList = ("telegram", "whatsapp", "sms")
    telegram_token: Secret = ""
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: Secret = ""
    telegram_api_url: str = "https://api.telegram.org"
    telegram_rate: Rate = 30
    telegram_chat_rate: Rate = 1
    twilio_account_sid: str = ""
    twilio_auth_token: Secret = ""
    twilio_api_url: str = "https://api.twilio.com"
    twilio_sms_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_whatsapp_from: str = ""
    twilio_sms_rate: Rate = 10
    whatsapp_rate: Rate = 80
    municipality: str = "Meierijstad"
    contact_phone: str = ""
    emergency_phone: str = ""
    caller_shown: str = ""
    timezone: str = "Europe/Amsterdam"
    languages: CommaList = tuple(LANGUAGES)
    quiet_hours: str = "21:00-08:00"
    undo_seconds: int = Field(default=120, ge=0)
    second_approval_above: int = Field(default=50, ge=0)
    daily_sms_limit: int = Field(default=0, ge=0)
    smtp_url: Secret = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: Secret = ""
    log_format: Literal["text", "json"] = "text"

    _local: Municipality = PrivateAttr(default=Municipality())

    @field_validator("secret_keys", "channels", "languages", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(value) - {"telegram", "whatsapp", "sms"}
        if unknown:
            raise ValueError(f"knows telegram, whatsapp and sms, not {', '.join(sorted(unknown))}")
        return value

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(value) - set(LANGUAGES)
        if unknown:
            raise ValueError(f"holds {', '.join(sorted(unknown))}; known are {', '.join(LANGUAGES)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no IANA time zone; write for example Europe/Amsterdam") from None
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _readable_hours(cls, value: str) -> str:
        if value != "off":
            parse_hours(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _readable_database(cls, value: str) -> str:
        try:
            known = not value or make_url(value).get_backend_name() == "postgresql"
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError("is written as postgresql://user:password@host/database")
        return value

    @field_validator("public_url", "telegram_api_url", "twilio_api_url")
    @classmethod
    def _readable_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
            raise ValueError("is written as https://name, for example https://pim.voorbeeld.nl")
        return value

    @field_validator("bind", "console_bind")
    @classmethod
    def _readable_bind(cls, value: str) -> str:
        port = re.fullmatch(r".+:([0-9]{1,5})", value)
        if value and not (port and int(port[1]) < 1 << 16):
            raise ValueError("is written as address:port, for example 127.0.0.1:8080")
        return value

    @model_validator(mode="after")
    def _usable_secrets(self) -> "Settings":
        for secret in self.secret_keys:
            refuse_weak("PIM_SECRET_KEYS", secret)
        for name in ("index_key", "backup_key"):
            if value := getattr(self, name):
                refuse_weak(f"PIM_{name.upper()}", value)
        return self

    @model_validator(mode="after")
    def _own_ways(self) -> "Settings":
        self._local = municipality.read(self.data_dir)
        return self

    @property
    def local(self) -> Municipality:
        """What this municipality does in its own way: the file `municipality.toml`."""
        return self._local

    @property
    def host(self) -> str:
        """The address to listen on."""
        return self.bind.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.bind.rpartition(":")[2])

    @property
    def quiet(self) -> tuple[time, time] | None:
        """Start and end (wall time) of the hours in which nothing is pushed; None: never quiet."""
        return None if self.quiet_hours == "off" else parse_hours(self.quiet_hours)


def parse_hours(text: str) -> tuple[time, time]:
    """`21:00-08:00` as two wall times; ValueError says how it is written."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text.strip())
    if match:
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        if max(start_hour, end_hour) < 24 and max(start_minute, end_minute) < 60:
            return time(start_hour, start_minute), time(end_hour, end_minute)
    raise ValueError(f"{text!r} is not a pair of times; write for example 21:00-08:00, or off")


def refuse_weak(name: str, secret: str) -> None:
    """ValueError where a secret is too short, obvious or monotonous to protect anything."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"{name} is shorter than {SHORTEST_SECRET} characters; make one with: openssl rand -hex 32")
    if len(set(secret)) < 10 or any(word in secret.lower() for word in _OBVIOUS):
        raise ValueError(f"{name} is easy to guess; make one with: openssl rand -hex 32")


def load(**overrides: Any) -> Settings:
    """The settings of this process; SettingsError with one sentence when one is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_sentence(error.errors()[0])) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text: save it as UTF-8.") from None


def _sentence(problem: Mapping[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return f"{message}."
    return f"PIM_{str(problem['loc'][0]).upper()}: {message}."


def for_service(settings: Settings) -> Settings:
    """The same settings, refused where a real installation can't safely start with them."""
    for sentence in _missing(settings):
        raise SettingsError(sentence)
    return settings


#: (there and usable, its name, how to mend it)
Need = tuple[object, str, str]


def _missing(settings: Settings) -> list[str]:
    needs = [*_ground(settings)]
    if "telegram" in settings.channels:
        needs += _telegram(settings)
    if {"sms", "whatsapp"} & set(settings.channels):
        needs += _twilio(settings)
    return [f"{name} is missing or wrong: {mend}." for present, name, mend in needs if not present]


def _ground(settings: Settings) -> list[Need]:
    return [
        (
            settings.database_url or settings.embedded,
            "PIM_DATABASE_URL",
            "give a postgresql:// address, or set PIM_EMBEDDED=yes",
        ),
        (settings.secret_keys, "PIM_SECRET_KEYS", "make one with: openssl rand -hex 32"),
        (settings.index_key, "PIM_INDEX_KEY", "make one with: openssl rand -hex 32"),
        (settings.index_key not in settings.secret_keys, "PIM_INDEX_KEY", "it must differ from PIM_SECRET_KEYS"),
        (settings.channels, "PIM_CHANNELS", "name at least one of telegram, whatsapp, sms"),
        (settings.languages, "PIM_LANGUAGES", "name at least one, or leave it out for all"),
        (settings.contact_phone, "PIM_CONTACT_PHONE", "give the number that inwoners can call"),
        (settings.emergency_phone, "PIM_EMERGENCY_PHONE", "give the number for urgent help"),
    ]


def _telegram(settings: Settings) -> list[Need]:
    polling = settings.telegram_mode == "polling"
    return [
        (
            re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", settings.telegram_token),
            "PIM_TELEGRAM_TOKEN",
            "ask BotFather for it, or leave telegram out of PIM_CHANNELS",
        ),
        (
            polling or re.fullmatch(r"[A-Za-z0-9_-]{16,256}", settings.telegram_webhook_secret),
            "PIM_TELEGRAM_WEBHOOK_SECRET",
            "give at least 16 letters and digits, or set PIM_TELEGRAM_MODE=polling",
        ),
        (
            polling or settings.public_url,
            "PIM_PUBLIC_URL",
            "give the https address under which Telegram reaches this service, or set PIM_TELEGRAM_MODE=polling",
        ),
    ]


def _twilio(settings: Settings) -> list[Need]:
    return [
        (settings.twilio_account_sid, "PIM_TWILIO_ACCOUNT_SID", "it stands in Twilio's console"),
        (settings.twilio_auth_token, "PIM_TWILIO_AUTH_TOKEN", "it stands in Twilio's console"),
        (settings.public_url, "PIM_PUBLIC_URL", "give the https address under which Twilio reaches this service"),
        (
            "sms" not in settings.channels or settings.twilio_sms_from or settings.twilio_messaging_service_sid,
            "PIM_TWILIO_SMS_FROM",
            "give the sending number, or PIM_TWILIO_MESSAGING_SERVICE_SID",
        ),
        (
            "whatsapp" not in settings.channels or settings.twilio_whatsapp_from,
            "PIM_TWILIO_WHATSAPP_FROM",
            "give the sending number",
        ),
    ]
