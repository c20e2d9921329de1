"""Made-up voices of the demo: tones instead of words, so that somebody who listens hears something."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from content import texts
from content.catalogue import Catalogue
from content.voice import clips, media, recordings
from content.voice.attachments import Voice
from core.ids import new_id
from core.tables.people import Account
from core.tables.voice import Clip

#: Whose tones they are, and who heard them, by language.
SPEAKERS: Mapping[str, tuple[str, str]] = {"ti": ("Dawit", "Mehret")}

#: Hertz and milliseconds: short and long ones, so that a joined reminder has something like a melody.
TONES = ((392.0, 700), (440.0, 420), (494.0, 560), (523.0, 380), (587.0, 640), (659.0, 480))

#: When they were heard: nobody can take that back any more.
_AGO = timedelta(days=9)


async def add(
    session: AsyncSession,
    now: datetime,
    catalogue: Catalogue,
    accounts: Mapping[str, Account],
    tones: list[Voice],
) -> int:
    """A checked clip for everything that can be read aloud in these languages; returns how many."""
    in_force = await texts.in_force(session, catalogue)
    rows = []
    for language, (speaker, listener) in SPEAKERS.items():
        files = [await media.keep(session, now, tone) for tone in tones]
        who = accounts[speaker]
        if who.person_id is not None:
            text_hash = in_force.source_hash("recording")
            await recordings.agree(session, now, who.person_id, given=True, language=language, text_hash=text_hash)
        rows += [
            {
                "id": new_id(),
                "language": language,
                "key": reading.key,
                "text_hash": reading.hash,
                "speaker_id": who.id,
                "media_id": files[place % len(files)],
                "state": "checked",
                "checked_by": accounts[listener].id,
                "checked_at": now - _AGO,
                "created_at": now,
            }
            for place, reading in enumerate(clips.wanted(in_force, language))
        ]
    if rows:
        await session.execute(insert(Clip), rows)
    return len(rows)
