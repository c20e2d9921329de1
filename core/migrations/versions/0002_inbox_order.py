"""The order of the inbox is kept per chat, and a sender's flood is remembered.

What waits at this moment becomes one chat: it is still handled in order.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WAITING = sa.text("handled_at IS NULL")
_WRITTEN = sa.text("sender_hash IS NOT NULL")


def upgrade() -> None:
    op.add_column("inbox", sa.Column("chat", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("inbox", sa.Column("flood", sa.SmallInteger(), nullable=True))
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where=_WAITING)
    op.create_index("ix_inbox_waiting", "inbox", ["chat", "n"], unique=False, postgresql_where=_WAITING)
    op.drop_index("ix_inbox_sender", table_name="inbox", postgresql_where=_WRITTEN)
    op.create_index(
        "ix_inbox_sender", "inbox", ["sender_hash", "received_at", "n"], unique=False, postgresql_where=_WRITTEN
    )


def downgrade() -> None:
    op.drop_index("ix_inbox_sender", table_name="inbox", postgresql_where=_WRITTEN)
    op.create_index("ix_inbox_sender", "inbox", ["sender_hash", "received_at"], unique=False, postgresql_where=_WRITTEN)
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where=_WAITING)
    op.create_index("ix_inbox_waiting", "inbox", ["n"], unique=False, postgresql_where=_WAITING)
    op.drop_column("inbox", "flood")
    op.drop_column("inbox", "chat")
