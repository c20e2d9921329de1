"""The queue of things said to people, and the attempts to say them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedJson, SealedText
from core.tables.base import Base

#: As the server writes it down, so that the schema can be compared with it.
_IS_OPEN = "state = ANY (ARRAY['planned'::text, 'claimed'::text, 'handing'::text])"

#: Rows whose words are wiped in time (scheduler.wiping); written out, so that a query is seen to fit its index.
WAS_SAID = "text_sealed IS NOT NULL AND state <> 'handing'"
IS_OVER = "variables_sealed IS NOT NULL AND NOT is_open"

#: From this moment on a notice isn't said again.
LAST_SAID = "COALESCE(use_by, due)"


class Notice(Base):
    """One thing said to one person; its state derives from its deliveries."""

    __tablename__ = "notice"
    __table_args__ = (
        # No index holds a state, a lease or a token: on its way through the queue a row changes in its own page
        # and no index is written (a HOT update), and pages are filled by half to leave room for that.
        Index("uq_notice_open_step", "person_id", "source_id", "step", unique=True, postgresql_where=text("is_open")),
        Index("ix_notice_due", "priority", "due", "use_by", postgresql_where=text("is_open")),
        Index("ix_notice_source", "source_id"),
        Index("ix_notice_person", "person_id", "sent_at"),
        Index("ix_notice_words", text(LAST_SAID), postgresql_where=text(IS_OVER)),
        # What a person has due or in hand, without reading the months ahead of her.
        Index("ix_notice_waiting", "person_id", "due", postgresql_where=text("is_open")),
        {"postgresql_with": {"fillfactor": 50}},
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str]  #: appointment | workshop | leefgeld | term | week | update | answer | survey | work
    step: Mapped[str]  #: announced, week, day, hours, changed ...; empty where the kind has no steps
    source_kind: Mapped[str]  #: the table the news is about: appointment, workshop_session, payment ...
    source_id: Mapped[UUID]
    source_version: Mapped[int] = mapped_column(default=1)
    doubt: Mapped[str]  #: once_more | never | staff: what happens when the provider's answer is lost
    due: Mapped[datetime]
    use_by: Mapped[datetime | None]  #: nothing is sent from this moment on
    priority: Mapped[int] = mapped_column(SmallInteger)  #: 1 urgent change, 2 single notice, 3 bulk
    variables_sealed: Mapped[bytes | None]
    #: Values of the push, as content.values writes them; kept until 7 days after it may be said again.
    variables = SealedJson("variables_sealed")
    state: Mapped[str] = mapped_column(default="planned")
    #: It waits or is on its way; a query that looks for such rows names this too, or finds no index.
    is_open: Mapped[bool] = mapped_column(Computed(_IS_OPEN, persisted=True))
    reason: Mapped[str | None]  #: a code of scheduler.reasons, in words for staff
    lead_id: Mapped[UUID | None]  #: the notice that this one was joined to
    again: Mapped[bool] = mapped_column(default=False)  #: sent once more, after doubt or elsewhere, and says so
    avoid: Mapped[list[UUID] | None]  #: addresses where it was said in vain; set: it goes once to another one
    lease_until: Mapped[datetime | None]  #: real time
    token: Mapped[UUID | None]  #: of the claim that holds it
    retry_at: Mapped[datetime | None]  #: real time; a provider asked us to wait, or a call failed
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  #: service time
    answered_at: Mapped[datetime | None]


class Delivery(Base):
    """One attempt of a notice or a reply on one address."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "notice_id", postgresql_where=text("notice_id IS NOT NULL")),
        Index(None, "reply_id", postgresql_where=text("reply_id IS NOT NULL")),
        Index("ix_delivery_provider", "provider_id", postgresql_where=text("provider_id IS NOT NULL")),
        Index("ix_delivery_address", "address_id", "handed_at"),
        Index("ix_delivery_words", "handed_at", postgresql_where=text(WAS_SAID)),
        Index("ix_delivery_texts", "handed_at", postgresql_where=text("channel = 'sms'")),
        # Answers with somebody's own words (news): found when those are recalled.
        Index("ix_delivery_says", "text_hash", postgresql_where=text("reply_id IS NOT NULL AND text_hash IS NOT NULL")),
        Index("ix_delivery_unsure", "handed_at", postgresql_where=text("state = 'unsure'")),
        Index(
            "ix_delivery_held",
            "handed_at",
            postgresql_where=text("forgotten_at IS NULL AND provider_id IS NOT NULL AND channel <> 'telegram'"),
        ),
    )

    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"))
    reply_id: Mapped[UUID | None] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    channel: Mapped[str]
    attempt: Mapped[int] = mapped_column(SmallInteger, default=1)
    state: Mapped[str]  #: handing | sent | delivered | read | failed | unsure
    provider_id: Mapped[str | None]  #: message id at the provider
    provider_code: Mapped[str | None]
    reason: Mapped[str | None]  #: code of scheduler.reasons
    language: Mapped[str]
    text_sealed: Mapped[bytes | None]
    text = SealedText("text_sealed")  #: what was said, kept 7 days
    text_hash: Mapped[str | None]  #: source hash of the unit that was said; of an answer: of the news in it
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    cost_microeuro: Mapped[int | None]
    handed_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]  #: the provider deleted its copy
