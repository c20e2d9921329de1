from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content.catalogue import load
from content.inforce import concepts
from content.voice import clips as clips_of
from content.voice import media, recordings
from content.voice.attachments import Voice
from core.ids import short
from core.tables.notices import Notice
from core.tables.people import Account, Consent, Person
from core.tables.voice import Clip, Media
from tests.bot import phones, rolmodellen
from tests.bot.phones import NOW, Phone

BOTH = concepts(load(("nl", "ti")))

#: Only what is read aloud is in Tigrinya: the rolmodel's own chat stays in Dutch, so that the test can be read.
READ = ("appointment.announced", "appointment.day", "message")
TEXTS = replace(BOTH, bodies={key: body for key, body in BOTH.bodies.items() if key[0] == "nl" or key[1] in READ})


def voice(**values: Any) -> Voice:
    given = {"milliseconds": 900, "recorded": 1200, "loudness": -24.0, "peak": -8.0, **values}
    return Voice(content=f"OggS {uuid4().hex}".encode(), **given)


async def rolmodel(session: AsyncSession, name: str, languages: tuple[str, ...] = ("ti", "nl")) -> Phone:
    phone = await rolmodellen.rolmodel(session, name, languages=languages)
    phone.texts = TEXTS
    return phone


async def reading(session: AsyncSession, name: str = "Selam") -> Phone:
    """Somebody who agreed, with her first text before her."""
    phone = await rolmodel(session, name)
    await phone.does("recording.begin")
    await phone.taps("Ja")
    return phone


async def count(session: AsyncSession, table: Any) -> int:
    return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def clips(session: AsyncSession) -> list[tuple[str, str]]:
    query = select(Clip).order_by(Clip.created_at, Clip.id).execution_options(populate_existing=True)
    return [(row.key, row.state) for row in await session.scalars(query)]


