import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from content.voice import recordings, studio
from core import accounts, addresses, people
from core.bell import Bell
from core.database import Database
from core.tables.chats import Chat
from core.tables.voice import Media
from core.values import Handle
from messaging.channel import SendError, Verdict
from tests.bot.paper_desk import Desk
from tests.scheduler.world import NOW


@pytest.fixture
async def desk(fresh_database: Database) -> AsyncIterator[Desk]:
    made = Desk(fresh_database)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def word() -> bytes:
    (voice,) = await studio.tones([(440, 900)])
    return voice.content


async def reader(desk: Desk, handle: str = "1001") -> None:
    """A rolmodel who has a text before her."""
    async with desk.database.begin() as session:
        person = await people.add(session, NOW, name="Selam", languages=["nl"])
        email = f"{uuid4().hex}@voorbeeld.nl"
        await accounts.add(session, NOW, email=email, name="S", role="rolmodel", languages=("nl",), person_id=person.id)
        address = await addresses.ensure(session, NOW, "telegram", Handle(handle))
        await addresses.attach(session, NOW, person.id, address.id, verified=True)
        await recordings.agree(session, NOW, person.id, given=True, language="nl", text_hash="x")
    await desk.store({"handle": handle, "choice": "recording.record"})
    await desk.inbox.drain()


async def kept(desk: Desk) -> int:
    async with desk.database.begin() as session:
        return int((await session.execute(select(func.count()).select_from(Media))).scalar_one())


async def test_a_voice_that_is_wanted_is_fetched_and_answered(desk: Desk, word: bytes) -> None:
    await reader(desk)
    desk.channel.files["stem"] = word
    await desk.store({"handle": "1001", "voice": "stem"})
    assert await desk.inbox.drain() == 1
    assert desk.channel.fetched == ["stem"]
    assert "Luister terug" in (await desk.said())[-1]
    assert (await kept(desk), await desk.inbox.waiting()) == (1, 0)


async def test_one_that_nobody_asked_for_is_not(desk: Desk, word: bytes) -> None:
    await reader(desk)
    desk.channel.files["stem"] = word
    async with desk.database.begin() as session:
        (chat,) = await session.scalars(select(Chat))
        chat.scene = ""
    await desk.store({"handle": "1001", "voice": "stem"})
    await desk.store({"handle": "2002", "voice": "stem"})
    await desk.inbox.drain()
    assert (desk.channel.fetched, await kept(desk)) == ([], 0)


async def test_on_a_shared_phone_that_is_closed_it_is_not(desk: Desk, word: bytes) -> None:
    await reader(desk)
    async with desk.database.begin() as session:
        address = await addresses.at(session, "telegram", Handle("1001"))
        assert address is not None
        address.shared = True
    await desk.store({"handle": "1001", "voice": "stem"})
    await desk.inbox.drain()
    assert desk.channel.fetched == []


async def test_others_are_answered_while_it_is_on_its_way_and_its_own_chat_keeps_its_order(
    desk: Desk, word: bytes
) -> None:
    await reader(desk)
    desk.channel.files["stem"] = word
    desk.channel.gate.clear()
    await desk.store({"handle": "1001", "voice": "stem"})
    await desk.typed("na de stem")
    for number in range(20):
        await desk.typed("hallo", str(3000 + number))
    draining = asyncio.create_task(desk.inbox.drain())
    async with asyncio.timeout(20):
        while await desk.inbox.waiting() > 2:  # noqa: ASYNC110 - the table is what is waited for
            await asyncio.sleep(0.02)
    assert {handle for handle in await desk.replies() if handle != "1001"} == {str(3000 + n) for n in range(20)}
    before = len([handle for handle in await desk.replies() if handle == "1001"])
    desk.channel.gate.set()
    await draining
    own = [words for handle, words in zip(await desk.replies(), await desk.said(), strict=True) if handle == "1001"]
    assert "Luister terug" in own[before]
    assert len(own) == before + 2


async def test_a_provider_that_refuses_is_said_in_words(desk: Desk) -> None:
    await reader(desk)
    desk.channel.files["stem"] = SendError(Verdict.REFUSED, "content_refused")
    await desk.store({"handle": "1001", "voice": "stem"})
    await desk.inbox.drain()
    assert "kunnen wij niet horen" in (await desk.said())[-1]
    assert (desk.channel.fetched, await desk.ends()) == (["stem"], [(None, 1), (None, 2)])


async def test_too_much_and_no_sound_at_all(desk: Desk) -> None:
    await reader(desk)
    desk.channel.files |= {"much": bytes(1_000_001), "noise": b"OggS" + bytes(3000)}
    for name, said in (("much", "te lang"), ("noise", "kunnen wij niet horen")):
        await desk.store({"handle": "1001", "voice": name})
        await desk.inbox.drain()
        assert said in (await desk.said())[-1]
    assert await kept(desk) == 0


async def test_two_processes_answer_it_once(desk: Desk, word: bytes) -> None:
    await reader(desk)
    desk.channel.files["stem"] = word
    await desk.store({"handle": "1001", "voice": "stem"})
    before = len(await desk.replies())
    await asyncio.gather(desk.inbox.drain(), desk.another().drain())
    assert (await kept(desk), len(await desk.replies())) == (1, before + 1)


async def test_a_process_that_ends_before_it_came_loses_nothing(desk: Desk, word: bytes) -> None:
    await reader(desk)
    desk.channel.files["stem"] = word
    desk.channel.gate.clear()
    await desk.store({"handle": "1001", "voice": "stem"})
    bell, stop = Bell(desk.database.url), asyncio.Event()
    dying = asyncio.create_task(desk.another().run(bell, stop))
    await desk.channel.asked.wait()
    stop.set()
    bell.ring()
    await dying
    assert await desk.inbox.waiting() == 1
    desk.channel.gate.set()
    await desk.inbox.drain()
    assert "Luister terug" in (await desk.said())[-1]
    assert await kept(desk) == 1
