"""The heartbeat says in which database it was: a copy or a restored one is known by it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("heartbeat", sa.Column("home", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("heartbeat", "home")
