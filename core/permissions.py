"""Who may do what to whom: the matrix of privacy.md as data, checked in one place, deny by default."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

#: Every role an account can have.
ROLES = (
    "rolmodel",
    "vertaler",
    "klantmanager",
    "begeleider",
    "regisseur",
    "beheerder",
    "partner",
    "tolk",
    "fg",
)

#: Who works with people in the console.
STAFF = ("klantmanager", "begeleider", "regisseur", "beheerder", "partner", "rolmodel", "vertaler", "tolk", "fg")


class Scope(StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    LOGGED = "logged"  #: all, and every use is written to the audit log
    CASELOAD = "caseload"  #: people of whom the account is klantmanager
    BUDDY = "buddy"  #: people of whom the account is begeleider
    WORKSHOPS = "workshops"  #: sessions of the account's own partner
    LANGUAGE = "language"  #: texts in a language recorded as the account's own


A, LOG, C, B, W, L = Scope.ALL, Scope.LOGGED, Scope.CASELOAD, Scope.BUDDY, Scope.WORKSHOPS, Scope.LANGUAGE

#: action -> role -> reach. What isn't here is refused.
MATRIX: Mapping[str, Mapping[str, Scope]] = MappingProxyType(
    {
        "console": dict.fromkeys(STAFF, A),
        "person.name": {"klantmanager": C, "begeleider": B, "regisseur": LOG, "partner": W},
        "person.list": {"klantmanager": C, "begeleider": B, "regisseur": LOG},
        "person.edit": {"klantmanager": C, "regisseur": LOG},
        "person.add": {"klantmanager": A, "regisseur": A},
        "person.link": {"klantmanager": C, "regisseur": LOG},
        "phone.masked": {"klantmanager": C, "begeleider": B, "regisseur": LOG},
        "phone.reveal": {"klantmanager": C, "regisseur": LOG},
        "leefgeld.amount": {"klantmanager": C},
        "leefgeld.totals": {"klantmanager": A, "regisseur": A},
        "leefgeld.import": {"klantmanager": A},
        "leefgeld.approve": {"klantmanager": A, "regisseur": A},
        "sent.text": {"klantmanager": C},
        "appointment.see": {"klantmanager": C, "begeleider": B, "regisseur": LOG},
        "appointment.plan": {"klantmanager": C, "begeleider": B, "regisseur": LOG},
        "task.see": {"klantmanager": C, "begeleider": B, "regisseur": A},
        "task.close": {"klantmanager": C, "begeleider": B, "regisseur": A},
        "workshop.see": {"klantmanager": A, "regisseur": A, "partner": W, "begeleider": A, "rolmodel": A},
        "workshop.plan": {"regisseur": A, "partner": W},
        "workshop.propose": {"klantmanager": A, "regisseur": A},
        "workshop.invite": {"klantmanager": C, "regisseur": LOG},
        "attendance.see": {"klantmanager": C, "regisseur": LOG, "partner": W},
        "attendance.note": {"regisseur": LOG, "partner": W},
        "update.see": {"rolmodel": L, "vertaler": L, "klantmanager": A, "regisseur": A, "partner": W},
        "update.write": {"rolmodel": L, "klantmanager": A, "regisseur": A, "partner": W},
        "update.approve": {"rolmodel": L, "vertaler": L, "klantmanager": A, "regisseur": A},
        "update.second": {"klantmanager": A, "regisseur": A},
        "update.withdraw": {"rolmodel": L, "klantmanager": A, "regisseur": A, "beheerder": A},
        "update.recall": {"klantmanager": A, "regisseur": A},
        "text.see": {"rolmodel": L, "vertaler": L, "klantmanager": A, "regisseur": A, "beheerder": A},
        "text.approve": {"rolmodel": L, "vertaler": L, "klantmanager": L, "regisseur": L},
        "text.rated": {"rolmodel": L, "vertaler": L, "klantmanager": A, "regisseur": A},
        "text.ask": {"klantmanager": A, "regisseur": A},
        "text.minor": {"regisseur": A},
        "question.list": {"klantmanager": A, "regisseur": A},
        "question.read": {"klantmanager": C, "regisseur": LOG},
        "hours.see": {"regisseur": A},
        "delivery.see": {"klantmanager": C, "regisseur": A, "beheerder": A},
        "hold": {"klantmanager": A, "regisseur": A, "beheerder": A},
        "people.import": {"klantmanager": C, "regisseur": A},
        "agenda.import": {"klantmanager": C, "regisseur": A},
        "account.add": {"regisseur": A, "beheerder": A},
        "account.see": {"regisseur": A, "beheerder": A},
        "account.stop": {"regisseur": A, "beheerder": A},
        "audit.read": {"regisseur": A, "fg": A, "beheerder": A},
    }
)


#: Whose accounts a role may stop and give back: those it may give, a beheerder all of them.
OVER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"regisseur": ("rolmodel", "vertaler", "partner", "begeleider", "tolk"), "beheerder": ROLES}
)


class Actor(Protocol):
    """An account, as far as a permission needs to know it."""

    @property
    def id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def languages(self) -> list[str]: ...
    @property
    def partner_id(self) -> UUID | None: ...


class Subject(Protocol):
    """A person, as far as a permission needs to know her."""

    @property
    def klantmanager_id(self) -> UUID | None: ...
    @property
    def begeleider_id(self) -> UUID | None: ...


def reach(actor: Actor, action: str) -> Scope | None:
    """How far the actor may go with this action; None: not at all."""
    return MATRIX.get(action, {}).get(actor.role)


def may(
    actor: Actor,
    action: str,
    person: Subject | None = None,
    *,
    language: str | None = None,
    partner_id: UUID | None = None,
) -> bool:
    """Whether the actor may do this to this object; without an object: whether to anything at all."""
    scope = reach(actor, action)
    if scope is None:
        return False
    if scope is Scope.CASELOAD:
        return person is None or person.klantmanager_id == actor.id
    if scope is Scope.BUDDY:
        return person is None or person.begeleider_id == actor.id
    if scope is Scope.LANGUAGE:
        return language is None or language in actor.languages
    if scope is Scope.WORKSHOPS:
        # A person is reached through a workshop of the partner's own, and not otherwise.
        return person is None if partner_id is None else partner_id == actor.partner_id
    return True


def is_logged(actor: Actor, action: str) -> bool:
    """Whether this use must be written to the audit log."""
    return reach(actor, action) is Scope.LOGGED


def may_stop(actor: Actor, other: Actor) -> bool:
    """Whether the actor may stop this account, or give it back; nobody her own."""
    return may(actor, "account.stop") and other.id != actor.id and other.role in OVER.get(actor.role, ())
