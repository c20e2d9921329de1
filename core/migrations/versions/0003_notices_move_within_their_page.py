"""A notice goes through the queue without a write to any index; indexes of attempts hold only what has a value."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = "state = ANY (ARRAY['planned'::text, 'claimed'::text, 'handing'::text])"


def upgrade() -> None:
    for name in ("uq_notice_open_step", "ix_notice_due", "ix_notice_lease", "ix_notice_source", "ix_notice_person"):
        op.drop_index(name, table_name="notice")
    # First: the new column writes the table anew, and then by half.
    op.execute("ALTER TABLE notice SET (fillfactor = 50)")
    op.add_column("notice", sa.Column("is_open", sa.Boolean(), sa.Computed(_OPEN, persisted=True), nullable=False))
    is_open = sa.text("is_open")
    step = ["person_id", "source_id", "step"]
    op.create_index("uq_notice_open_step", "notice", step, unique=True, postgresql_where=is_open)
    op.create_index("ix_notice_due", "notice", ["priority", "due", "use_by"], postgresql_where=is_open)
    op.create_index("ix_notice_source", "notice", ["source_id"])
    op.create_index("ix_notice_person", "notice", ["person_id", "sent_at"])
    for name, column in (
        ("ix_delivery_notice_id", "notice_id"),
        ("ix_delivery_reply_id", "reply_id"),
        ("ix_delivery_provider", "provider_id"),
    ):
        op.drop_index(name, table_name="delivery")
        op.create_index(name, "delivery", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
    texts = sa.text("channel = 'sms'")
    op.create_index("ix_delivery_texts", "delivery", ["handed_at"], postgresql_where=texts)


def downgrade() -> None:
    op.drop_index("ix_delivery_texts", table_name="delivery")
    for name, column in (
        ("ix_delivery_notice_id", "notice_id"),
        ("ix_delivery_reply_id", "reply_id"),
        ("ix_delivery_provider", "provider_id"),
    ):
        op.drop_index(name, table_name="delivery")
        op.create_index(name, "delivery", [column])
    for name in ("uq_notice_open_step", "ix_notice_due", "ix_notice_source", "ix_notice_person"):
        op.drop_index(name, table_name="notice")
    op.drop_column("notice", "is_open")
    op.execute("ALTER TABLE notice RESET (fillfactor)")
    step = ["person_id", "source_id", "step"]
    op.create_index("uq_notice_open_step", "notice", step, unique=True, postgresql_where=sa.text(_OPEN))
    op.create_index("ix_notice_due", "notice", ["priority", "due"], postgresql_where=sa.text("state = 'planned'"))
    in_hand = sa.text("state IN ('claimed', 'handing')")
    op.create_index("ix_notice_lease", "notice", ["lease_until"], postgresql_where=in_hand)
    op.create_index("ix_notice_source", "notice", ["source_kind", "source_id"])
    op.create_index("ix_notice_person", "notice", ["person_id", "state"])
