"""Voices, questions that rolmodellen answer, who hears which news, and whether texts are understood."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("chat", sa.Column("answered", sa.LargeBinary(), nullable=True))
    op.create_table(
        "media",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
    )
    op.create_index("ix_media_sha256", "media", ["sha256"], unique=False)
    op.create_table(
        "clip",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("speaker_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name="fk_clip_checked_by"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_clip_media_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["speaker_id"], ["account.id"], name="fk_clip_speaker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_clip"),
        sa.UniqueConstraint(
            "language", "key", "text_hash", "speaker_id", name="uq_clip_language_key_text_hash_speaker_id"
        ),
    )
    op.create_index("ix_clip_speaker_id", "clip", ["speaker_id"], unique=False)
    op.create_table(
        "duty",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_duty_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_account_id_ends_at", "duty", ["account_id", "ends_at"], unique=False)
    op.create_table(
        "leave",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_leave_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_leave"),
    )
    op.create_index("ix_leave_account_id", "leave", ["account_id"], unique=False)
    op.create_table(
        "minor_edit",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("old_hash", sa.Text(), nullable=False),
        sa.Column("new_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_minor_edit_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_minor_edit"),
        sa.UniqueConstraint("unit", "old_hash", "new_hash", name="uq_minor_edit_unit_old_hash_new_hash"),
    )
    op.create_table(
        "volunteer_time",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_volunteer_time_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_volunteer_time"),
    )
    op.create_index("ix_volunteer_time_account_id_at", "volunteer_time", ["account_id", "at"], unique=False)
    op.create_table(
        "question",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("rolmodel_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_media_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name="fk_question_address_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["answer_media_id"], ["media.id"], name="fk_question_answer_media_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_question_media_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_question_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rolmodel_id"], ["account.id"], name="fk_question_rolmodel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("number", name="uq_question_number"),
    )
    op.create_index("ix_question_address_id", "question", ["address_id"], unique=False)
    op.create_index("ix_question_person_id", "question", ["person_id"], unique=False)
    op.create_index(
        "ix_question_waiting",
        "question",
        ["due"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'taken', 'asking')"),
    )
    op.create_table(
        "simulator_file",
        sa.Column("phone_id", sa.Uuid(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["simulator_phone.id"], name="fk_simulator_file_phone_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_simulator_file"),
    )
    op.create_index("ix_simulator_file_phone_id", "simulator_file", ["phone_id"], unique=False)
    op.create_table(
        "understanding",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_understanding_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_understanding"),
        sa.UniqueConstraint(
            "person_id", "unit", "language", "text_hash", name="uq_understanding_person_id_unit_language_text_hash"
        ),
    )
    op.create_index(
        "ix_understanding_unit_language_text_hash", "understanding", ["unit", "language", "text_hash"], unique=False
    )
    op.create_table(
        "understood",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("clear", sa.Integer(), nullable=False),
        sa.Column("unclear", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_understood"),
        sa.UniqueConstraint("unit", "language", "text_hash", name="uq_understood_unit_language_text_hash"),
    )
    op.add_column("inbox", sa.Column("message", sa.Text(), nullable=True))
    op.add_column("broadcast", sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("broadcast", sa.Column("recalled_by", sa.Uuid(), nullable=True))
    op.add_column("broadcast", sa.Column("corrected_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_broadcast_corrected_by", "broadcast", "news_text", ["corrected_by"], ["id"])
    op.create_foreign_key("fk_broadcast_recalled_by", "broadcast", "account", ["recalled_by"], ["id"])
    op.add_column("person", sa.Column("habit_clock", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("person", "habit_clock", server_default=None)
    op.add_column("news", sa.Column("send_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("news", sa.Column("for_place", sa.Uuid(), nullable=True))
    op.add_column("news", sa.Column("for_leerroute", sa.Text(), nullable=True))
    op.add_column("news", sa.Column("for_workshop", sa.Uuid(), nullable=True))
    op.add_column("news", sa.Column("picture_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_news_for_place", "news", "place", ["for_place"], ["id"])
    op.create_foreign_key("fk_news_for_workshop", "news", "workshop", ["for_workshop"], ["id"])
    op.create_foreign_key("fk_news_picture_id", "news", "media", ["picture_id"], ["id"], ondelete="SET NULL")
    op.add_column("news_text", sa.Column("voice_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_news_text_voice_id", "news_text", "media", ["voice_id"], ["id"], ondelete="SET NULL")
    op.add_column("approval", sa.Column("voice_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_approval_voice_id", "approval", "media", ["voice_id"], ["id"], ondelete="SET NULL")
    op.add_column("news_text", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("news_text", "version", server_default=None)
    op.drop_constraint("uq_news_text_update_id_language", "news_text", type_="unique")
    op.create_unique_constraint(
        "uq_news_text_update_id_language_version", "news_text", ["update_id", "language", "version"]
    )
    op.add_column("news_text", sa.Column("dutch_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_news_text_dutch_id", "news_text", "news_text", ["dutch_id"], ["id"], ondelete="SET NULL")
    op.create_index("ix_news_text_dutch_id", "news_text", ["dutch_id"], unique=False)
    op.create_index(
        "ix_delivery_says",
        "delivery",
        ["text_hash"],
        unique=False,
        postgresql_where=sa.text("reply_id IS NOT NULL AND text_hash IS NOT NULL"),
    )
    # Until now the Dutch beside another language was never sent by itself, and one language went to all it was for.
    op.execute(
        "UPDATE news_text AS own SET dutch_id = dutch.id FROM news_text AS dutch "
        "WHERE dutch.update_id = own.update_id AND dutch.language = 'nl' AND own.language <> 'nl'"
    )
    op.execute("UPDATE news_text SET state = 'below' WHERE id IN (SELECT dutch_id FROM news_text)")
    op.execute(
        "UPDATE news_text SET state = 'sent' FROM news "
        "WHERE news.id = news_text.update_id AND news.state = 'sent' AND news_text.state <> 'below'"
    )
    op.execute(
        "INSERT INTO approval (id, update_text_id, account_id, verdict, source_hash, at) "
        "SELECT uuidv7(), dutch.id, own.approver_id, 'below', dutch.source_hash, coalesce(own.approved_at, now()) "
        "FROM news_text AS own JOIN news_text AS dutch ON dutch.id = own.dutch_id WHERE own.approver_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("chat", "answered")
    op.execute("UPDATE broadcast SET corrected_by = NULL")
    op.execute("DELETE FROM news_text WHERE version > 1")
    op.execute("DELETE FROM approval WHERE verdict = 'below'")
    op.execute("UPDATE news_text SET state = 'approved' WHERE state IN ('sent', 'recalled', 'below')")
    op.drop_index(
        "ix_delivery_says",
        table_name="delivery",
        postgresql_where=sa.text("reply_id IS NOT NULL AND text_hash IS NOT NULL"),
    )
    op.drop_index("ix_news_text_dutch_id", table_name="news_text")
    op.drop_constraint("fk_news_text_dutch_id", "news_text", type_="foreignkey")
    op.drop_column("news_text", "dutch_id")
    op.drop_constraint("uq_news_text_update_id_language_version", "news_text", type_="unique")
    op.create_unique_constraint("uq_news_text_update_id_language", "news_text", ["update_id", "language"])
    op.drop_column("news_text", "version")
    op.drop_column("person", "habit_clock")
    op.drop_constraint("fk_approval_voice_id", "approval", type_="foreignkey")
    op.drop_column("approval", "voice_id")
    op.drop_constraint("fk_news_text_voice_id", "news_text", type_="foreignkey")
    op.drop_column("news_text", "voice_id")
    op.drop_constraint("fk_news_picture_id", "news", type_="foreignkey")
    op.drop_constraint("fk_news_for_workshop", "news", type_="foreignkey")
    op.drop_constraint("fk_news_for_place", "news", type_="foreignkey")
    op.drop_column("news", "picture_id")
    op.drop_column("news", "for_workshop")
    op.drop_column("news", "for_leerroute")
    op.drop_column("news", "for_place")
    op.drop_column("news", "send_at")
    op.drop_constraint("fk_broadcast_recalled_by", "broadcast", type_="foreignkey")
    op.drop_constraint("fk_broadcast_corrected_by", "broadcast", type_="foreignkey")
    op.drop_column("broadcast", "corrected_by")
    op.drop_column("broadcast", "recalled_by")
    op.drop_column("broadcast", "recalled_at")
    op.drop_column("inbox", "message")
    op.drop_table("understood")
    op.drop_index("ix_understanding_unit_language_text_hash", table_name="understanding")
    op.drop_table("understanding")
    op.drop_index("ix_simulator_file_phone_id", table_name="simulator_file")
    op.drop_table("simulator_file")
    op.drop_index(
        "ix_question_waiting",
        table_name="question",
        postgresql_where=sa.text("state IN ('waiting', 'taken', 'asking')"),
    )
    op.drop_index("ix_question_person_id", table_name="question")
    op.drop_index("ix_question_address_id", table_name="question")
    op.drop_table("question")
    op.drop_index("ix_volunteer_time_account_id_at", table_name="volunteer_time")
    op.drop_table("volunteer_time")
    op.drop_table("minor_edit")
    op.drop_index("ix_leave_account_id", table_name="leave")
    op.drop_table("leave")
    op.drop_index("ix_duty_account_id_ends_at", table_name="duty")
    op.drop_table("duty")
    op.drop_index("ix_clip_speaker_id", table_name="clip")
    op.drop_table("clip")
    op.drop_index("ix_media_sha256", table_name="media")
    op.drop_table("media")