class TestReading:
    async def test_she_is_asked_first_and_her_yes_is_written_down(self, session: AsyncSession) -> None:
        phone = await rolmodel(session, "Selam")
        assert "ትግርኛ. U kunt dit altijd stoppen." in await phone.does("recording.begin")
        assert await phone.speaks(voice()) != ""
        assert (phone.fetched, await count(session, Media)) == ([], 0)
        await phone.does("recording.begin")
        said = await phone.taps("Ja")
        assert "Nummer 1 van 10." in said
        consent = (await session.scalars(select(Consent).where(Consent.purpose == "voice"))).one()
        assert consent.given

    async def test_the_text_she_reads_is_her_own_languages(self, session: AsyncSession) -> None:
        phone = await reading(session)
        (said, *_) = clips_of.of_message(TEXTS, "ti", "appointment.announced", "push")
        assert phone.last.text.split("\n")[-1] == said.text
        assert "\u1200" <= said.text[0] <= "\u137f"

    async def test_also_where_she_reads_her_chat_in_dutch(self, session: AsyncSession) -> None:
        phone = await rolmodel(session, "Selam")
        (person_id,) = await session.scalars(select(Account.person_id).where(Account.name == "Selam"))
        (await session.get_one(Person, person_id)).languages = ["nl"]
        assert "ትግርኛ. U kunt dit altijd stoppen." in await phone.does("recording.begin")

    async def test_a_good_recording_is_heard_back_and_kept(self, session: AsyncSession) -> None:
        phone = await reading(session)
        said = await phone.speaks(voice())
        assert said.startswith("Luister terug. Is het goed?")
        media_id = phone.last.voice[0]
        assert await clips(session) == []
        assert "Een ander luistert nog." in await phone.taps("Goed")
        assert "Nummer 2 van 10." in phone.last.text
        ((key, state),) = await clips(session)
        assert (key, state) == ("appointment.announced/push#0:0", "recorded")
        assert str((await session.scalars(select(Clip.media_id))).one()) == media_id

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"recorded": 300, "milliseconds": 300}, "te kort"),
            ({"recorded": 50_000, "milliseconds": 50_000}, "te lang"),
            ({"loudness": -70.0, "milliseconds": 0}, "te zacht"),
            ({"clipped": 0.2}, "te hard"),
        ],
    )
    async def test_a_bad_one_is_asked_again_in_words_and_not_kept(
        self, session: AsyncSession, values: dict[str, Any], said: str
    ) -> None:
        phone = await reading(session)
        before = phone.last.text.split("\n")[-1]
        assert said in await phone.speaks(voice(**values))
        assert phone.last.text.split("\n")[-1] == before
        assert await count(session, Media) == 0

    @pytest.mark.parametrize(
        ("refused", "said"),
        [("broken", "niet horen"), ("lost", "niet horen"), ("long", "te lang"), ("soft", "te zacht")],
    )
    async def test_what_could_not_be_fetched_too(self, session: AsyncSession, refused: str, said: str) -> None:
        phone = await reading(session)
        assert said in await phone.speaks(None, refused=refused)

    async def test_again_and_spoken_over_leave_nothing_of_the_first(self, session: AsyncSession) -> None:
        phone = await reading(session)
        await phone.speaks(voice())
        await phone.speaks(voice())
        assert await count(session, Media) == 1
        assert "Nummer 1 van 10." in await phone.taps("Opnieuw")
        assert await count(session, Media) == 0

    async def test_it_stops_anywhere_without_loss(self, session: AsyncSession) -> None:
        phone = await reading(session)
        await phone.speaks(voice())
        await phone.taps("Goed")
        await phone.speaks(voice())
        await phone.does("recording.stop")
        assert (len(await clips(session)), await count(session, Media)) == (1, 1)
        await phone.does("recording.begin")
        assert "Nummer 1 van 10." in phone.last.text

    async def test_ten_at_a_time_and_what_was_skipped_comes_later(self, session: AsyncSession) -> None:
        phone = await reading(session)
        first = phone.last.text.split("\n")[-1]
        assert "Nummer 1 van 10." in await phone.taps("Overslaan")
        for _ in range(10):
            await phone.speaks(voice())
            await phone.taps("Goed")
        assert phone.labels[0] == "▶️ Volgende"
        assert len(await clips(session)) == 10
        assert first in await phone.taps("Volgende")

    async def test_a_text_that_came_meanwhile_makes_the_sitting_longer(self, session: AsyncSession) -> None:
        phone = await reading(session)
        (account,) = await session.scalars(select(Account).where(Account.name == "Selam"))
        first = phone.last.text.split("\n")[-1]
        before = {key: body for key, body in TEXTS.bodies.items() if key != ("ti", "message")}
        phone.texts = replace(TEXTS, bodies=before)
        media_id = await media.keep(session, NOW, voice())
        for one in clips_of.wanted(phone.texts, "ti"):
            if one.text != first:
                await recordings.keep(session, NOW, "ti", one, account, media_id)
        await phone.does("recording.record")
        assert "Nummer 1 van 1." in phone.last.text
        phone.texts = TEXTS
        await phone.speaks(voice())
        assert "Nummer 2 van 2." in await phone.taps("Goed")

    async def test_nobody_else_gets_in(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        for action in ("begin", "record", "agree", "good", "wipe", "check"):
            await phone.does(f"recording.{action}")
        assert (await count(session, Clip), await count(session, Consent)) == (0, 0)


class TestSecondSpeaker:
    async def recorded(self, session: AsyncSession) -> tuple[Phone, Phone]:
        author, other = await reading(session), await rolmodel(session, "Abel")
        await author.speaks(voice())
        await author.taps("Goed")
        return author, other

    async def test_is_asked_at_a_good_hour_once_for_a_sitting(self, session: AsyncSession) -> None:
        author, _ = await self.recorded(session)
        await author.speaks(voice())
        await author.taps("Goed")
        (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
        assert asked.due == NOW + timedelta(minutes=30)
        assert (asked.variables or {})["values"] == {"count": 2, "minutes": 2}

    async def test_hears_it_with_the_words_and_says_yes(self, session: AsyncSession) -> None:
        _, other = await self.recorded(session)
        assert "Hoort u dit goed?" in await other.does("rolmodel.begin")
        assert other.last.voice == (str((await session.scalars(select(Clip.media_id))).one()),)
        assert "Over 2 minuten gebruiken wij deze stem." in await other.taps("Ja")
        assert [state for _, state in await clips(session)] == ["checked"]
        assert "Er wachten nu geen teksten" in await other.does("rolmodel.begin")

    async def test_says_no_and_it_is_asked_again(self, session: AsyncSession) -> None:
        author, other = await self.recorded(session)
        await other.does("recording.begin")
        assert "nieuwe opname" in await other.taps("Nee")
        assert [state for _, state in await clips(session)] == ["refused"]
        account = (await session.scalars(select(Account).where(Account.name == "Selam"))).one()
        asked = select(Notice).where(Notice.kind == "work", Notice.person_id == account.person_id)
        assert len((await session.scalars(asked)).all()) == 1
        assert "Nummer 1 van 10." in await author.does("rolmodel.begin")  # behind the push that asks her
        await author.does("recording.begin")
        assert "Nummer 1 van 10." in author.last.text

    @pytest.mark.parametrize("answer", ["Ja", "Nee"])
    async def test_takes_back_what_she_said_and_hears_the_same_clip(self, session: AsyncSession, answer: str) -> None:
        _, other = await self.recorded(session)
        await other.does("recording.begin")
        clip = other.last.voice
        await other.taps(answer)
        other.now += timedelta(seconds=119)
        assert "Hoort u dit goed?" in await other.taps("Toch niet")
        assert (other.last.voice, await clips(session)) == (clip, [("appointment.announced/push#0:0", "recorded")])
        account = (await session.scalars(select(Account).where(Account.name == "Selam"))).one()
        asked = select(Notice).where(Notice.person_id == account.person_id, Notice.is_open)
        assert list(await session.scalars(asked)) == []
        assert "Over 2 minuten" in await other.taps("Ja")
        assert [state for _, state in await clips(session)] == ["checked"]

    async def test_of_several_the_one_taken_back_is_heard_again(self, session: AsyncSession) -> None:
        author, other = await self.recorded(session)
        await author.speaks(voice())
        await author.taps("Goed")
        await other.does("recording.begin")
        first = other.last.voice
        await other.taps("Ja")
        (undo,) = [button.id for button in other.heard[-2].buttons]
        assert other.last.voice != first
        await other.does(undo)
        assert other.last.voice == first
        await other.taps("Nee")
        assert [state for _, state in await clips(session)] == ["refused", "recorded"]

    async def test_after_two_minutes_the_voice_is_used_and_staff_can_be_called(self, session: AsyncSession) -> None:
        _, other = await self.recorded(session)
        await other.does("recording.begin")
        await other.taps("Ja")
        other.now += timedelta(seconds=121)
        assert "Deze stem gebruiken wij al." in await other.taps("Toch niet")
        assert other.labels == ["📞 Bel regisseur", "▶️ Volgende", "🏠 Begin"]
        assert [state for _, state in await clips(session)] == ["checked"]

    async def test_what_one_judged_nobody_else_is_asked_for_until_it_is_taken_back(self, session: AsyncSession) -> None:
        third = await rolmodel(session, "Sara")
        _, other = await self.recorded(session)
        (person_id,) = await session.scalars(select(Account.person_id).where(Account.name == "Sara"))
        asked = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.is_open)
        assert await session.scalar(asked) == 1
        await other.does("recording.begin")
        await other.taps("Ja")
        assert await session.scalar(asked) == 0
        await other.taps("Toch niet")
        assert await session.scalar(asked) == 1
        assert "Hoort u dit goed?" in await third.does("rolmodel.begin")

    async def test_the_same_undo_once_more_changes_nothing(self, session: AsyncSession) -> None:
        _, other = await self.recorded(session)
        await other.does("recording.begin")
        await other.taps("Ja")
        (undo, *_) = [button.id for button in other.last.buttons]
        await other.does(undo)
        assert "Hoort u dit goed?" in await other.does(undo)
        await other.taps("Nee")
        other.now += timedelta(minutes=3)
        assert "Wij vragen om een nieuwe opname." in await other.does(undo)
        assert [state for _, state in await clips(session)] == ["refused"]

    async def test_nobody_else_takes_it_back(self, session: AsyncSession) -> None:
        author, other = await self.recorded(session)
        third = await rolmodel(session, "Sara")
        await other.does("recording.begin")
        await other.taps("Ja")
        (undo, *_) = [button.id for button in other.last.buttons]
        for phone in (author, third):
            await phone.does(undo)
        assert [state for _, state in await clips(session)] == ["checked"]

    async def test_never_her_own(self, session: AsyncSession) -> None:
        author, _ = await self.recorded(session)
        clip_id = (await session.scalars(select(Clip.id))).one()
        await author.does(f"recording.right:{short(clip_id)}")
        assert [state for _, state in await clips(session)] == ["recorded"]


class TestWipe:
    async def test_her_voice_is_gone_at_once_and_she_is_asked_before_another(self, session: AsyncSession) -> None:
        phone = await reading(session)
        await phone.speaks(voice())
        await phone.taps("Goed")
        await phone.speaks(voice())
        assert "Alles wat u insprak is dan weg." in await phone.does("recording.wipe_sure")
        assert (await count(session, Clip), await count(session, Media)) == (1, 1)
        assert "Uw stem is gewist." in await phone.taps("Wis mijn stem")
        assert (await count(session, Clip), await count(session, Media)) == (0, 0)
        assert "U kunt dit altijd stoppen" in await phone.does("recording.begin")
        assert await phone.speaks(voice()) != ""
        assert await count(session, Media) == 0


async def test_a_tap_beside_skip_wipes_nothing(session: AsyncSession) -> None:
    phone = await reading(session)
    await phone.speaks(voice())
    await phone.taps("Goed")
    await phone.taps("Wis mijn stem")
    assert "Nummer 1 van 10." in await phone.taps("Toch niet")
    assert await count(session, Clip) == 1


async def test_a_voice_that_nobody_asked_for_is_never_fetched(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await phone.speaks(voice())
    assert phone.fetched == []
    reader = await reading(session)
    await reader.shows(None)
    assert reader.fetched == []
