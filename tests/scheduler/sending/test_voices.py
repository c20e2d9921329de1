import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select

from content.voice import media
from content.voice.attachments import Voice
from content.voice.studio import StudioBroke
from core import joined
from core.database import Database
from core.tables.voice import Media
from messaging.channel import Button, Outgoing, from_json
from scheduler.sending import forms
from scheduler.sending.voices import Voices
from tests.fakes.clock import FakeClock
from tests.scheduler.world import NOW


def voice(content: bytes) -> Voice:
    return Voice(content=content, milliseconds=900, recorded=900, loudness=-20, peak=-4)


class Joiner:
    """Puts bytes after each other, and counts; as slow as its gate."""

    def __init__(self, error: Exception | None = None) -> None:
        self.jobs: list[int] = []  #: sentences of each
        self.gate = asyncio.Event()
        self.gate.set()
        self.error = error

    async def __call__(self, files: Sequence[bytes], sentences: Sequence[Sequence[int]]) -> list[Voice]:
        self.jobs.append(len(sentences))
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [voice(b"+".join(files[place] for place in places)) for places in sentences]


class Shelf:
    """Clips by name, and what was joined of them."""

    def __init__(self, database: Database, joiner: Joiner, patience: float = 5.0) -> None:
        self.database, self.joiner = database, joiner
        self.voices = Voices(database, FakeClock(NOW), join=joiner, patience=patience)
        self.ids: dict[str, str] = {}

    async def clips(self, *names: str) -> tuple[str, ...]:
        async with self.database.begin() as session:
            for name in names:
                if name not in self.ids:
                    self.ids[name] = str(await media.keep(session, NOW, voice(name.encode())))
        return tuple(self.ids[name] for name in names)

    async def joined(self) -> list[bytes | None]:
        async with self.database.begin() as session:
            query = select(Media).where(Media.kind == joined.JOINED)
            return sorted(row.content or b"" for row in await session.scalars(query))  # type: ignore[return-value]


async def test_each_is_joined_once_however_many_ask(fresh_database: Database) -> None:
    shelf = Shelf(fresh_database, Joiner())
    ab, ba = await shelf.clips("a", "b"), await shelf.clips("b", "a")
    await asyncio.gather(*(shelf.voices.ready([ab, ba, ab]) for _ in range(5)))
    await shelf.voices.ready([ab])
    assert await shelf.joined() == [b"a+b", b"b+a"]
    assert sum(shelf.joiner.jobs) == 2


async def test_one_alone_needs_nothing(fresh_database: Database) -> None:
    shelf = Shelf(fresh_database, Joiner())
    await shelf.voices.ready([await shelf.clips("a"), ()])
    assert shelf.joiner.jobs == []


async def test_two_processes_leave_one(fresh_database: Database) -> None:
    one, other = Shelf(fresh_database, Joiner()), Shelf(fresh_database, Joiner())
    ab = await one.clips("a", "b")
    await asyncio.gather(one.voices.ready([ab]), other.voices.ready([ab]))
    assert await one.joined() == [b"a+b"]


async def test_nobody_waits_longer_than_patience_and_it_is_there_for_the_next(fresh_database: Database) -> None:
    shelf = Shelf(fresh_database, Joiner(), patience=0.05)
    ab = await shelf.clips("a", "b")
    shelf.joiner.gate.clear()
    await shelf.voices.ready([ab])
    assert await shelf.joined() == []
    shelf.joiner.gate.set()
    async with asyncio.timeout(5):
        while not await shelf.joined():  # noqa: ASYNC110 - the table is what is waited for
            await asyncio.sleep(0.01)
    await shelf.voices.ready([ab])
    assert shelf.joiner.jobs == [1]


async def test_what_breaks_or_is_gone_is_missing_and_nothing_more(fresh_database: Database) -> None:
    broken = Shelf(fresh_database, Joiner(error=StudioBroke("broken")))
    await broken.voices.ready([await broken.clips("a", "b")])
    assert await broken.joined() == []

    wiped = Shelf(fresh_database, Joiner())
    ab, ac = await wiped.clips("a", "b"), await wiped.clips("a", "c")
    async with fresh_database.begin() as session:
        await media.wipe(session, [UUID(wiped.ids["b"])])
    await wiped.voices.ready([ab, ac])
    assert await wiped.joined() == [b"a+c"]


async def test_wiped_while_it_is_joined_it_is_not_kept(fresh_database: Database) -> None:
    shelf = Shelf(fresh_database, Joiner())
    ab = await shelf.clips("a", "b")
    shelf.joiner.gate.clear()
    joining = asyncio.create_task(shelf.voices.ready([ab]))
    async with asyncio.timeout(5):
        while not shelf.joiner.jobs:  # noqa: ASYNC110 - the job is what is waited for
            await asyncio.sleep(0.01)
    async with fresh_database.begin() as session:
        await media.wipe(session, [UUID(shelf.ids["b"])])
    shelf.joiner.gate.set()
    await joining
    assert await shelf.joined() == []


YES = Button(id="a.yes", label="Ja")


def bubble(text: str = "Hallo", **more: object) -> Outgoing:
    return Outgoing(text=text, language="nl", buttons=(YES,), **more)  # type: ignore[arg-type]


def shape(messages: Sequence[Outgoing]) -> list[tuple[str, int, str | None, int]]:
    """Words, how many clips, picture, how many buttons."""
    return [(one.text[:5], len(one.voice), one.picture, len(one.buttons)) for one in messages]


@pytest.mark.parametrize(
    ("channel", "message", "expected"),
    [
        ("telegram", bubble(), [("Hallo", 0, None, 1)]),
        ("telegram", bubble(voice=("1", "2")), [("Hallo", 2, None, 1)]),
        ("telegram", bubble(voice=("1",), edit="7"), [("Hallo", 0, None, 1), ("", 1, None, 0)]),
        ("telegram", bubble("a" * 1025, voice=("1",)), [("aaaaa", 0, None, 1), ("", 1, None, 0)]),
        ("telegram", bubble("😀" * 513, voice=("1",)), [("😀" * 5, 0, None, 1), ("", 1, None, 0)]),
        ("telegram", bubble(picture="3", voice=("1",)), [("Hallo", 0, "3", 1), ("", 1, None, 0)]),
        ("telegram", bubble(picture="3", edit="7"), [("Hallo", 0, None, 1), ("", 0, "3", 0)]),
        ("telegram", bubble("", voice=("1",)), [("", 1, None, 0)]),
        ("whatsapp", bubble(voice=("1",)), [("Hallo", 0, None, 1), ("", 1, None, 0)]),
        ("whatsapp", bubble(picture="3", voice=("1",)), [("Hallo", 0, "3", 1), ("", 1, None, 0)]),
    ],
)
def test_a_message_as_the_bubbles_of_its_channel(channel: str, message: Outgoing, expected: list[object]) -> None:
    assert shape(forms.apart(message, channel)) == expected


def test_what_is_heard_survives_the_queue_and_what_was_queued_before_is_read() -> None:
    message = bubble(voice=("1", "2"), picture="3")
    plain = message.as_json()
    assert from_json({**plain, "voice": list(plain["voice"])}) == message
    old = {name: value for name, value in plain.items() if name not in ("voice", "picture")}
    assert from_json(old) == bubble()
