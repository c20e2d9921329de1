from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import understanding
from content.review import spoken
from content.voice import media
from content.voice.attachments import Picture, Voice
from core import accounts
from core.ids import short
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.texts import Broadcast, Update, UpdateText
from core.tables.voice import Media
from scheduler.news import broadcasts
from scheduler.volunteers import reviewing
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS, TEXTS, Phone
from tests.content.test_understanding import answered_by


async def rolmodel(session: AsyncSession, name: str, channel: str = "telegram") -> Phone:
    person = await phones.make_person(session, doelgroep="overig", languages=("ti", "nl"))
    email = f"{uuid4().hex}@voorbeeld.nl"
    await accounts.add(
        session, NOW, email=email, name=name, role="rolmodel", languages=("ti", "nl"), person_id=person.id
    )
    return await phones.linked(session, person, channel=channel)


async def written(phone: Phone) -> str:
    await phone.does("rolmodel.write")
    await phone.types("ጽባሕ ቡን ኣሎ።")
    await phone.types("Morgen is er koffie.")
    await phone.taps("Overslaan")
    await phone.taps("Overslaan")
    await phone.taps("Deze week")
    return await phone.taps("Klaar")


async def test_writes_and_sees_it_before_it_goes_on(session: AsyncSession) -> None:
    phone = await rolmodel(session, "Selam")
    said = await written(phone)
    assert "ጽባሕ ቡን ኣሎ።\nNL: Morgen is er koffie.\n📅 Dit geldt tot en met zondag 17 januari." in said
    assert "minder dan 5 mensen" in said


async def test_a_thumb_that_bounces_leaves_the_way_back(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    for phone, label in ((author, "Stuur door"), (other, "Goed")):
        if phone is other:
            await phone.does("rolmodel.begin")
        (button,) = [button for button in phone.last.buttons if label in button.label]
        assert await phone.does(button.id) != ""
        phone.now = NOW + timedelta(seconds=1)
        assert await phone.does(button.id) == ""
        assert any("Toch niet" in shown for shown in phone.labels)
    assert "Wij sturen dit nieuws niet" in await other.taps("Toch niet")
    await other.taps("Volgende")
    (good, *_) = other.last.buttons
    assert "Over 2 minuten" in await other.does(good.id)
    other.now = NOW + timedelta(minutes=1)
    assert await other.does(good.id) != ""  # an old button, and no bounce: it is answered


async def test_another_speaker_approves_and_can_undo(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    assert "Een andere rolmodel kijkt nu" in await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(minutes=2)
    assert "NL: Morgen is er koffie." in await other.does("rolmodel.begin")
    assert "Over 2 minuten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).one().due == NOW + timedelta(minutes=2)
    assert "Wij sturen dit nieuws niet" in await other.taps("Toch niet")
    assert await broadcasts.fan_out(session, NOW + timedelta(minutes=3), SETTINGS) == 0
    assert "NL: Morgen is er koffie." in await other.taps("Volgende")  # it isn't lost: it waits for a look again


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


async def test_who_writes_a_number_hears_that_staff_look_too(session: AsyncSession) -> None:
    author, _ = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Verbeter")
    await author.types("ደውሉ 0612345678")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar"):
        await author.taps(label)
    assert "De gemeente kijkt ook nog" in await author.taps("Stuur door")


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("ደውሉ 0612345678", ["🔗 Hier staat een link of een nummer."]),
        ("ጽባሕ bаnk", ["👀 Kijk goed. Hier staan letters die op andere lijken"]),  # the second letter is Cyrillic
        ("ጽባሕ \u202eቡን", ["👀 Kijk goed."]),
        ("ጽባሕ ቡን ኣሎ።", []),
    ],
)
async def test_who_looks_at_it_is_warned_of_what_deceives(session: AsyncSession, typed: str, warned: list[str]) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Verbeter")
    await author.types(typed)
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)
    said = await other.does("rolmodel.begin")
    assert all(words in said for words in warned)
    assert [sign for sign in ("🔗", "👀") if sign in said] == [words[0] for words in warned]


