"""Words that were said or came in can be wiped without their row, and are found for it by an index of their own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = "ARRAY['planned'::text, 'claimed'::text, 'handing'::text]"

#: Table -> what its index is about, and which rows still have words.
_WORDS = {
    "delivery": (sa.text("handed_at"), "text_sealed IS NOT NULL AND state <> 'handing'"),
    "notice": (sa.text("COALESCE(use_by, due)"), "variables_sealed IS NOT NULL AND NOT is_open"),
    "reply": (sa.text("created_at"), f"message_sealed IS NOT NULL AND state <> ALL ({_OPEN})"),
    "inbox": (sa.text("received_at"), "payload_sealed IS NOT NULL AND handled_at IS NOT NULL"),
}


def upgrade() -> None:
    op.alter_column("reply", "message_sealed", existing_type=sa.LargeBinary(), nullable=True)
    op.alter_column("inbox", "payload_sealed", existing_type=sa.LargeBinary(), nullable=True)
    for table, (column, which) in _WORDS.items():
        op.create_index(f"ix_{table}_words", table, [column], postgresql_where=sa.text(which))


def downgrade() -> None:
    for table in _WORDS:
        op.drop_index(f"ix_{table}_words", table_name=table)
    # What was wiped can't come back; what is known beside the words stays.
    op.execute("UPDATE inbox SET payload_sealed = '' WHERE payload_sealed IS NULL")
    op.execute("UPDATE reply SET message_sealed = '' WHERE message_sealed IS NULL")
    op.alter_column("inbox", "payload_sealed", existing_type=sa.LargeBinary(), nullable=False)
    op.alter_column("reply", "message_sealed", existing_type=sa.LargeBinary(), nullable=False)
