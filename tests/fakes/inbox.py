"""An inbox in memory, for tests that need no database."""

import json
from collections.abc import Mapping
from typing import Any


class MemoryInbox:
    """Keeps each update once, as the table does; `broken` makes it refuse as a database that is away."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.broken = False

    async def keep(self, channel: str, provider_id: str, payload: Mapping[str, Any]) -> bool:
        """Store; False when it was there already."""
        if self.broken:
            raise ConnectionRefusedError("the database is away")
        plain = json.loads(json.dumps(payload))
        return self.rows.setdefault((channel, provider_id), plain) is plain

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """What was stored, in order."""
        return list(self.rows.values())
