"""The texts and voices in force, as this process knows them; read again when an approval came to hold."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from content import texts
from content.audible import NO_VOICES
from content.catalogue import Catalogue
from content.inforce import InForce
from content.voice import recordings
from core.clock import Clock
from core.database import Database
from core.settings import Settings

log = structlog.get_logger(__name__)

LOOK_SECONDS = 3.0


class Wording:
    """Holds a snapshot; `current` is what every renderer asks.

    An approval of a text or of a voice counts once it can no longer be undone: every process reads its moment in the
    database.
    """

    def __init__(self, database: Database, catalogue: Catalogue, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clock = clock
        self._undo = timedelta(seconds=settings.undo_seconds)
        self._current: InForce | None = None
        self._stamp: tuple[int, ...] | None = None
        self._voices: tuple[object, ...] | None = None  #: their stamp

    def current(self) -> InForce:
        """The texts in force; `refresh` must have run once."""
        assert self._current is not None, "refresh() runs before anything is rendered"
        return self._current

    async def ship(self) -> None:
        """Put the release's concepts beside what is in force."""
        async with self._database.begin() as session:
            await texts.ship(session, self._clock.now(), self._catalogue)

    async def refresh(self) -> None:
        """Read again, if anything was approved, sent back or came into force since."""
        before = self._clock.now() - self._undo
        async with self._database.begin() as session:
            stamp, voices = await texts.stamp(session, before=before), await recordings.stamp(session, before=before)
            if stamp != self._stamp or self._current is None:
                kept = NO_VOICES if self._current is None else self._current.voices
                found = await texts.in_force(session, self._catalogue, before=before)
                self._current = replace(found, voices=kept)
                self._stamp = stamp
            if voices != self._voices:
                self._current = replace(self._current, voices=await recordings.in_force(session, before=before))
                self._voices = voices

    async def next_change(self) -> datetime | None:
        """The next moment (service time) at which an approval, of a text or of a voice, comes into force by itself."""
        since = self._clock.now() - self._undo
        async with self._database.begin() as session:
            given = [await texts.next_in_force(session, since), await recordings.next_in_force(session, since)]
        return min((one + self._undo for one in given if one is not None), default=None)

    async def follow(self) -> None:
        """Refresh again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.info("wording_kept", error=type(error).__name__)
