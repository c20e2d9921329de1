from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from content import approvals, catalogue, texts
from content.catalogue import digest
from content.inforce import dutch_and
from content.review import spoken, textqueue
from content.understanding import Wording
from content.voice import media
from content.voice.attachments import Voice
from core import accounts
from core.ids import short
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.relay import Leave, VolunteerTime
from core.tables.texts import Approval, Text
from core.tables.work import Task
from messaging import twilio_forms
from tests.bot import phones
from tests.bot.phones import NOW, Phone
from tests.content.test_understanding import answered_by

SHIPPED = catalogue.load(("ti",))
FIRST = "appointment.announced"
BETTER = "ሓድሽ ቆጸራ ኣለኩም፦ {day}፣ {time}። ትመጹ ዲኹም?"


async def rolmodel(
    session: AsyncSession, *, channel: str = "telegram", languages: Sequence[str] = ("ti", "nl")
) -> Phone:
    person = await phones.make_person(session, doelgroep="overig", languages=tuple(languages))
    await accounts.add(
        session,
        NOW,
        email=f"{uuid4().hex}@voorbeeld.nl",
        name="Selam",
        role="rolmodel",
        languages=languages,
        person_id=person.id,
    )
    return await phones.linked(session, person, channel=channel)


async def queue(session: AsyncSession, *units: str) -> list[Text]:
    """These units wait in Tigrinya; all that the release ships, where none are named."""
    await texts.ship(session, NOW, SHIPPED)
    rows = list(await session.scalars(select(Text).where(Text.language == "ti", Text.state == "concept")))
    for row in rows:
        if units and row.unit not in units:
            row.state = "returned"
    await session.flush()
    return [row for row in rows if row.state == "concept"]


async def ticked(phone: Phone) -> str:
    """Everything on the checklist."""
    said = ""
    while waiting := [button.id for button in phone.last.buttons if button.label.startswith("☐")]:
        said = await phone.does(waiting[0])
    return said


async def states(session: AsyncSession, unit: str) -> list[str]:
    query = select(Text.state).where(Text.unit == unit, Text.language == "ti").order_by(Text.version)
    return list(await session.scalars(query))


async def test_the_core_set_comes_first_with_example_values(session: AsyncSession) -> None:
    rows = await queue(session)
    phone = await rolmodel(session)

    said = await phone.does("rolmodel.begin")

    assert said.startswith(f"Tekst 1 van {len(rows)} · ትግርኛ · afspraak, nieuw\nNL: U heeft een nieuwe afspraak")
    assert "dinsdag 12 januari, 10:00 uur" in said
    assert "{" not in said
    assert said.endswith("Zegt uw taal hetzelfde? Druk op wat klopt.")
    assert phone.labels == ["☐ Wat", "☐ Wanneer", "✏️ Verbeter", "↩️ Terug", "⏭ Later", "⏹ Stop"]


