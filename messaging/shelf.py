"""Voices and pictures as the channels take them: read just before a call, known again by a provider's own names."""

from collections.abc import Sequence
from typing import NamedTuple, cast
from uuid import UUID

import structlog
from sqlalchemy import Table, Text, Uuid, and_, bindparam, case, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from core import joined
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


_media, _ref = cast(Table, Media.__table__), cast(Table, MediaRef.__table__)
_this = _media.c.id == bindparam("s_id", type_=Uuid())
_ANEW = select(_media.c.id, _media.c.mime, _media.c.sha256, null(), _media.c.content_sealed).where(_this)

#: The bytes only where the provider has no name for them.
_HELD = (
    select(
        *(_media.c.id, _media.c.mime, _media.c.sha256, _ref.c.provider_id),
        case((_ref.c.provider_id.is_(None), _media.c.content_sealed)),
    )
    .select_from(_media)
    .outerjoin(_ref, and_(_ref.c.channel == bindparam("s_channel", type_=Text()), _ref.c.sha256 == _media.c.sha256))
    .where(_this)
)


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
        given = {"s_channel": channel, "s_id": joined.heard(ids)}
        try:
            # A statement of its own, without a transaction around it: every message with a voice pays this.
            async with self._database.at_once() as connection:
                row = (await connection.execute(_ANEW if anew else _HELD, given)).one_or_none()
        except (SQLAlchemyError, OSError) as error:
            log.warning("media_not_read", error=type(error).__name__)
            raise SendError(Verdict.RETRY, "media_away") from None
        if row is None:
            return None
        row_id, mime, sha256, provider_id, sealed = row
        content = b"" if sealed is None else Media.content.open(Media.__tablename__, row_id, sealed)
        return Held(row_id, mime, sha256, provider_id, content)

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
