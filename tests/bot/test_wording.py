from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.wording import Wording
from content import catalogue, texts
from content.inforce import concepts
from content.review import takeback
from content.voice import clips, media, recordings
from content.voice.attachments import Voice
from core.database import Database
from core.tables.people import Account
from core.tables.texts import Text
from core.tables.voice import Clip
from tests.content.community import NOW, SETTINGS, make_account
from tests.fakes.clock import FakeClock

UNIT = "appointment.day"
UNDO = timedelta(seconds=SETTINGS.undo_seconds)
SHIPPED = catalogue.load(("ti",))


async def approved(database: Database) -> tuple[Text, Account]:
    async with database.begin() as session:
        row = (await session.scalars(select(Text).where(Text.unit == UNIT, Text.language == "ti"))).one()
        judge = await make_account(session)
        return await texts.approve(session, NOW, row.id, judge), judge


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


async def processes(database: Database, clock: FakeClock) -> list[Wording]:
    """Two processes of one installation, both started."""
    found = [Wording(database, SHIPPED, clock, SETTINGS) for _ in range(2)]
    for one in found:
        await one.ship()
        await one.refresh()
    return found


async def says(wording: Wording) -> bool:
    await wording.refresh()
    return wording.current().has("ti", UNIT)


async def test_every_process_says_it_from_the_same_moment_on(fresh_database: Database, clock: FakeClock) -> None:
    one, other = await processes(fresh_database, clock)
    await approved(fresh_database)

    clock.moment = NOW + UNDO - timedelta(microseconds=1)
    assert [await says(one), await says(other)] == [False, False]
    assert await one.next_change() == NOW + UNDO
    clock.moment = NOW + UNDO
    assert [await says(one), await says(other)] == [True, True]
    assert await one.next_change() is None
    assert await says(Wording(fresh_database, SHIPPED, clock, SETTINGS))


async def test_undone_it_is_never_said(fresh_database: Database, clock: FakeClock) -> None:
    one, _ = await processes(fresh_database, clock)
    row, judge = await approved(fresh_database)
    async with fresh_database.begin() as session:
        assert await takeback.undo(session, NOW, row.id, judge, UNDO)
    clock.moment = NOW + 2 * UNDO
    assert not await says(one)


async def test_nothing_is_read_again_where_nothing_changed(fresh_database: Database, clock: FakeClock) -> None:
    one, _ = await processes(fresh_database, clock)
    before = one.current()
    clock.moment = NOW + UNDO
    await one.refresh()
    assert one.current() is before


class TestVoices:
    async def heard(self, database: Database) -> tuple[Clip, Account]:
        """A clip that a second speaker just said yes to."""
        async with database.begin() as session:
            speaker, listener = await make_account(session), await make_account(session)
            (reading, *_) = clips.wanted(concepts(SHIPPED), "ti")
            voice = Voice(content=b"OggS", milliseconds=900, recorded=900, loudness=-24.0, peak=-8.0)
            media_id = await media.keep(session, NOW, voice)
            clip_id = await recordings.keep(session, NOW, "ti", reading, speaker, media_id)
            return await recordings.judge(session, NOW, clip_id, listener, good=True), listener

    async def test_a_voice_is_heard_once_its_yes_can_no_longer_be_undone(
        self, fresh_database: Database, clock: FakeClock
    ) -> None:
        one, _ = await processes(fresh_database, clock)
        await self.heard(fresh_database)
        clock.moment = NOW + UNDO - timedelta(microseconds=1)
        assert not await speaks(one)
        assert await one.next_change() == NOW + UNDO
        clock.moment = NOW + UNDO
        assert await speaks(one)
        assert await one.next_change() is None

    async def test_undone_it_is_never_heard(self, fresh_database: Database, clock: FakeClock) -> None:
        one, _ = await processes(fresh_database, clock)
        clip, listener = await self.heard(fresh_database)
        async with fresh_database.begin() as session:
            assert await recordings.undo(session, NOW + UNDO, clip.id, listener, UNDO)
        clock.moment = NOW + 2 * UNDO
        assert not await speaks(one)


async def speaks(wording: Wording) -> bool:
    await wording.refresh()
    return "ti" in wording.current().voices.speakers
