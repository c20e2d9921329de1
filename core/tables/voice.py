"""What is heard and seen: sealed files, and the clips of a language's voices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedBytes
from core.tables.base import Base


class Media(Base):
    """A picture or a voice as it is sent, bound to its hash."""

    __tablename__ = "media"
    __table_args__ = (Index(None, "sha256"),)

    kind: Mapped[str]  #: picture | voice | joined (of clips, and can be made again)
    mime: Mapped[str]  #: image/jpeg | audio/ogg
    content_sealed: Mapped[bytes]
    content = SealedBytes("content_sealed")
    sha256: Mapped[str]  #: hex, of the content
    milliseconds: Mapped[int | None]  #: length of a voice
    created_at: Mapped[datetime]


class Clip(Base):
    """One voice reading one text, or one variable part of texts; void as soon as its text is another."""

    __tablename__ = "clip"
    __table_args__ = (UniqueConstraint("language", "key", "text_hash", "speaker_id"), Index(None, "speaker_id"))

    language: Mapped[str]
    key: Mapped[str]  #: what was read, as content.voice.clips says: "unit/name#form:place", "weekday:1", "day:12" ...
    text_hash: Mapped[str]  #: SHA-256 of the words that were read
    speaker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    state: Mapped[str]  #: recorded | checked | refused
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
