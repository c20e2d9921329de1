"""News is written step by step: words, day, place, until when, photo and voice; nothing of it is lost."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.texts import Update
from core.tables.voice import Media
from tests.bot.rolmodellen import rolmodel
from tests.bot.scenes.newswriting import PHOTO, SPOKEN, asked_for_extra, own_text, written


async def test_the_day_and_the_place_it_is_about(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await asked_for_extra(phone)
    said = await phone.taps("Klaar")
    assert "📅 donderdag 14 januari\n📍 Voorbeeldhuis, Schijndel\n📅 Dit geldt tot en met maandag 25 januari." in said


async def test_a_day_is_tapped_or_typed_and_never_one_that_was(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await phone.does("rolmodel.write")
    await phone.types("ጽባሕ ቡን ኣሎ።")
    assert "Over welke dag" in await phone.taps("Overslaan")
    assert phone.labels[:2] == ["📅 ሰኑ 11 ጥሪ", "📅 ሰሉ 12 ጥሪ"]
    for typed in ("gisteren", "31-2", "10-1-2027", "1-1-2028"):
        assert "Over welke dag" in await phone.types(typed)
    assert "Waar is het?" in await phone.taps("12 ጥሪ")
    assert (await session.scalars(select(Update))).one().day == date(2027, 1, 12)


async def test_news_ends_no_sooner_than_the_day_it_is_about(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await asked_for_extra(phone)
    await phone.does(f"rolmodel.today:{phone.last.buttons[-1].id.partition(':')[2]}")
    assert (await session.scalars(select(Update))).one().ends_on == date(2027, 1, 14)


async def test_a_photo_and_a_voice_go_along_and_are_seen_by_who_judges(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await asked_for_extra(author)
    assert "Stuur nu de foto" in await author.taps("Foto")
    assert "✅ De foto hoort er nu bij." in await author.shows(PHOTO)
    await author.taps("Stem")
    assert "✅ Uw stem hoort er nu bij." in await author.speaks(SPOKEN)
    await author.taps("Klaar")
    shown, seen, heard = author.heard[-3:]
    assert (seen.picture is not None, len(heard.voice)) == (True, 1)
    row, text = (await session.scalars(select(Update))).one(), await own_text(session)
    await author.does(shown.buttons[0].id)
    kept = {row.kind: row.id for row in await session.scalars(select(Media))}
    assert (row.picture_id, text.voice_id) == (kept["picture"], kept["voice"])
    assert len(author.fetched) == 2
    await other.does("rolmodel.begin")
    said = other.heard[-2:]
    assert "ጽባሕ ቡን ኣሎ።" in said[0].text
    assert [one.picture is not None for one in said].count(True) == [bool(one.voice) for one in said].count(True) == 1


async def test_a_photo_that_can_t_be_used_may_be_sent_again(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await asked_for_extra(phone)
    await phone.taps("Foto")
    assert "Deze foto kunnen wij niet gebruiken" in await phone.shows(None, refused="broken")
    assert "✅ De foto hoort er nu bij." in await phone.shows(PHOTO)


async def test_another_photo_takes_the_place_of_the_first_for_good(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await asked_for_extra(phone)
    for _ in range(2):
        await phone.taps("Foto")
        await phone.shows(PHOTO)
    assert len((await session.scalars(select(Media))).all()) == 1


async def test_no_photo_is_fetched_that_was_not_asked_for(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await asked_for_extra(phone)
    await phone.shows(PHOTO)
    await phone.speaks(SPOKEN)
    assert phone.fetched == []


async def test_other_words_leave_no_voice_that_says_the_old_ones(session: AsyncSession) -> None:
    author = await rolmodel(session, "Selam")
    await asked_for_extra(author)
    await author.taps("Stem")
    await author.speaks(SPOKEN)
    text = await own_text(session)
    await author.does(f"rolmodel.improve:{short(text.id)}")
    await author.types("ጽባሕ ሻሂ ኣሎ።")
    await session.refresh(text)
    assert text.voice_id is None
    assert (await session.scalars(select(Media))).all() == []


async def test_stopping_anywhere_loses_nothing(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await phone.does("rolmodel.write")
    await phone.types("ጽባሕ ቡን ኣሎ።")
    await phone.does("menu.open")
    said = await phone.does("rolmodel.write")
    assert "Zo ziet het eruit:" in said
    assert "ጽባሕ ቡን ኣሎ።" in said
    assert len((await session.scalars(select(Update))).all()) == 1


async def test_improving_changes_the_same_news(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await written(phone)
    await phone.taps("Verbeter")
    await phone.types("ሰንበት ቡን ኣሎ።")
    await phone.types("Zondag is er koffie.")
    assert "ሰንበት ቡን ኣሎ።\nNL: Zondag is er koffie." in await phone.does("rolmodel.write")
    assert len((await session.scalars(select(Update))).all()) == 1


async def test_who_writes_a_number_hears_that_staff_look_too(session: AsyncSession) -> None:
    author, _ = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Verbeter")
    await author.types("ደውሉ 0612345678")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar"):
        await author.taps(label)
    assert "De gemeente kijkt ook nog" in await author.taps("Stuur door")


async def test_old_buttons_of_a_draft_that_is_gone_do_nothing(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    await written(phone)
    draft = phone.last.buttons[0].id.partition(":")[2]
    await phone.taps("Weg")
    for verb in ("send", "improve", "skip", "no_day", "today", "extra", "photo", "ready", "throw_away"):
        assert "Dit bericht is oud" in await phone.does(f"rolmodel.{verb}:{draft}")
    assert "Dit bericht is oud" in await phone.does(f"rolmodel.day:{draft}/2027-01-12")


async def test_the_draft_of_another_is_not_there(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    draft = author.last.buttons[0].id.partition(":")[2]
    for verb in ("send", "improve", "today", "photo", "ready", "throw_away"):
        assert "Dit bericht is oud" in await other.does(f"rolmodel.{verb}:{draft}")


class TestWayBack:
    async def test_from_the_first_question_to_her_work(self, session: AsyncSession) -> None:
        author = await rolmodel(session, "Selam")
        await author.does("rolmodel.write")
        assert "Uw werk als rolmodel" in await author.taps("Terug")

    async def test_from_writing_it_anew_to_how_it_looks(self, session: AsyncSession) -> None:
        author = await rolmodel(session, "Selam")
        shown = await written(author)
        await author.taps("Verbeter")
        assert await author.taps("Terug") == shown

    async def test_from_the_reason_to_the_text(self, session: AsyncSession) -> None:
        author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
        await written(author)
        await author.taps("Stuur door")
        shown = await other.does("rolmodel.begin")
        await other.taps("Terug")
        assert await other.taps("Terug") == shown

    @pytest.mark.parametrize("label", ["Foto", "Stem", None])
    async def test_words_where_a_file_or_a_tap_is_waited_for_ask_once_more(
        self, session: AsyncSession, label: str | None
    ) -> None:
        author = await rolmodel(session, "Selam")
        await asked_for_extra(author)
        if label is not None:
            await author.taps(label)
        shown = author.last
        assert await author.types("ik heb geen foto") == shown.text
        assert author.labels == [button.label for button in shown.buttons]
