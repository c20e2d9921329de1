"""The first schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)
    op.create_table(
        "address",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("handle_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_reason", sa.Text(), nullable=True),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("channel", "handle_hash", name=op.f("uq_address_channel_handle_hash")),
    )
    op.create_index(
        "ix_address_dead", "address", ["dead_at"], unique=False, postgresql_where=sa.text("dead_at IS NOT NULL")
    )
    op.create_table(
        "audit_entry",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("month", "n", name=op.f("uq_audit_entry_month_n")),
    )
    op.create_index(op.f("ix_audit_entry_object_id"), "audit_entry", ["object_id"], unique=False)
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("opening", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_state")),
        sa.UniqueConstraint("channel", name=op.f("uq_channel_state_channel")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
        sa.UniqueConstraint("process", name=op.f("uq_heartbeat_process")),
    )
    op.create_table(
        "hold",
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    op.create_table(
        "inbox",
        sa.Column("n", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("payload_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.Column("sender_hash", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "provider_id", name=op.f("uq_inbox_channel_provider_id")),
    )
    op.create_index(
        "ix_inbox_held",
        "inbox",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("forgotten_at IS NULL AND sender_hash IS NOT NULL AND channel <> 'telegram'"),
    )
    op.create_index(
        "ix_inbox_sender",
        "inbox",
        ["sender_hash", "received_at"],
        unique=False,
        postgresql_where=sa.text("sender_hash IS NOT NULL"),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["n"], unique=False, postgresql_where=sa.text("handled_at IS NULL"))
    op.create_table(
        "media_ref",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_ref")),
        sa.UniqueConstraint("channel", "sha256", name=op.f("uq_media_ref_channel_sha256")),
    )
    op.create_table(
        "partner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "place",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("name", name=op.f("uq_place_name")),
    )
    op.create_table(
        "rate_slot",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_slot")),
        sa.UniqueConstraint("key", name=op.f("uq_rate_slot_key")),
    )
    op.create_table(
        "service_clock",
        sa.Column("offset", sa.Interval(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_clock")),
    )
    op.create_table(
        "simulator_phone",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("handle_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulator_phone")),
        sa.UniqueConstraint("channel", "handle_hash", name=op.f("uq_simulator_phone_channel_handle_hash")),
    )
    op.create_table(
        "source_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message_hash", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_file")),
    )
    op.create_index(op.f("ix_source_file_message_hash"), "source_file", ["message_hash"], unique=False)
    op.create_index(op.f("ix_source_file_sha256"), "source_file", ["sha256"], unique=False)
    op.create_table(
        "template_state",
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content_sid", sa.Text(), nullable=True),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("waiting_sid", sa.Text(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_state")),
        sa.UniqueConstraint("template", "language", name=op.f("uq_template_state_template_language")),
    )
    op.create_table(
        "chat",
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("state_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_chat_address_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("address_id", name=op.f("uq_chat_address_id")),
    )
    op.create_table(
        "news",
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_news_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )
    op.create_table(
        "person",
        sa.Column("klantnummer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("klantnummer_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hhbnummer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hhbnummer_hash", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("iban_hash", sa.LargeBinary(), nullable=True),
        sa.Column("iban_last4", sa.Text(), nullable=True),
        sa.Column("aanspreekvorm", sa.Text(), nullable=True),
        sa.Column("daytime_only", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sense", sa.Text(), nullable=False),
        sa.Column("dutch_line", sa.Boolean(), nullable=False),
        sa.Column("doelgroep", sa.Text(), nullable=True),
        sa.Column("leerroute", sa.Text(), nullable=True),
        sa.Column("hours_course", sa.Integer(), nullable=False),
        sa.Column("hours_participation", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("klantmanager_id", sa.Uuid(), nullable=True),
        sa.Column("begeleider_id", sa.Uuid(), nullable=True),
        sa.Column("pictures_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bijstand_start", sa.Date(), nullable=True),
        sa.Column("term_start", sa.Date(), nullable=True),
        sa.Column("term_end", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["begeleider_id"], ["account.id"], name=op.f("fk_person_begeleider_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_person_household_id")),
        sa.ForeignKeyConstraint(["klantmanager_id"], ["account.id"], name=op.f("fk_person_klantmanager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("hhbnummer_hash", name=op.f("uq_person_hhbnummer_hash")),
        sa.UniqueConstraint("klantnummer_hash", name=op.f("uq_person_klantnummer_hash")),
    )
    op.create_index(op.f("ix_person_begeleider_id"), "person", ["begeleider_id"], unique=False)
    op.create_index(op.f("ix_person_iban_hash"), "person", ["iban_hash"], unique=False)
    op.create_index(op.f("ix_person_klantmanager_id"), "person", ["klantmanager_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("n", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("message_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_reply_address_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
    )
    op.create_index(op.f("ix_reply_address_id"), "reply", ["address_id"], unique=False)
    op.create_index(
        "ix_reply_waiting",
        "reply",
        ["n"],
        unique=False,
        postgresql_where=sa.text("state IN ('planned', 'claimed', 'handing')"),
    )
    op.create_table(
        "simulator_message",
        sa.Column("phone_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["simulator_phone.id"], name=op.f("fk_simulator_message_phone_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulator_message")),
        sa.UniqueConstraint("phone_id", "n", name=op.f("uq_simulator_message_phone_id_n")),
    )
    op.create_table(
        "staff_session",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False)
    op.create_table(
        "text",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_text_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text")),
        sa.UniqueConstraint("unit", "language", "version", name=op.f("uq_text_unit_language_version")),
    )
    op.create_table(
        "workshop",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("leefgebied", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("counts_for", sa.Text(), nullable=True),
        sa.Column("excursie", sa.Boolean(), nullable=False),
        sa.Column("kernwaarde", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("open_activity", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_workshop_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("title", name=op.f("uq_workshop_title")),
    )
    op.create_table(
        "appointment",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wall_time", sa.DateTime(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("with_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tolk", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appointment_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_person_id_starts_at"), "appointment", ["person_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_appointment_starts_at"), "appointment", ["starts_at"], unique=False)
    op.create_table(
        "consent",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_deadline_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(op.f("ix_deadline_person_id_kind"), "deadline", ["person_id", "kind"], unique=False)
    op.create_table(
        "fixed_cost",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("source_file_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_fixed_cost_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_file_id"], ["source_file.id"], name=op.f("fk_fixed_cost_source_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixed_cost")),
        sa.UniqueConstraint("person_id", "cost", "month", name=op.f("uq_fixed_cost_person_id_cost_month")),
    )
    op.create_table(
        "link_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_code_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_link_code_code_hash")),
    )
    op.create_index(op.f("ix_link_code_person_id"), "link_code", ["person_id"], unique=False)
    op.create_table(
        "name_token",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_name_token_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_token")),
        sa.UniqueConstraint("token_hash", "person_id", name=op.f("uq_name_token_token_hash_person_id")),
    )
    op.create_index(op.f("ix_name_token_person_id"), "name_token", ["person_id"], unique=False)
    op.create_table(
        "news_text",
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("second_approver_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["account.id"], name=op.f("fk_news_text_approver_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_news_text_author_id")),
        sa.ForeignKeyConstraint(["second_approver_id"], ["account.id"], name=op.f("fk_news_text_second_approver_id")),
        sa.ForeignKeyConstraint(["update_id"], ["news.id"], name=op.f("fk_news_text_update_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_text")),
        sa.UniqueConstraint("update_id", "language", name=op.f("uq_news_text_update_id_language")),
    )
    op.create_table(
        "notice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("variables_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("avoid", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_due", "notice", ["priority", "due"], unique=False, postgresql_where=sa.text("state = 'planned'")
    )
    op.create_index(
        "ix_notice_lease",
        "notice",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('claimed', 'handing')"),
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "state"], unique=False)
    op.create_index("ix_notice_source", "notice", ["source_kind", "source_id"], unique=False)
    op.create_index(
        "uq_notice_open_step",
        "notice",
        ["person_id", "source_id", "step"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'claimed', 'handing')"),
    )
    op.create_table(
        "payment",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("amount_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reference_hash", sa.LargeBinary(), nullable=True),
        sa.Column("iban_hash", sa.LargeBinary(), nullable=True),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_file_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payment_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_file_id"], ["source_file.id"], name=op.f("fk_payment_source_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("person_id", "reference_hash", name=op.f("uq_payment_person_id_reference_hash")),
    )
    op.create_index(op.f("ix_payment_person_id_expected_on"), "payment", ["person_id", "expected_on"], unique=False)
    op.create_index(op.f("ix_payment_reference_hash"), "payment", ["reference_hash"], unique=False)
    op.create_index(op.f("ix_payment_status_expected_on"), "payment", ["status", "expected_on"], unique=False)
    op.create_table(
        "person_address",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choice_text_hash", sa.Text(), nullable=True),
        sa.Column("choice_language", sa.Text(), nullable=True),
        sa.Column("place_in_sms", sa.Boolean(), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_person_address_address_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_address_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_address")),
        sa.UniqueConstraint("person_id", "address_id", name=op.f("uq_person_address_person_id_address_id")),
    )
    op.create_index(op.f("ix_person_address_address_id"), "person_address", ["address_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tolk", sa.Boolean(), nullable=False),
        sa.Column("call", sa.Boolean(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_how", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_task_closed_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_task_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stand_in_id"], ["account.id"], name=op.f("fk_task_stand_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_open", "task", ["due"], unique=False, postgresql_where=sa.text("closed_at IS NULL"))
    op.create_index(op.f("ix_task_owner_id"), "task", ["owner_id"], unique=False)
    op.create_index(op.f("ix_task_person_id"), "task", ["person_id"], unique=False)
    op.create_table(
        "workshop_session",
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("wall_time", sa.DateTime(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("childcare", sa.Boolean(), nullable=False),
        sa.Column("women_only", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("door_code", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_workshop_session_place_id")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_session_workshop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_session")),
    )
    op.create_index(op.f("ix_workshop_session_starts_at"), "workshop_session", ["starts_at"], unique=False)
    op.create_index(op.f("ix_workshop_session_workshop_id"), "workshop_session", ["workshop_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("update_text_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_approval_account_id")),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_approval_text_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["update_text_id"], ["news_text.id"], name=op.f("fk_approval_update_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_text_id"), "approval", ["text_id"], unique=False)
    op.create_index(op.f("ix_approval_update_text_id"), "approval", ["update_text_id"], unique=False)
    op.create_table(
        "broadcast",
        sa.Column("update_text_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("listeners", sa.Integer(), nullable=True),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["planned_by"], ["account.id"], name=op.f("fk_broadcast_planned_by")),
        sa.ForeignKeyConstraint(
            ["update_text_id"], ["news_text.id"], name=op.f("fk_broadcast_update_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("update_text_id", name=op.f("uq_broadcast_update_text_id")),
    )
    op.create_table(
        "delivery",
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("provider_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), nullable=True),
        sa.Column("cost_microeuro", sa.Integer(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_delivery_address_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_delivery_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_address", "delivery", ["address_id", "handed_at"], unique=False)
    op.create_index(
        "ix_delivery_held",
        "delivery",
        ["handed_at"],
        unique=False,
        postgresql_where=sa.text("forgotten_at IS NULL AND provider_id IS NOT NULL AND channel <> 'telegram'"),
    )
    op.create_index(op.f("ix_delivery_notice_id"), "delivery", ["notice_id"], unique=False)
    op.create_index("ix_delivery_provider", "delivery", ["provider_id"], unique=False)
    op.create_index(op.f("ix_delivery_reply_id"), "delivery", ["reply_id"], unique=False)
    op.create_index(
        "ix_delivery_unsure", "delivery", ["handed_at"], unique=False, postgresql_where=sa.text("state = 'unsure'")
    )
    op.create_table(
        "enrolment",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_enrolment_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_enrolment_session_id_person_id")),
    )
    op.create_index(op.f("ix_enrolment_person_id"), "enrolment", ["person_id"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attendance_enrolment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_attendance_enrolment_id")),
    )
    op.create_foreign_key("fk_account_person_id", "account", "person", ["person_id"], ["id"])
    op.create_foreign_key("fk_account_partner_id", "account", "partner", ["partner_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_account_person_id", "account")
    op.drop_constraint("fk_account_partner_id", "account")
    op.drop_table("attendance")
    op.drop_index(op.f("ix_enrolment_person_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index("ix_delivery_unsure", table_name="delivery", postgresql_where=sa.text("state = 'unsure'"))
    op.drop_index(op.f("ix_delivery_reply_id"), table_name="delivery")
    op.drop_index("ix_delivery_provider", table_name="delivery")
    op.drop_index(op.f("ix_delivery_notice_id"), table_name="delivery")
    op.drop_index(
        "ix_delivery_held",
        table_name="delivery",
        postgresql_where=sa.text("forgotten_at IS NULL AND provider_id IS NOT NULL AND channel <> 'telegram'"),
    )
    op.drop_index("ix_delivery_address", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("broadcast")
    op.drop_index(op.f("ix_approval_update_text_id"), table_name="approval")
    op.drop_index(op.f("ix_approval_text_id"), table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_workshop_session_workshop_id"), table_name="workshop_session")
    op.drop_index(op.f("ix_workshop_session_starts_at"), table_name="workshop_session")
    op.drop_table("workshop_session")
    op.drop_index(op.f("ix_task_person_id"), table_name="task")
    op.drop_index(op.f("ix_task_owner_id"), table_name="task")
    op.drop_index("ix_task_open", table_name="task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_table("task")
    op.drop_index(op.f("ix_person_address_address_id"), table_name="person_address")
    op.drop_table("person_address")
    op.drop_index(op.f("ix_payment_status_expected_on"), table_name="payment")
    op.drop_index(op.f("ix_payment_reference_hash"), table_name="payment")
    op.drop_index(op.f("ix_payment_person_id_expected_on"), table_name="payment")
    op.drop_table("payment")
    op.drop_index(
        "uq_notice_open_step",
        table_name="notice",
        postgresql_where=sa.text("state IN ('planned', 'claimed', 'handing')"),
    )
    op.drop_index("ix_notice_source", table_name="notice")
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_index("ix_notice_lease", table_name="notice", postgresql_where=sa.text("state IN ('claimed', 'handing')"))
    op.drop_index("ix_notice_due", table_name="notice", postgresql_where=sa.text("state = 'planned'"))
    op.drop_table("notice")
    op.drop_table("news_text")
    op.drop_index(op.f("ix_name_token_person_id"), table_name="name_token")
    op.drop_table("name_token")
    op.drop_index(op.f("ix_link_code_person_id"), table_name="link_code")
    op.drop_table("link_code")
    op.drop_table("fixed_cost")
    op.drop_index(op.f("ix_deadline_person_id_kind"), table_name="deadline")
    op.drop_table("deadline")
    op.drop_index(op.f("ix_consent_person_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_appointment_starts_at"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_person_id_starts_at"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("workshop")
    op.drop_table("text")
    op.drop_index(op.f("ix_staff_session_account_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("simulator_message")
    op.drop_index(
        "ix_reply_waiting", table_name="reply", postgresql_where=sa.text("state IN ('planned', 'claimed', 'handing')")
    )
    op.drop_index(op.f("ix_reply_address_id"), table_name="reply")
    op.drop_table("reply")
    op.drop_index(op.f("ix_person_klantmanager_id"), table_name="person")
    op.drop_index(op.f("ix_person_iban_hash"), table_name="person")
    op.drop_index(op.f("ix_person_begeleider_id"), table_name="person")
    op.drop_table("person")
    op.drop_table("news")
    op.drop_table("chat")
    op.drop_table("template_state")
    op.drop_index(op.f("ix_source_file_sha256"), table_name="source_file")
    op.drop_index(op.f("ix_source_file_message_hash"), table_name="source_file")
    op.drop_table("source_file")
    op.drop_table("simulator_phone")
    op.drop_table("service_clock")
    op.drop_table("rate_slot")
    op.drop_table("place")
    op.drop_table("partner")
    op.drop_table("media_ref")
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where=sa.text("handled_at IS NULL"))
    op.drop_index("ix_inbox_sender", table_name="inbox", postgresql_where=sa.text("sender_hash IS NOT NULL"))
    op.drop_index(
        "ix_inbox_held",
        table_name="inbox",
        postgresql_where=sa.text("forgotten_at IS NULL AND sender_hash IS NOT NULL AND channel <> 'telegram'"),
    )
    op.drop_table("inbox")
    op.drop_table("household")
    op.drop_table("hold")
    op.drop_table("heartbeat")
    op.drop_table("channel_state")
    op.drop_index(op.f("ix_audit_entry_object_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_address_dead", table_name="address", postgresql_where=sa.text("dead_at IS NOT NULL"))
    op.drop_table("address")
    op.drop_index(op.f("ix_account_person_id"), table_name="account")
    op.drop_table("account")
