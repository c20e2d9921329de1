"""Alembic's entry: runs the migrations on the connection that core.migrate opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from core.tables import Base


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain ones they are stored as."""
    if kind == "type" and type(item).__module__.startswith("core."):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render_item,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
