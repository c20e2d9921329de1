from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import media as door
from content.voice import media
from content.voice.attachments import Picture, Voice
from core.database import Database
from core.ids import new_id
from messaging import medialinks
from tests.fakes.clock import FakeClock
from tests.scheduler.world import NOW

Door = TestClient[web.Request, web.Application]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def client(fresh_database: Database, clock: FakeClock) -> AsyncIterator[Door]:
    app = web.Application()
    app.add_routes(door.routes(fresh_database, clock))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def kept(database: Database, made: Voice | Picture, *, public: str = "") -> str:
    """The path at which it can be fetched for an hour."""
    async with database.begin() as session:
        media_id = await media.keep(session, NOW, made)
    return medialinks.link(public, media_id, made.mime, NOW)


VOICE = Voice(content=b"OggS stem", milliseconds=900, recorded=900, loudness=-20, peak=-4)
PICTURE = Picture(content=b"\xff\xd8foto", width=1, height=1)


@pytest.mark.parametrize("made", [VOICE, PICTURE])
async def test_who_has_the_address_has_the_file(fresh_database: Database, client: Door, made: Voice | Picture) -> None:
    path = await kept(fresh_database, made)
    async with client.get(path) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, made.mime, made.content)
        assert answer.headers["Cache-Control"] == "private, no-store"


async def test_for_an_hour(fresh_database: Database, client: Door, clock: FakeClock) -> None:
    path = await kept(fresh_database, VOICE)
    clock.advance(timedelta(minutes=59))
    assert (await client.get(path)).status == 200
    clock.advance(timedelta(minutes=1))
    assert (await client.get(path)).status == 404


async def test_what_was_wiped_or_never_was_looks_the_same(fresh_database: Database, client: Door) -> None:
    path = await kept(fresh_database, VOICE)
    async with fresh_database.begin() as session:
        await media.wipe(session, [media_id := medialinks.opened(path[7:-4], NOW) or new_id()])
    never = medialinks.link("", media_id, "image/jpeg", NOW)
    for odd in (
        path,
        never,
        path.replace(".ogg", ".jpg"),
        path[:-6] + ".ogg",
        "/media/",
        "/media/a.ogg",
        "/media/x/y.ogg",
    ):
        answer = await client.get(odd)
        assert (answer.status, await answer.text()) == (404, "404: Not Found"), odd


async def test_another_ending_than_its_own_opens_nothing(fresh_database: Database, client: Door) -> None:
    path = await kept(fresh_database, VOICE)
    assert (await client.get(path.replace(".ogg", ".jpg"))).status == 404
    assert (await client.post(path)).status == 405
