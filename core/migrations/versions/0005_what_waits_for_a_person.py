"""What waits for a person is found by its moment, without a look at the months ahead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_notice_waiting", "notice", ["person_id", "due"], postgresql_where=sa.text("is_open"))


def downgrade() -> None:
    op.drop_index("ix_notice_waiting", table_name="notice")
