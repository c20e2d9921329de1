"""Files that a scene asked for come in between two transactions: nobody else's chat waits, and no lock is held.

The update stays in the inbox, unhandled, until its file is here; its chat alone is left alone meanwhile, so the
order of what a person says stays as it was. A process that ends loses nothing: the next one fetches again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog

from bot.conversation import Wanted
from content.voice import studio
from content.voice.attachments import Picture, Unusable, Voice
from messaging.channel import Attached, Channel, SendError

log = structlog.get_logger(__name__)

DEADLINE = 12.0  #: seconds for all of it: fetched, read and made clean; then the person hears that it didn't work
AT_ONCE = 4  #: files of one process; the others wait their turn within their deadline
MOST_KEPT = 32  #: files that came and were not asked for again: somebody else handled their update

#: Bytes that are fetched at most: a minute of the richest voice, a picture as phones take them.
MOST_BYTES = {Attached.VOICE: 1_000_000, Attached.PHOTO: 5_000_000}

_CLEAN: Mapping[Attached, Callable[[bytes], Awaitable[Voice | Picture]]] = {
    Attached.VOICE: studio.voice,
    Attached.PHOTO: studio.picture,
}


class FileWanted(Exception):
    """An update can't be answered before its file is here."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted.kind.value)
        self.wanted = wanted


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came, or why nothing did (a `Turn.refused`)."""

    taken: Voice | Picture | None = None
    refused: str | None = None


class Fetching:
    """The files of one process: on their way, or here until their update is answered."""

    def __init__(self, channels: Mapping[str, Channel], ready: Callable[[], None]) -> None:
        self._channels = channels
        self._ready = ready
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._here: OrderedDict[UUID, Fetched] = OrderedDict()
        self._under_way: dict[asyncio.Task[None], int] = {}

    @property
    def chats(self) -> Collection[int]:
        """The chats that wait for a file."""
        return set(self._under_way.values())

    @property
    def tasks(self) -> Collection["asyncio.Task[None]"]:
        """What is under way."""
        return set(self._under_way)

    def begin(self, chat: int, update_id: UUID, channel: str, wanted: Wanted) -> None:
        """Fetch the file of an update; `ready` is called when its chat can go on."""
        if chat in self.chats:
            return
        task = asyncio.create_task(self._fetch(update_id, channel, wanted), name="fetch a file")
        self._under_way[task] = chat
        task.add_done_callback(self._ended)

    def take(self, update_id: UUID) -> Fetched | None:
        """What came for this update; None where nothing was asked for yet. It stays until `forget`."""
        return self._here.get(update_id)

    def forget(self, update_id: UUID) -> None:
        """Its update was answered."""
        self._here.pop(update_id, None)

    def cancel(self) -> None:
        """Stop fetching: the service ends."""
        for task in self._under_way:
            task.cancel()

    async def _fetch(self, update_id: UUID, channel: str, wanted: Wanted) -> None:
        try:
            async with asyncio.timeout(DEADLINE), self._gate:
                raw = await self._channels[channel].fetch(wanted.file, MOST_BYTES[wanted.kind])
                fetched = Fetched(taken=await _CLEAN[wanted.kind](raw))
        except Unusable as error:
            fetched = Fetched(refused=error.why)
        except SendError as error:
            fetched = Fetched(refused="long" if error.reason == "too_long" else "lost")
            log.warning("file_not_fetched", channel=channel, reason=error.reason)
        except TimeoutError:
            fetched = Fetched(refused="lost")
            log.warning("file_not_fetched", channel=channel, reason="no_answer_in_time")
        except Exception as error:
            # Asked again it would break again, for ever; the person is told that it didn't work.
            fetched = Fetched(refused="broken")
            log.error("fetching_broke", channel=channel, error=type(error).__name__)
        self._here[update_id] = fetched
        while len(self._here) > MOST_KEPT:
            self._here.popitem(last=False)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        if not task.cancelled():
            self._ready()
