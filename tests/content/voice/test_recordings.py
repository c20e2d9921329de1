from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.approvals import AlreadyJudged, NotAllowed, NotFound, OwnText
from content.inforce import InForce, concepts
from content.voice import clips, media, recordings
from content.voice.attachments import Voice
from content.voice.clips import Reading
from core import joined
from core.ids import new_id
from core.tables.agenda import Place
from core.tables.channels import MediaRef
from core.tables.people import Account
from core.tables.voice import Clip, Media
from tests.content.community import NOW, make_account, make_listener
from tests.content.words import TIGRINYA, small_catalogue
from tests.scheduler import world


@pytest.fixture
def texts(tmp_path: Path) -> InForce:
    return concepts(small_catalogue(tmp_path))


def voice(content: bytes = b"OggS stem", **values: Any) -> Voice:
    given = {"milliseconds": 900, "recorded": 1200, "loudness": -24.0, "peak": -8.0, **values}
    return Voice(content=content, **given)


async def recorded(
    session: AsyncSession, texts: InForce, account: Account, language: str = "ti", count: int = 1
) -> list[Clip]:
    """The first texts that she has not read, read."""
    made = []
    for reading in (await recordings.to_read(session, texts, language, account))[:count]:
        media_id = await media.keep(session, NOW, voice(f"OggS {reading.key} {account.id}".encode()))
        clip_id = await recordings.keep(session, NOW, language, reading, account, media_id)
        made.append(await session.get_one(Clip, clip_id))
    return made


async def count(session: AsyncSession, table: type[Clip] | type[Media] | type[MediaRef]) -> int:
    return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


class TestFlaws:
    TEXT = "Morgen heeft u een afspraak"

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ({}, None),
            ({"recorded": 400, "milliseconds": 300}, "short"),
            ({"milliseconds": 60}, "short"),
            ({"milliseconds": 12_000, "recorded": 12_000}, "long"),
            ({"loudness": -60.0, "milliseconds": 0}, "soft"),
            ({"loudness": -46.0}, "soft"),
            ({"clipped": 0.05}, "loud"),
        ],
    )
    def test_what_is_wrong_with_a_recording(self, values: dict[str, Any], why: str | None) -> None:
        assert recordings.flaw(voice(**values), self.TEXT) == why

    def test_a_long_text_takes_longer_and_nothing_takes_more_than_a_minute(self) -> None:
        assert recordings.longest("uur") < recordings.longest(self.TEXT) < recordings.longest(self.TEXT * 50) == 60_000
        assert recordings.longest("31") >= 5_000


class TestQueue:
    async def test_what_was_read_is_not_asked_again_until_its_words_change(
        self, session: AsyncSession, texts: InForce, tmp_path: Path
    ) -> None:
        mehret = await make_account(session)
        before = await recordings.to_read(session, texts, "ti", mehret)
        await recorded(session, texts, mehret)
        after = await recordings.to_read(session, texts, "ti", mehret)
        assert after == before[1:]
        (entry, *rest) = TIGRINYA
        other = small_catalogue(
            tmp_path / "other", ti=((entry[0], entry[1], "ጽባሕ ርክብ ኣለኩም፦ {day}፣ ሰዓት {time}።"), *rest)
        )
        assert before[0].key in {
            reading.key for reading in await recordings.to_read(session, concepts(other), "ti", mehret)
        }

    async def test_only_a_speaker_records_and_only_what_is_there(self, session: AsyncSession, texts: InForce) -> None:
        reading = Reading("day:12", "12")
        media_id = await media.keep(session, NOW, voice())
        with pytest.raises(NotAllowed):
            await recordings.keep(session, NOW, "ti", reading, await make_account(session, languages=("ar",)), media_id)
        with pytest.raises(NotFound):
            await recordings.keep(session, NOW, "ti", reading, await make_account(session), new_id())

    async def test_read_again_takes_the_place_of_the_first_and_the_first_is_gone(
        self, session: AsyncSession, texts: InForce
    ) -> None:
        mehret = await make_account(session)
        (first,) = await recorded(session, texts, mehret)
        reading = next(one for one in clips.wanted(texts, "ti") if one.key == first.key)
        media_id = await media.keep(session, NOW, voice(b"OggS beter"))
        await recordings.keep(session, NOW, "ti", reading, mehret, media_id)
        assert [row.content for row in await session.scalars(select(Media))] == [b"OggS beter"]
        assert await count(session, Clip) == 1


