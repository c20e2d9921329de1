"""What came in, where each conversation stands, and what goes back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedJson
from core.tables.base import Base

#: Rows whose words are wiped in time (scheduler.wiping); written out, so that a query is seen to fit its index.
IS_HANDLED = "payload_sealed IS NOT NULL AND handled_at IS NOT NULL"
IS_ENDED = "message_sealed IS NOT NULL AND state <> ALL (ARRAY['planned'::text, 'claimed'::text, 'handing'::text])"


class Inbox(Base):
    """A raw update, stored before the provider hears that we have it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbox_waiting", "chat", "n", postgresql_where=text("handled_at IS NULL")),
        Index("ix_inbox_sender", "sender_hash", "received_at", "n", postgresql_where=text("sender_hash IS NOT NULL")),
        Index(
            "ix_inbox_held",
            "received_at",
            postgresql_where=text("forgotten_at IS NULL AND sender_hash IS NOT NULL AND channel <> 'telegram'"),
        ),
        Index("ix_inbox_words", "received_at", postgresql_where=text(IS_HANDLED)),
    )

    n: Mapped[int] = mapped_column(Identity(always=True))  #: order of arrival
    #: Key of the chat it belongs to (core.addresses.chat_key): one at a time of each, in order. Below zero: a chat
    #: of its own, so in any order; 0: stored before there were keys.
    chat: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    channel: Mapped[str]
    provider_id: Mapped[str]  #: unique at the provider: update id, MessageSid, MessageSid + status
    payload_sealed: Mapped[bytes | None]
    payload = SealedJson("payload_sealed")  #: kept 7 days, of an unknown sender 24 hours
    received_at: Mapped[datetime]  #: service time
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)  #: counted before the work
    failed: Mapped[str | None]  #: name of the error, once given up
    sender_hash: Mapped[bytes | None]  #: of the handle that wrote it, once read; None for receipts
    text_hash: Mapped[bytes | None]  #: of what was typed, to notice a machine that repeats itself
    #: The provider's number of the person's own message, where the channel can delete it: for [wipe this].
    message: Mapped[str | None]
    #: In a flood of its sender: how many urgent words were answered since it began. None: all was calm.
    flood: Mapped[int | None] = mapped_column(SmallInteger)
    forgotten_at: Mapped[datetime | None]  #: the provider deleted its copy


class Chat(Base):
    """Where the conversation on one address stands; its row is the lock that keeps order."""

    __tablename__ = "chat"

    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"), unique=True)
    scene: Mapped[str] = mapped_column(default="")  #: the scene that hears free text now
    state_sealed: Mapped[bytes | None]
    state = SealedJson("state_sealed")  #: what the scene remembers
    language: Mapped[str | None]  #: chosen before a person is known
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)  #: what can be answered now: typed number -> action
    person_id: Mapped[UUID | None]  #: who opened a shared phone with the pictures
    open_until: Mapped[datetime | None]
    closed_until: Mapped[datetime | None]  #: after three wrong pictures
    #: Look-up value of the button that was tapped last and its bubble, where the answer doesn't offer it any more.
    answered: Mapped[bytes | None]
    updated_at: Mapped[datetime]


class Reply(Base):
    """An answer on its way: rendered, in order, sent by the worker before any notice."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("ix_reply_waiting", "n", postgresql_where=text("state IN ('planned', 'claimed', 'handing')")),
        Index(None, "address_id"),
        Index("ix_reply_words", "created_at", postgresql_where=text(IS_ENDED)),
    )

    n: Mapped[int] = mapped_column(Identity(always=True))  #: order within a chat
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    message_sealed: Mapped[bytes | None]
    message = SealedJson("message_sealed")  #: messaging.channel.Outgoing without its handle, as JSON; kept 7 days
    language: Mapped[str]
    due: Mapped[datetime]  #: service time; later than now: closing opened details
    closes: Mapped[str | None]  #: provider id of the bubble it closes
    state: Mapped[str] = mapped_column(
        default="planned"
    )  #: planned | claimed | handing | sent | failed | unsure | withdrawn
    reason: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[UUID | None]
    retry_at: Mapped[datetime | None]  #: real time; a provider asked us to wait, or a call failed
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
