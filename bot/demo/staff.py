"""Made-up staff, rolmodellen and vertalers, with the log-ins that the demo shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.console.desk import DemoStaff
from core import accounts
from core.tables.people import Account

#: One for all, and printed at every start: it protects nobody.
PASSWORD: Final = "welkom-voorbeeld"


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody with an account."""

    first: str  #: first name, and the name of the account's address
    role: str
    languages: tuple[str, ...] = ("nl",)
    partner: str | None = None

    @property
    def name(self) -> str:
        """As it stands on a page or in a chat."""
        return f"{self.first} (voorbeeld)"

    @property
    def email(self) -> str:
        """An address that can't exist."""
        return f"{self.first.lower()}@voorbeeld.example"


KLANTMANAGERS: Final = ("Karin", "Joost", "Nadia")
BEGELEIDERS: Final = ("Els", "Henk", "Wilma", "Theo", "Anja", "Bart")

#: Language -> first names; who speaks two related languages stands with the first.
_ROLMODELLEN: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("ar",): ("Hassan", "Lina", "Omar", "Samira"),
    ("ti",): ("Mehret", "Dawit"),
    ("fa", "prs"): ("Parisa",),
    ("prs", "fa"): ("Navid",),
    ("so",): ("Ayaan",),
    ("tr",): ("Emre",),
    ("pl",): ("Kasia",),
}

ROLMODELLEN: Final = tuple(
    Colleague(first=first, role="rolmodel", languages=(*languages, "nl"))
    for languages, names in _ROLMODELLEN.items()
    for first in names
)

COLLEAGUES: Final = (
    Colleague(first="Marit", role="regisseur"),
    *(Colleague(first=first, role="klantmanager") for first in KLANTMANAGERS),
    *(Colleague(first=first, role="begeleider") for first in BEGELEIDERS),
    Colleague(first="Daan", role="beheerder"),
    Colleague(first="Ruth", role="vertaler", languages=("en", "fr", "nl")),
    Colleague(first="Oksana", role="vertaler", languages=("uk", "bg", "ro", "nl")),
    Colleague(first="Jamal", role="vertaler", languages=("ps", "ku", "am", "nl")),
    Colleague(first="Sanne", role="partner", partner="GGD"),
    *ROLMODELLEN,
)

#: Who approves the shipped texts of a language: a speaker who didn't write them.
APPROVERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("en", "fr"), "Ruth"),
    **dict.fromkeys(("uk", "bg", "ro"), "Oksana"),
    **dict.fromkeys(("ps", "ku", "am"), "Jamal"),
    "ar": "Hassan",
    "ti": "Mehret",
    "fa": "Parisa",
    "prs": "Navid",
    "so": "Ayaan",
    "tr": "Emre",
    "pl": "Kasia",
}

STAFF: Final = tuple(DemoStaff(email=one.email, password=PASSWORD, name=one.name, role=one.role) for one in COLLEAGUES)


async def add(session: AsyncSession, now: datetime, partners: Mapping[str, UUID]) -> dict[str, Account]:
    """All accounts, by first name. The password is hashed once: 27 times would take longer than the rest."""
    hashed = accounts.hashed(PASSWORD)
    made = {
        one.first: Account(
            email=one.email,
            name=one.name,
            role=one.role,
            languages=list(one.languages),
            partner_id=partners[one.partner] if one.partner else None,
            password_hash=hashed,
            created_at=now,
        )
        for one in COLLEAGUES
    }
    session.add_all(made.values())
    await session.flush()
    return made
