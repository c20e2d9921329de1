"""Voices and pictures as the channels take them: read just before a call, known again by a provider's own names."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import and_, case, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from core import voices
from core.database import Database
from core.ids import new_id
from core.tables.channels import MediaRef
from core.tables.voice import Media
from messaging.channel import SendError, Verdict

log = structlog.get_logger(__name__)


class Held(NamedTuple):
    """A row of Media, for one call."""

    id: UUID
    mime: str
    sha256: str
    provider_id: str | None  #: what this channel's provider calls it, where it has it already
    content: bytes  #: empty where the provider has it


class Shelf:
    """The media of one installation, as its channels see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self, channel: str, ids: Sequence[str], *, anew: bool = False) -> Held | None:
        """What is heard or seen under these ids; None where there is nothing, or it was wiped since.

        `anew`: with its bytes, whatever the provider has. SendError (retry) where the database is away: nothing left.
        """
        if not ids:
            return None
        known = null() if anew else MediaRef.provider_id
        query = (
            select(
                Media.id,
                Media.mime,
                Media.sha256,
                known.label("provider_id"),
                case((known.is_(None), Media.content_sealed)).label("sealed"),
            )
            .outerjoin(MediaRef, and_(MediaRef.channel == channel, MediaRef.sha256 == Media.sha256))
            .where(Media.id == voices.heard(ids))
        )
        try:
            async with self._database.begin() as session:
                row = (await session.execute(query)).one_or_none()
        except (SQLAlchemyError, OSError) as error:
            log.warning("media_not_read", error=type(error).__name__)
            raise SendError(Verdict.RETRY, "media_away") from None
        if row is None:
            return None
        content = b"" if row.sealed is None else Media.content.open(Media.__tablename__, row.id, row.sealed)
        return Held(row.id, row.mime, row.sha256, row.provider_id, content)

    async def remember(self, channel: str, sha256: str, provider_id: str) -> None:
        """The provider has it now under this name. Never raises: what was sent stays sent."""
        values = {"id": new_id(), "channel": channel, "sha256": sha256, "provider_id": provider_id}
        written = insert(MediaRef).values(values)
        newest = written.on_conflict_do_update(
            index_elements=[MediaRef.channel, MediaRef.sha256], set_={"provider_id": provider_id}
        )
        try:
            async with self._database.begin() as session:
                await session.execute(newest)
        except (SQLAlchemyError, OSError) as error:
            log.warning("media_ref_not_kept", error=type(error).__name__)