async def test_good_appears_when_all_is_ticked_and_goes_when_one_is_taken_off(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    whole = phone.last.text

    await ticked(phone)
    assert "✅ Goed" in phone.labels
    assert phone.last.text == whole
    assert phone.last.edit is not None
    await phone.taps("☑ Wanneer")
    assert "✅ Goed" not in phone.labels


async def test_approved_with_the_number_of_people_hidden_and_undone(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)

    said = await phone.taps("✅ Goed")
    assert "Over 2 minuten gebruiken wij deze tekst" in said
    assert "minder dan 5 mensen" in said
    assert "Nog 1 tekst, ongeveer 2 minuten." in said
    assert phone.labels == ["↩️ Toch niet", "▶️ Volgende", "⏹ Stop"]
    assert await states(session, FIRST) == ["approved"]

    phone.now = NOW + timedelta(minutes=2)
    assert "gebruiken deze tekst nog niet" in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    assert "Tekst 1 van 2" in await phone.taps("Volgende")


async def test_undo_is_too_late_after_two_minutes(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    assert "U bent klaar" in await phone.taps("✅ Goed")
    phone.now = NOW + timedelta(minutes=2, seconds=1)
    assert "gebruiken wij al" in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["approved"]


async def test_a_count_of_five_is_shown(session: AsyncSession) -> None:
    await queue(session, FIRST)
    for _ in range(4):
        await phones.linked(session, await phones.make_person(session, languages=("ti", "nl")))
    await phones.linked(session, await phones.make_person(session, languages=("ar", "nl")))
    phone = await rolmodel(session)
    phone.texts = dutch_and(SHIPPED, {("ti", "buttons"): SHIPPED.bodies["ti"]["buttons"]})
    await phone.does("rolmodel.begin")
    await ticked(phone)
    assert "Hij gaat naar 5 mensen." in await phone.taps("✅ Goed")


async def test_one_after_the_other_with_a_count_that_goes_on(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    await phone.taps("✅ Goed")
    assert "Tekst 2 van 2 · ትግርኛ · afspraak, een week ervoor" in await phone.taps("Volgende")
    await ticked(phone)
    assert "U bent klaar." in await phone.taps("✅ Goed")


async def test_sent_back_with_a_reason_and_undone(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert await phone.taps("↩️ Terug") == "Wat klopt niet?"
    assert "krijgen mensen makkelijk Nederlands" in await phone.taps("Te moeilijk")
    (judgement,) = (await session.scalars(select(Approval))).all()
    assert (judgement.verdict, judgement.reason) == ("returned", "too_difficult")
    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]


SPOKEN = Voice(content=b"OggS made up", milliseconds=4200, recorded=4300, loudness=-20, peak=-3)


async def test_sent_back_with_a_reason_in_her_own_voice(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await phone.taps("↩️ Terug")
    asks = await phone.taps("🎙 Zeg het zelf")
    assert asks == "Stuur een spraakbericht. Zeg wat er niet klopt."
    assert await phone.types("het woord is oud") == asks
    assert "Zegt uw taal hetzelfde?" in await phone.taps("◀️ Terug")
    assert "hier nog niet horen" in await phone.speaks(SPOKEN)  # not waited for any more
    assert await states(session, FIRST) == ["concept"]

    await phone.does(f"review.say:{short(row.id)}")
    assert asks in await phone.speaks(None, refused="broken")
    assert "krijgen mensen makkelijk Nederlands" in await phone.speaks(SPOKEN)
    assert await states(session, FIRST) == ["returned"]
    said = await spoken.of(session, row)
    assert said is not None
    assert said.content == SPOKEN.content

    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    assert await spoken.of(session, row) is None


async def test_a_spoken_reason_goes_in_time_and_with_her_voice(session: AsyncSession) -> None:
    await rolmodel(session)
    judge = (await session.scalars(select(Account).where(Account.role == "rolmodel"))).one()
    for end in ("in time", "with her voice"):
        (row,) = await queue(session, FIRST)
        voice = await media.keep(session, NOW, SPOKEN)
        await texts.return_(session, NOW, row.id, judge, approvals.SPOKEN, voice_id=voice)
        if end == "in time":
            assert await media.sweep(session, NOW + spoken.KEPT - timedelta(seconds=1)) == 0
            assert await spoken.forget(session, NOW + spoken.KEPT - timedelta(seconds=1)) == 0
            assert await spoken.forget(session, NOW + spoken.KEPT) == 1
        else:
            assert await spoken.wipe(session, judge) == 1
        assert await spoken.of(session, row) is None
        assert await states(session, FIRST) == ["returned"]
        row.state = "concept"


async def test_later_comes_last_and_the_last_one_keeps_waiting(session: AsyncSession) -> None:
    await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "een week ervoor" in await phone.taps("Later")
    assert "De tekst blijft op u wachten" in await phone.taps("Later")
    assert await states(session, FIRST) == ["concept"]


async def test_stop_loses_nothing(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "Alles blijft bewaard" in await phone.taps("Stop")
    assert "Tekst 1 van 1" in await phone.does("rolmodel.begin")


async def improving(phone: Phone, number: int = 1) -> str:
    await phone.does("rolmodel.begin")
    await phone.taps("Verbeter")
    label = next(label for label in phone.labels if label.startswith(f"{number} "))
    return await phone.taps(label)


async def test_a_sentence_is_said_better_and_another_speaker_is_asked(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    said = await improving(phone)
    assert "Laat dit staan zoals het is: {day}, {time}" in said

    assert "Een andere rolmodel kijkt nu naar uw tekst." in await phone.types(BETTER)
    assert await states(session, FIRST) == ["concept", "submitted"]
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW
    assert "ሓድሽ ቆጸራ ኣለኩም፦" in await other.does("rolmodel.begin")
    await ticked(other)
    await other.taps("✅ Goed")
    assert await states(session, FIRST) == ["concept", "approved"]


async def test_a_point_that_is_ticked_can_be_unticked_at_once(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    while any("Verder" in label for label in phone.labels):
        await phone.taps("Verder")
    before, (point, *_) = phone.labels, phone.last.buttons
    await phone.does(point.id)
    assert phone.labels != before
    await phone.does(point.id)
    assert phone.labels == before


async def test_what_cannot_be_said_is_refused_and_can_be_typed_again(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    assert "Deze zin kan zo niet. {time} ontbreekt" in await phone.types("ሓድሽ ቆጸራ {day}።")
    assert "Deze zin kan zo niet. Het getal 112 staat niet in het Nederlands" in await phone.types(f"112 {BETTER}")
    assert await states(session, FIRST) == ["concept"]
    assert "De gemeente zoekt iemand" in await phone.types(BETTER)


async def test_alone_with_a_language_staff_look_for_a_second(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    await phone.types(BETTER)
    (task,) = (await session.scalars(select(Task))).all()
    assert (task.kind, task.reason, task.person_id) == ("text_alone", "ti", None)

    await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["concept"]
    await session.refresh(task)
    assert task.closed_at == NOW


async def test_a_label_of_the_menu_is_a_sentence_here(session: AsyncSession) -> None:
    await queue(session, "kinds")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    while "▶️ Verder" in phone.labels:
        await phone.taps("Verder")
    await phone.taps("Verbeter")
    await phone.taps("1 ")
    assert "het Nederlands met “👤”" in await phone.types("Mijn agenda")


async def test_words_of_command_work_while_a_sentence_is_awaited(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await improving(phone)
    assert "U krijgt hier geen berichten meer" in await phone.types("STOP")


async def test_a_long_text_is_read_page_by_page_before_its_checklist(session: AsyncSession) -> None:
    await queue(session, "workshop")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    pages = 1
    while "▶️ Verder" in phone.labels:
        assert not any(label.startswith("☐") for label in phone.labels)
        assert "✅ Goed" not in phone.labels
        await phone.taps("Verder")
        assert phone.last.edit is None
        pages += 1
    assert pages > 2
    assert any(label.startswith("☐") for label in phone.labels)


async def test_all_of_it_fits_a_list_on_whatsapp(session: AsyncSession) -> None:
    await queue(session)
    phone = await rolmodel(session, channel="whatsapp")
    await phone.does("rolmodel.begin")
    for _ in range(60):
        if phone.last.text.startswith("U bent klaar") or "De tekst blijft" in phone.last.text:
            break
        assert twilio_forms.fits(phone.last.text, phone.last.buttons), phone.last.text
        if "▶️ Verder" in phone.labels:
            await phone.taps("Verder")
        else:
            await phone.taps("Verbeter")
            assert twilio_forms.fits(phone.last.text, phone.last.buttons), phone.labels
            await phone.taps("◀️ Terug")
            await phone.taps("Later")


async def test_whatsapp_says_the_text_once_and_the_boxes_anew(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session, channel="whatsapp")
    said = await phone.does("rolmodel.begin")
    again = await phone.taps("☐ Wanneer")
    assert "NL:" in said
    assert "NL:" not in again
    await ticked(phone)
    assert "Over 2 minuten" in await phone.taps("✅ Goed")


async def test_approved_by_another_meanwhile(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    for one in (phone, other):
        await one.does("rolmodel.begin")
        await ticked(one)
    await phone.taps("✅ Goed")
    assert "Een ander heeft gekeken" in await other.taps("✅ Goed")
    assert len((await session.scalars(select(Approval))).all()) == 1


async def test_a_text_that_changed_is_shown_again(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone, other = await rolmodel(session), await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    await improving(other)
    await other.types(BETTER)

    said = await phone.taps("✅ Goed")

    assert "ሓድሽ ቆጸራ ኣለኩም፦" in said
    assert "✅ Goed" not in phone.labels
    assert await states(session, FIRST) == ["concept", "submitted"]


async def test_an_own_text_says_so(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    row.author_id = (await session.scalars(select(Account).where(Account.role == "rolmodel"))).one().id
    await session.flush()
    assert "U schreef deze tekst zelf. Een ander kijkt ernaar." in await phone.taps("✅ Goed")
    assert await states(session, FIRST) == ["concept"]


async def test_good_without_ticks_is_no_approval(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    assert "NL:" in await phone.does(f"review.good:{short(row.id)}")
    assert await states(session, FIRST) == ["concept"]


async def test_a_button_of_another_text_shows_what_waits(session: AsyncSession) -> None:
    rows = await queue(session, FIRST, "appointment.week")
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    await ticked(phone)
    other = next(row for row in rows if row.unit != FIRST)
    assert "afspraak, nieuw" in await phone.does(f"review.good:{short(other.id)}")
    assert await states(session, "appointment.week") == ["concept"]


@pytest.mark.parametrize("guessed", ["x", "", "A" * 22, "/", "x/9999"])
async def test_guessed_buttons_find_nothing(session: AsyncSession, guessed: str) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("rolmodel.begin")
    for verb in ("good", "change", "sentence", "undo", "take_back", "wrong_word", "what", "onward", "later"):
        said = await phone.does(f"review.{verb}:{guessed}")
        assert "Dit bericht is oud" in said or "Tekst 1 van 1" in said
    assert await states(session, FIRST) == ["concept"]


async def test_another_language_is_not_in_the_queue(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session, languages=("ar", "nl"))
    assert "Er wachten nu geen teksten" in await phone.does("rolmodel.begin")
    await phone.does(f"review.good:{short(row.id)}")
    assert await states(session, FIRST) == ["concept"]


async def test_who_is_no_rolmodel_has_no_queue(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await phones.linked(session, await phones.make_person(session, languages=("ti", "nl")))
    for action in ("review.begin", "review.stop", "rolmodel.not_this_week"):
        said = await phone.does(action)
        assert "Dit bericht is oud" in said or "Alles blijft bewaard" in said
    assert (await session.scalars(select(Leave))).all() == []


async def test_by_sms_nothing_is_told(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session, channel="sms")
    said = await phone.does("rolmodel.begin")
    assert "Er is een bericht voor u" in said
    assert "NL:" not in said


async def test_not_this_week(session: AsyncSession) -> None:
    phone = await rolmodel(session)
    assert "U bent vrij tot en met zondag 17 januari." in await phone.does("rolmodel.not_this_week")
    (leave,) = (await session.scalars(select(Leave))).all()
    assert leave.until == date(2027, 1, 17)
    assert "U bent vrij" not in await phone.taps("Toch niet")
    assert (await session.scalars(select(Leave))).all() == []


async def test_tonight(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    assert "Vanavond vragen wij het nog een keer" in await phone.does("rolmodel.tonight")
    (asked,) = (await session.scalars(select(Notice).where(Notice.kind == "work"))).all()
    assert asked.due == NOW + timedelta(hours=10)


async def test_the_time_of_a_judgement_counts_for_the_allowance(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    phone.now = NOW + timedelta(seconds=70)
    await ticked(phone)
    await phone.taps("✅ Goed")
    (worked,) = await session.scalars(select(VolunteerTime))
    assert (worked.what, worked.seconds) == ("review", 70)


class TestNotUnderstood:
    async def judged(self, session: AsyncSession, clear: int, unclear: int) -> tuple[Text, Phone]:
        """A text in force that so many people found clear, and so many not; nothing else waits."""
        (row,) = await queue(session, FIRST)
        row.state = "approved"
        await session.flush()
        wording = Wording(unit=FIRST, language="ti", text_hash=digest(textqueue.body_of(row)))
        await answered_by(session, wording, {"clear": clear, "unclear": unclear})
        return row, await rolmodel(session)

    async def test_waits_for_better_words_and_shows_no_small_number(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 4, 3)
        said = await phone.does("review.begin")
        assert "Antwoorden: 7. Minder dan 80% vindt hem duidelijk." in said
        assert not {"3", "4"} & set(said.rpartition("Antwoorden:")[2])
        assert phone.labels == ["✏️ Verbeter", "⏭ Later", "⏹ Stop"]
        await phone.taps("Verbeter")
        await phone.does(f"review.sentence:{short(row.id)}/0")
        assert "Dank u." in await phone.types(BETTER)
        assert await states(session, FIRST) == ["approved", "submitted"]
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")

    async def test_taken_back_it_waits_again(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 4, 3)
        await phone.does("review.begin")
        await phone.does(f"review.sentence:{short(row.id)}/0")
        await phone.types(BETTER)
        await phone.taps("Toch niet")
        assert "Antwoorden: 7." in await phone.does("review.begin")

    async def test_an_old_button_approves_and_returns_nothing(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 0, 9)
        await phone.does("review.begin")
        for verb in ("good", "what", "later"):
            await phone.does(f"review.{verb}:{short(row.id)}")
        assert await states(session, FIRST) == ["approved"]

    @pytest.mark.parametrize(("clear", "unclear"), [(0, 4), (4, 1), (8, 2)])
    async def test_not_where_it_is_clear_or_too_few_judged(
        self, session: AsyncSession, clear: int, unclear: int
    ) -> None:
        _, phone = await self.judged(session, clear, unclear)
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")

    async def test_a_wording_that_was_mended_starts_anew(self, session: AsyncSession) -> None:
        row, phone = await self.judged(session, 0, 9)
        await texts.add(
            session,
            NOW,
            SHIPPED,
            unit=FIRST,
            language="ti",
            body={**textqueue.body_of(row), "push": (BETTER,)},
            author=await vertaler(session),
            origin="vertaler",
        )
        await phone.does("review.begin")
        await ticked(phone)
        await phone.taps("Goed")
        assert "Er wachten nu geen teksten" in await phone.does("review.begin")


async def vertaler(session: AsyncSession) -> Account:
    return await accounts.add(
        session, NOW, email=f"{uuid4().hex}@voorbeeld.nl", name="Ruth", role="vertaler", languages=("ti", "nl")
    )


async def test_too_late_to_take_back_she_reads_how_it_stands(session: AsyncSession) -> None:
    (row,) = await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await phone.taps("Terug")
    await phone.taps("Te moeilijk")
    phone.now += timedelta(minutes=3)
    assert "Terug naar de schrijver" in await phone.taps("Toch niet")
    row.state = "concept"
    await session.flush()
    await phone.does("review.begin")
    await phone.does(f"review.sentence:{short(row.id)}/0")
    await phone.types(BETTER)
    phone.now += timedelta(minutes=3)
    assert "kijkt" in await phone.taps("Toch niet")
    assert phone.labels == ["▶️ Volgende", "🏠 Begin"]


async def test_who_says_what_is_wrong_can_write_it_right_too(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await phone.taps("Terug")
    assert "Welke zin wilt u beter maken?" in await phone.taps("Verbeter")


async def test_what_is_said_already_can_be_sent_back(session: AsyncSession) -> None:
    await queue(session, FIRST)
    phone = await rolmodel(session)
    await phone.does("review.begin")
    await ticked(phone)
    await phone.taps("Goed")
    phone.now += timedelta(minutes=3)
    assert "Dan kunt u hem terugsturen." in await phone.taps("Toch niet")
    await phone.taps("Terug")
    assert "Terug naar de schrijver" in await phone.taps("Te moeilijk")
    assert await states(session, FIRST) == ["returned"]
    assert "Deze tekst gebruiken wij al." in await phone.taps("Toch niet")
    assert await states(session, FIRST) == ["approved"]
