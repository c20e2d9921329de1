"""People, their households and addresses, and the accounts of who works with them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedHandle, SealedJson, SealedName, SealedText
from core.tables.base import Base


class Household(Base):
    """People who live together; nothing is shared by it, it only keeps appointments apart."""

    __tablename__ = "household"


class Account(Base):
    """Who may log in, approve or write: staff, a rolmodel, a vertaler."""

    __tablename__ = "account"

    email: Mapped[str] = mapped_column(unique=True)  #: lower case
    name: Mapped[str]
    role: Mapped[str]  #: one of core.permissions.ROLES
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True), index=True)
    languages: Mapped[list[str]] = mapped_column(default=list)  #: the languages recorded as spoken
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id", use_alter=True))
    password_hash: Mapped[str | None]  #: argon2; None: no log-in in the console
    totp_sealed: Mapped[bytes | None]
    totp = SealedText("totp_sealed")
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Person(Base):
    """An inburgeraar, or a rolmodel as the owner of a phone. One per adult, never per household."""

    __tablename__ = "person"

    klantnummer_sealed: Mapped[bytes | None]
    klantnummer = SealedText("klantnummer_sealed")
    klantnummer_hash: Mapped[bytes | None] = mapped_column(unique=True)  #: index("klantnummer", ...)
    hhbnummer_sealed: Mapped[bytes | None]
    hhbnummer = SealedText("hhbnummer_sealed")
    hhbnummer_hash: Mapped[bytes | None] = mapped_column(unique=True)  #: index("hhbnummer", ...)
    name_sealed: Mapped[bytes]
    name = SealedName("name_sealed")
    iban_hash: Mapped[bytes | None] = mapped_column(index=True)  #: index("iban", ...); two adults may share one
    iban_last4: Mapped[str | None]
    aanspreekvorm: Mapped[str | None]  #: which recorded form to use where a language has two; None: neutral
    daytime_only: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]]  #: in order of preference, codes of core.languages
    sense: Mapped[str] = mapped_column(default="read")  #: read | hear | both
    dutch_line: Mapped[bool] = mapped_column(default=True)  #: easy Dutch under the mother tongue
    habit_clock: Mapped[bool] = mapped_column(default=False)  #: hours counted from dawn beside ours (content.habit)
    doelgroep: Mapped[str | None]  #: nieuwkomer | gezinsmigrant | overig | arbeidsmigrant
    leerroute: Mapped[str | None]  #: b1 | onderwijs | z
    hours_course: Mapped[int] = mapped_column(default=0)  #: Z-route, of 800
    hours_participation: Mapped[int] = mapped_column(default=0)  #: Z-route, of 800
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"))
    klantmanager_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    begeleider_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    pictures_sealed: Mapped[bytes | None]
    pictures = SealedJson("pictures_sealed")  #: [first, second], 0-9 in the order of the picture list
    bijstand_start: Mapped[date | None]
    term_start: Mapped[date | None]
    term_end: Mapped[date | None]
    paused_until: Mapped[datetime | None]  #: no reason is kept
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Address(Base):
    """One place where one channel reaches somebody; several persons may share it."""

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("channel", "handle_hash"),
        Index("ix_address_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    )

    channel: Mapped[str]  #: telegram | whatsapp | sms
    handle_sealed: Mapped[bytes]
    handle = SealedHandle("handle_sealed")
    handle_hash: Mapped[bytes]  #: index(f"handle {channel}", handle)
    shared: Mapped[bool] = mapped_column(default=False)  #: also somebody else's phone: pictures before details
    dead_at: Mapped[datetime | None]
    dead_reason: Mapped[str | None]
    last_inbound_at: Mapped[datetime | None]  #: service time; opens WhatsApp's 24 hours
    created_at: Mapped[datetime]


class PersonAddress(Base):
    """That a person chose, or was given, an address."""

    __tablename__ = "person_address"
    __table_args__ = (UniqueConstraint("person_id", "address_id"), Index(None, "address_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    rank: Mapped[int] = mapped_column(default=0)  #: 0 is tried first
    verified_at: Mapped[datetime | None]  #: by card and pictures, or the first SMS answered with 1
    chosen_at: Mapped[datetime | None]  #: the person said "on this phone"
    choice_text_hash: Mapped[str | None]  #: source hash of the text that was shown with the choice
    choice_language: Mapped[str | None]
    place_in_sms: Mapped[bool] = mapped_column(default=False)  #: asked for in writing
    opted_out_at: Mapped[datetime | None]  #: STOP


class Consent(Base):
    """The log of choices: purpose, yes or no, when, shown in which text."""

    __tablename__ = "consent"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]  #: channel:<channel> | news | survey | klankbord | nazorg | voice
    given: Mapped[bool]
    at: Mapped[datetime]
    language: Mapped[str | None]
    text_hash: Mapped[str | None]


class LinkCode(Base):
    """A card: one use, seven days, locked after three wrong pictures."""

    __tablename__ = "link_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)  #: index("link", code)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    locked_at: Mapped[datetime | None]


class NameToken(Base):
    """A folded prefix (2-8 letters) of a name, for search without reading names."""

    __tablename__ = "name_token"
    __table_args__ = (UniqueConstraint("token_hash", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes]  #: index("name", prefix)
