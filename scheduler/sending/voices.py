"""Joined voices, ready before the calls that need them: each is made once, in a process of its own, and kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from content.voice import media, studio
from content.voice.attachments import Voice
from core import joined
from core.clock import Clock
from core.database import Database

log = structlog.get_logger(__name__)

#: What isn't made in this time goes as text alone: nobody's reminder waits for a voice.
PATIENCE_SECONDS = 10.0

#: Sentences of one job: two jobs run side by side, and what one made is kept before the next begins.
MOST = 10

Ids = tuple[str, ...]  #: of clips, in the order in which they are heard

#: Files, and per sentence the places of its clips among them -> one voice per sentence.
Join = Callable[[Sequence[bytes], Sequence[Sequence[int]]], Awaitable[list[Voice]]]


class Voices:
    """Makes what the messages of this process will be heard with."""

    def __init__(
        self, database: Database, clock: Clock, *, join: Join = studio.joined, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._database = database
        self._clock = clock
        self._join = join
        self._patience = patience
        self._making: dict[UUID, asyncio.Task[None]] = {}

    async def ready(self, wanted: Iterable[Ids]) -> None:
        """Make what is not there yet. Never raises: what can't be made is missing, and its text goes alone."""
        named = {joined.heard(ids): ids for ids in wanted if len(ids) > 1}
        if not named:
            return
        try:
            async with self._database.begin() as session:
                there = await media.present(session, named)
            missing = {row_id: ids for row_id, ids in named.items() if row_id not in there}
            if missing:
                await asyncio.wait(self._made(missing), timeout=self._patience)
        except (SQLAlchemyError, OSError) as error:
            log.warning("voices_not_ready", error=type(error).__name__)

    def _made(self, missing: dict[UUID, Ids]) -> set["asyncio.Task[None]"]:
        """What makes them: tasks that are at it already, and new ones for the rest."""
        fresh = [ids for row_id, ids in missing.items() if row_id not in self._making]
        for start in range(0, len(fresh), MOST):
            some = fresh[start : start + MOST]
            task = asyncio.create_task(self._make(some), name="join voices")
            for ids in some:
                self._making[joined.heard(ids)] = task
            task.add_done_callback(self._ended)
        return {self._making[row_id] for row_id in missing}

    async def _make(self, sentences: Sequence[Ids]) -> None:
        async with self._database.begin() as session:
            # Looked at once more: another task may have made it between the first look and this one's start.
            there = await media.present(session, [joined.heard(ids) for ids in sentences])
            missing = [ids for ids in sentences if joined.heard(ids) not in there]
            files = await media.read(session, sorted({UUID(one) for ids in missing for one in ids}))
        whole = [ids for ids in missing if all(UUID(one) in files for one in ids)]
        if not whole:
            return
        order = {str(row_id): place for place, row_id in enumerate(files)}
        made = await self._join(list(files.values()), [[order[one] for one in ids] for ids in whole])
        kept: dict[Ids, Voice] = dict(zip(whole, made, strict=True))
        async with self._database.begin() as session:
            await media.keep_joined(session, self._clock.now(), kept)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._making = {row_id: other for row_id, other in self._making.items() if other is not task}
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("voices_not_joined", error=type(error).__name__)
