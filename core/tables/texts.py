"""The words in force: texts with versions and approvals, updates of rolmodellen, broadcasts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.tables.base import Base


class Text(Base):
    """One version of one unit (a kind of notice, or a scene) in one language."""

    __tablename__ = "text"
    __table_args__ = (UniqueConstraint("unit", "language", "version"),)

    unit: Mapped[str]
    language: Mapped[str]
    version: Mapped[int]
    source_hash: Mapped[str]  #: of the Dutch it translates; drift is derived from it
    body: Mapped[dict[str, Any]]  #: name of message -> list of plural forms
    origin: Mapped[str]  #: release | rolmodel | vertaler | import
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str]  #: concept | submitted | approved | returned
    created_at: Mapped[datetime]


class Update(Base):
    """News written by a rolmodel, a partner or staff; it has an end day and one text per language."""

    __tablename__ = "news"

    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    #: How far its languages came: draft | submitted | approved | sent | recalled | returned; or withdrawn, for good.
    state: Mapped[str]
    day: Mapped[date | None]
    place: Mapped[str | None]
    ends_on: Mapped[date]  #: news ends by itself
    send_at: Mapped[datetime | None]  #: not before; None: as soon as it is approved
    for_place: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))  #: only who comes, or came, to this place
    for_leerroute: Mapped[str | None]  #: only b1 | onderwijs | z
    for_workshop: Mapped[UUID | None] = mapped_column(ForeignKey("workshop.id"))  #: only who signed up for this theme
    picture_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class UpdateText(Base):
    """An update in one language; a version that was sent is never changed, what corrects it is the next version."""

    __tablename__ = "news_text"
    __table_args__ = (UniqueConstraint("update_id", "language", "version"), Index(None, "dutch_id"))

    update_id: Mapped[UUID] = mapped_column(ForeignKey("news.id", ondelete="CASCADE"))
    language: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    body: Mapped[str]
    source_hash: Mapped[str]  #: SHA-256 of the body: what was approved is what is sent
    #: draft | submitted | approved | sent | recalled | returned; below: Dutch that only stands below other languages.
    state: Mapped[str]
    dutch_id: Mapped[UUID | None] = mapped_column(ForeignKey("news_text.id", ondelete="SET NULL"))  #: stands below it
    voice_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    second_approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]


class Approval(Base):
    """Who judged exactly which version, when, and how."""

    __tablename__ = "approval"
    __table_args__ = (Index(None, "text_id"), Index(None, "update_text_id"))

    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("text.id", ondelete="CASCADE"))
    update_text_id: Mapped[UUID | None] = mapped_column(ForeignKey("news_text.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    #: approved | cosigned (the language has one speaker) | second | returned | undone (taken back in time) | below (the
    #: Dutch below what was approved).
    verdict: Mapped[str]
    source_hash: Mapped[str]
    reason: Mapped[str | None]
    voice_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))  #: the reason, spoken
    at: Mapped[datetime]


class Broadcast(Base):
    """One approved update text on its way to its audience; the audience is written exactly once."""

    __tablename__ = "broadcast"

    update_text_id: Mapped[UUID] = mapped_column(ForeignKey("news_text.id", ondelete="CASCADE"), unique=True)
    language: Mapped[str]
    due: Mapped[datetime]  #: two minutes after approval, or later: until then it can be undone
    #: planned | done | withdrawn; after a recall: recalled (waits for the right text), telling (at `due` people hear
    #: that it was wrong), told.
    state: Mapped[str]
    listeners: Mapped[int | None]  #: size of the audience, once written
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recalled_at: Mapped[datetime | None]
    recalled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    corrected_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("news_text.id")
    )  #: what the same people were told instead
    created_at: Mapped[datetime]


class MinorEdit(Base):
    """That today's Dutch of a unit says the same as an earlier one: approvals of the earlier one stay."""

    __tablename__ = "minor_edit"
    __table_args__ = (UniqueConstraint("unit", "old_hash", "new_hash"),)

    unit: Mapped[str]
    old_hash: Mapped[str]
    new_hash: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Understanding(Base):
    """Whether a person understood a text, asked once per person and version of it."""

    __tablename__ = "understanding"
    __table_args__ = (
        UniqueConstraint("person_id", "unit", "language", "text_hash"),
        Index(None, "unit", "language", "text_hash"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    unit: Mapped[str]
    language: Mapped[str]
    text_hash: Mapped[str]  #: of the words in this language
    answer: Mapped[str | None]  #: clear | unclear | call; None: asked, and not answered or only counted by now
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Understood(Base):
    """What people answered about a text longer ago, as counts without people."""

    __tablename__ = "understood"
    __table_args__ = (UniqueConstraint("unit", "language", "text_hash"),)

    unit: Mapped[str]
    language: Mapped[str]
    text_hash: Mapped[str]  #: of the words in this language
    clear: Mapped[int]
    unclear: Mapped[int]
    calls: Mapped[int]
    counted_at: Mapped[datetime]  #: when the last answer was added