class TestSecondSpeaker:
    async def test_nothing_is_heard_before_another_speaker_heard_it(
        self, session: AsyncSession, texts: InForce
    ) -> None:
        mehret, dawit = await make_account(session), await make_account(session)
        (clip,) = await recorded(session, texts, mehret)
        assert (await recordings.in_force(session)).speakers == {}
        (found, reading) = (await recordings.to_check(session, texts, dawit))[0]
        assert (found.id, reading.key) == (clip.id, clip.key)
        await recordings.judge(session, NOW, clip.id, dawit, good=True)
        (heard,) = (await recordings.in_force(session)).speakers["ti"]
        assert heard[clip.key].media_id == str(clip.media_id)
        assert await recordings.to_check(session, texts, dawit) == []

    async def test_not_her_own_not_twice_and_not_by_who_doesnt_speak_it(
        self, session: AsyncSession, texts: InForce
    ) -> None:
        person = await make_listener(session)
        mehret = await make_account(session, person_id=person.id)
        herself = await make_account(session, "vertaler", person_id=person.id)
        (clip,) = await recorded(session, texts, mehret)
        for own in (mehret, herself):
            assert await recordings.to_check(session, texts, own) == []
            with pytest.raises(OwnText):
                await recordings.judge(session, NOW, clip.id, own, good=True)
        with pytest.raises(NotAllowed):
            await recordings.judge(session, NOW, clip.id, await make_account(session, languages=("ar",)), good=True)
        dawit = await make_account(session)
        await recordings.judge(session, NOW, clip.id, dawit, good=False)
        with pytest.raises(AlreadyJudged):
            await recordings.judge(session, NOW, clip.id, dawit, good=True)

    async def test_refused_is_asked_again(self, session: AsyncSession, texts: InForce) -> None:
        mehret, dawit = await make_account(session), await make_account(session)
        (clip,) = await recorded(session, texts, mehret)
        await recordings.judge(session, NOW, clip.id, dawit, good=False)
        assert clip.key in {one.key for one in await recordings.to_read(session, texts, "ti", mehret)}
        assert (await recordings.in_force(session)).speakers == {}

    async def test_a_speaker_who_left_is_heard_no_more(self, session: AsyncSession, texts: InForce) -> None:
        mehret, dawit = await make_account(session), await make_account(session)
        (clip,) = await recorded(session, texts, mehret)
        await recordings.judge(session, NOW, clip.id, dawit, good=True)
        before = await recordings.stamp(session)
        mehret.disabled_at = NOW
        await session.flush()
        assert (await recordings.in_force(session)).speakers == {}
        assert await recordings.stamp(session) != before

    async def test_a_place_with_another_name_is_read_anew(self, session: AsyncSession) -> None:
        place = Place(name="De Kleine Toren", street="Toren 1", town="Veghel")
        session.add(place)
        await session.flush()
        before = await recordings.stamp(session)
        place.name = "De Grote Toren"
        await session.flush()
        assert await recordings.stamp(session) != before
        assert (await recordings.in_force(session)).places == {"De Grote Toren": f"place:{place.id}"}

    async def test_a_workshop_with_another_title_is_read_anew(self, session: AsyncSession) -> None:
        workshop = await world.workshop(session, "Werk")
        await world.workshop(session, "Taalcafé", open_activity=True)  # known by its day: nobody signs up
        before = await recordings.stamp(session)
        workshop.title = "Werken in Nederland"
        await session.flush()
        assert await recordings.stamp(session) != before
        assert (await recordings.in_force(session)).titles == {"Werken in Nederland": f"title:{workshop.id}"}


class TestWipe:
    async def test_her_voice_is_gone_also_where_it_was_joined_and_others_stay(
        self, session: AsyncSession, texts: InForce
    ) -> None:
        mehret, dawit = await make_account(session), await make_account(session)
        hers, his = await recorded(session, texts, mehret, count=2), await recorded(session, texts, dawit, count=2)
        ids = tuple(str(clip.media_id) for clip in hers)
        assert await media.keep_joined(session, NOW, {ids: voice(b"OggS samen")}) == 1
        for row in list(await session.scalars(select(Media))):
            session.add(MediaRef(channel="telegram", sha256=row.sha256, provider_id=f"file {row.id}"))
        await session.flush()

        assert await recordings.wipe(session, mehret) == 2

        left = {row.id for row in await session.scalars(select(Media))}
        assert left == {clip.media_id for clip in his}
        assert await count(session, MediaRef) == 2
        assert [clip.speaker_id for clip in await session.scalars(select(Clip))] == [dawit.id, dawit.id]

    async def test_what_was_wiped_is_not_joined_any_more(self, session: AsyncSession, texts: InForce) -> None:
        mehret = await make_account(session)
        made = await recorded(session, texts, mehret, count=2)
        ids = tuple(str(clip.media_id) for clip in made)
        await recordings.wipe(session, mehret)
        assert await media.keep_joined(session, NOW, {ids: voice(b"OggS samen")}) == 0
        assert await count(session, Media) == 0

    async def test_agreeing_and_stopping_are_written_down(self, session: AsyncSession) -> None:
        person = await make_listener(session)
        assert not await recordings.agreed(session, person.id)
        for at, given in enumerate((True, False, True)):
            moment = NOW + timedelta(minutes=at)
            await recordings.agree(session, moment, person.id, given=given, language="ti", text_hash="x")
            assert await recordings.agreed(session, person.id) is given


class TestSweep:
    async def test_joined_voices_go_after_two_weeks_and_recordings_nobody_uses_after_a_day(
        self, session: AsyncSession, texts: InForce
    ) -> None:
        mehret = await make_account(session)
        used = await recorded(session, texts, mehret, count=2)
        await media.keep(session, NOW, voice(b"OggS niemand"))
        ids = tuple(str(clip.media_id) for clip in used)
        await media.keep_joined(session, NOW, {ids: voice(b"OggS samen")})
        assert await media.sweep(session, NOW + timedelta(hours=23)) == 0
        assert await media.sweep(session, NOW + timedelta(hours=25)) == 1
        assert await media.present(session, [joined.heard(ids)])
        assert await media.sweep(session, NOW + timedelta(days=15)) == 1
        assert {row.id for row in await session.scalars(select(Media))} == {clip.media_id for clip in used}


def test_the_name_of_what_is_heard_after_each_other() -> None:
    one, other = str(new_id()), str(new_id())
    names: Sequence[object] = [joined.heard([one]), joined.heard([one, other]), joined.heard([other, one])]
    assert str(names[0]) == one
    assert len(set(names)) == 3
    assert joined.heard([one, other]) == names[1]