async def test_news_that_is_over_is_not_asked_about_nor_approved(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    other.now = NOW + timedelta(days=7)
    assert "Er wachten nu geen teksten" in await other.taps("Goed")
    assert (await session.scalars(select(Broadcast))).all() == []


async def test_sends_it_back_with_a_reason(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    assert "Terug naar de schrijver" in await other.taps("Te moeilijk")
    assert (await session.scalars(select(Update))).one().state == "returned"
    assert "Er wachten nu geen teksten" in await other.taps("Volgende")


async def test_sends_it_back_with_a_reason_in_her_own_voice(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    assert await other.taps("Terug") == "Wat klopt niet?"
    asks = await other.taps("🎙 Zeg het zelf")
    assert asks == "Stuur een spraakbericht. Zeg wat er niet klopt."
    assert await other.types("het woord is oud") == asks
    assert "NL: Morgen is er koffie." in await other.taps("◀️ Terug")
    assert "hier nog niet horen" in await other.speaks(SPOKEN)  # not waited for any more
    row = await own_text(session)
    assert row.state == "submitted"

    await other.does(f"rolmodel.say:{short(row.id)}")
    assert asks in await other.speaks(None, refused="broken")
    assert "Terug naar de schrijver" in await other.speaks(SPOKEN)
    said = await spoken.of(session, row)
    assert said is not None
    assert (row.state, said.content) == ("returned", SPOKEN.content)
    assert "hier nog niet horen" in await other.speaks(SPOKEN)  # once
    (told,) = await asked_of(session, "Selam")
    assert told.due == NOW + timedelta(minutes=2)

    shown = await author.does("rolmodel.begin")
    assert "spoken" not in shown
    why, aloud, preview = author.heard[-3:]
    assert (why.text, aloud.voice) == ("Wat klopt niet?", (str(said.id),))
    assert ("Zo ziet het eruit" in preview.text, preview.voice) == (True, ())

    assert "NL: Morgen is er koffie." in await other.does(f"rolmodel.not_back:{short(row.id)}")
    assert await spoken.of(session, row) is None


async def test_a_spoken_reason_for_news_goes_in_time_and_with_her_voice(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    for end in ("in time", "with her voice"):
        await other.does("rolmodel.begin")
        await other.does(f"rolmodel.say:{short((await own_text(session)).id)}")
        await other.speaks(SPOKEN)
        judge = (await session.scalars(select(Account).where(Account.name == "Abel"))).one()
        if end == "in time":
            early = NOW + spoken.KEPT - timedelta(seconds=1)
            assert (await media.sweep(session, early), await spoken.forget(session, early)) == (0, 0)
            assert await spoken.forget(session, NOW + spoken.KEPT) == 1
        else:
            assert await spoken.wipe(session, judge) == 1
        assert await spoken.of(session, await own_text(session)) is None
        assert "Zo ziet het eruit" in await author.does("rolmodel.write")
        await author.taps("Stuur door")


async def asked_of(session: AsyncSession, name: str) -> list[Notice]:
    hers = select(Account.person_id).where(Account.name == name).scalar_subquery()
    query = select(Notice).where(Notice.kind == "work", Notice.person_id == hers, Notice.is_open)
    return list(await session.scalars(query))


async def test_who_wrote_what_came_back_hears_of_it_and_finds_it_behind_the_push(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    (told,) = await asked_of(session, "Selam")
    assert told.due == NOW + timedelta(minutes=2)
    assert "Te moeilijk" in await author.does("rolmodel.begin")
    await author.taps("Stuur door")
    assert await asked_of(session, "Selam") == []
    assert "NL: Morgen is er koffie." in await other.does("rolmodel.begin")


async def test_sent_back_by_mistake_waits_for_her_again(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    assert "NL: Morgen is er koffie." in await other.taps("Toch niet")
    assert await asked_of(session, "Selam") == []
    assert "Over 2 minuten" in await other.taps("Goed")


async def test_sent_back_is_not_taken_back_too_late_nor_by_another(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    text = (await session.scalars(select(UpdateText).where(UpdateText.language == "ti"))).one()
    assert "koffie" not in await author.does(f"rolmodel.not_back:{short(text.id)}")
    other.now = NOW + timedelta(minutes=3)
    await other.taps("Toch niet")
    assert text.state == "returned"
    assert len(await asked_of(session, "Selam")) == 1


async def test_sent_on_by_mistake_is_her_draft_again(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    assert "Zo ziet het eruit" in await author.taps("Toch niet")
    assert await asked_of(session, "Abel") == []
    assert "Er wachten nu geen teksten" in await other.does("rolmodel.begin")


async def test_what_was_judged_is_not_taken_back(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Goed")
    assert "Zo ziet het eruit" not in await author.taps("Toch niet")
    assert (await session.scalars(select(Broadcast))).one().state == "planned"


async def test_writing_and_judging_are_hours_of_work(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await author.does("rolmodel.write")
    author.now = NOW + timedelta(minutes=9)
    await author.types("ጽባሕ ቡን ኣሎ።")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)
    other.now = NOW + timedelta(minutes=10)
    await other.does("rolmodel.begin")
    other.now = NOW + timedelta(minutes=12)
    await other.taps("Goed")
    await other.taps("Toch niet")
    assert "0 uur en 9 minuten" in await author.does("rolmodel.hours")
    assert "0 uur en 2 minuten" in await other.does("rolmodel.hours")


async def test_on_leave_she_is_asked_afterwards(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await other.does("rolmodel.week_off")
    await written(author)
    await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(days=6, hours=23)


async def test_nobody_judges_her_own(session: AsyncSession) -> None:
    author = await rolmodel(session, "Selam")
    await written(author)
    assert "De gemeente kijkt ernaar" in await author.taps("Stuur door")
    assert "Er wachten nu geen teksten" in await author.does("rolmodel.begin")


async def test_nothing_is_pushed_at_night(session: AsyncSession) -> None:
    author = await rolmodel(session, "Selam")
    await rolmodel(session, "Abel")
    author.now = NOW + timedelta(hours=12)
    await written(author)
    await author.taps("Stuur door")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(hours=23)


async def test_others_have_no_such_thing(session: AsyncSession) -> None:
    phone = await phones.linked(session, await phones.make_person(session))
    for action in ("write", "begin", "tonight", "today"):
        said = await phone.does(f"rolmodel.{action}")
        assert "Dit bericht is oud" in said or "geen teksten" in said


PHOTO = Picture(content=b"\xff\xd8 made up", width=2, height=2)
SPOKEN = Voice(content=b"OggS made up", milliseconds=4200, recorded=4300, loudness=-20, peak=-3)


async def asked_for_extra(phone: Phone) -> None:
    await phone.does("rolmodel.write")
    for typed in ("ጽባሕ ቡን ኣሎ።", "Morgen is er koffie.", "14-1", "Voorbeeldhuis, Schijndel"):
        await phone.types(typed)
    await phone.taps("2 weken")


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


async def own_text(session: AsyncSession) -> UpdateText:
    return (await session.scalars(select(UpdateText).where(UpdateText.language == "ti"))).one()


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


async def test_what_came_back_shows_why(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Terug")
    await other.taps("Te moeilijk")
    assert "Wat klopt niet?\nTe moeilijk\nZo ziet het eruit:" in await author.does("rolmodel.write")
    assert "Een andere rolmodel kijkt nu" in await author.taps("Stuur door")


async def test_after_the_two_minutes_staff_are_called(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await written(author)
    await author.taps("Stuur door")
    await other.does("rolmodel.begin")
    await other.taps("Goed")
    undo = other.last.buttons[0].id
    await broadcasts.fan_out(session, NOW + timedelta(minutes=3), SETTINGS)
    assert "Bel de regisseur" in await other.does(undo)
    assert "Wij bellen u" in await other.taps("Bel regisseur")


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


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_help_stands_in_her_first_list_and_leads_back(session: AsyncSession, channel: str) -> None:
    phone = await rolmodel(session, "Selam", channel)
    await phone.does("menu.open")
    await phone.taps("Hulp nu")
    await phone.taps("Ik ben alleen")
    assert phone.labels


async def not_understood(session: AsyncSession, author: Phone, other: Phone, body: str = "ጽባሕ ቡን ኣሎ።") -> UpdateText:
    """News of hers that is out, which two of six people found clear."""
    await written(author)
    row = (
        await session.scalars(select(UpdateText).where(UpdateText.language == "ti", UpdateText.state == "draft"))
    ).one()
    row.state = "sent"
    (await session.get_one(Update, row.update_id)).state = "sent"
    await session.flush()
    await answered_by(session, understanding.of_news(row), {"clear": 2, "unclear": 4})
    return row


async def test_news_that_people_do_not_understand_waits_for_better_words(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    row = await not_understood(session, author, other)

    for phone in (author, other):
        said = await phone.does("rolmodel.begin")
        assert "NL: Morgen is er koffie." in said
        assert "Mensen begrijpen deze tekst niet goed. Antwoorden: 6. Minder dan 80% vindt hem duidelijk." in said
        assert phone.labels == ["✏️ Verbeter", "⏭ Later", "📞 Bel regisseur", "🏠 Begin"]
    assert "Er wachten nu geen teksten op u" in await other.taps("Later")
    await other.does("rolmodel.begin")
    assert "Wat is uw nieuws?" in await author.taps("Verbeter")

    await broadcasts.take_down(session, row.id, (await session.scalars(select(Account).limit(1))).one())
    assert "Er wachten nu geen teksten op u" in await author.does("rolmodel.begin")


async def test_what_waits_for_a_yes_comes_before_what_is_not_understood(session: AsyncSession) -> None:
    author, other = await rolmodel(session, "Selam"), await rolmodel(session, "Abel")
    await not_understood(session, author, other)
    await author.does("rolmodel.write")
    await author.types("ጽባሕ ሻሂ ኣሎ።")
    for label in ("Overslaan", "Overslaan", "Overslaan", "Deze week", "Klaar", "Stuur door"):
        await author.taps(label)

    assert "ሻሂ" in await other.does("rolmodel.begin")
    await other.taps("Goed")
    assert "ቡን" in await other.taps("Volgende")
    account = (await session.scalars(select(Account).where(Account.name == "Abel"))).one()
    load = await reviewing.load(session, NOW, SETTINGS, TEXTS.source, account)
    assert (load.news, load.unclear, load.count) == (0, 1, 1)
