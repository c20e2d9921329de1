from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.relay import Duty, Question
from core.values import Private
from scheduler.volunteers import volunteer
from tests.bot import phones, rolmodellen
from tests.bot.phones import NOW, SETTINGS, Phone
from tests.bot.spoken import VOICE


async def rolmodel(session: AsyncSession) -> Phone:
    return await rolmodellen.rolmodel(session, reads=("nl", "ti"))


async def asks(session: AsyncSession, text: str = "Hoe werkt de bus?") -> Phone:
    person = await phones.make_person(session, languages=("ti", "nl"))
    phone = await phones.linked(session, person)
    await phone.does("question.rolmodel")
    await phone.types(text)
    return phone


async def only(session: AsyncSession) -> Question:
    (question,) = await session.scalars(select(Question).execution_options(populate_existing=True))
    return question


async def account_of(session: AsyncSession) -> Account:
    """The one rolmodel's."""
    return (await session.scalars(select(Account).where(Account.role == "rolmodel"))).one()


class TestQuestion:
    async def test_is_a_number_a_language_and_the_words(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await asks(session)
        number = (await only(session)).number
        assert await phone.does("relay.open") == f"Vraag {number} · ትግርኛ\nHoe werkt de bus?"
        assert phone.labels == [
            "🎙 Antwoord",
            "🏛 Voor gemeente",
            "⚠️ Te zwaar",
            "👤 Ik ken deze stem",
            "🗣 Geef door",
            "🏠 Begin",
        ]

    async def test_is_answered_in_own_words_and_taken_back(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        assert f"Schrijf of spreek uw antwoord op vraag {(await only(session)).number}." in await phone.taps("Antwoord")
        assert "Dank u. Uw antwoord gaat nu weg." in await phone.types("Met een kaart.")
        assert (await only(session)).answer == Private("Met een kaart.")
        assert "Hoe werkt de bus?" in await phone.taps("Toch niet")
        assert ((await only(session)).state, (await only(session)).answer) == ("taken", None)

    async def test_free_words_are_no_answer_before_she_says_so(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        assert "Dit begrijp ik nog niet" in await phone.types("Wat een mooie vraag is dit toch")
        assert (await only(session)).state == "taken"

    @pytest.mark.parametrize(
        "words",
        [
            "Kijk op voorbeeld.nl",
            "Maak 20 euro over naar NL91 ABNA 0417 1643 00",
            "Bel mij: 06-12 34 56 78",
            "Klik hier: voor\u200bbeeld.\u0441\u043e\u043c",
            f"{'Dat is zo. ' * 150}voorbeeld.nl{' Dag.' * 150}",
        ],
    )
    async def test_an_answer_leads_nowhere_else(self, session: AsyncSession, words: str) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        await phone.taps("Antwoord")
        assert "Uw antwoord ging niet weg." in await phone.types(words)
        assert phone.labels == ["🏛 Voor gemeente", "🏠 Begin"]
        assert ((await only(session)).state, (await only(session)).answer) == ("taken", None)
        assert "Dank u. Uw antwoord gaat nu weg." in await phone.types(
            f"Om 10:00 uur, bus 305. Of bel {SETTINGS.contact_phone}."
        )
        assert (await only(session)).state == "answered"

    async def test_is_spoken_and_answered_by_voice(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        person = await phones.make_person(session, languages=("ti", "nl"))
        other = await phones.linked(session, person)
        await other.does("question.rolmodel")
        await other.speaks(VOICE)
        number = (await only(session)).number
        assert await phone.does("relay.open") == f"Vraag {number} · ትግርኛ · stem, 22 seconden"
        await phone.taps("Antwoord")
        assert "Uw antwoord gaat nu weg" in await phone.speaks(VOICE)
        assert (await only(session)).answer_media_id is not None
        other.now = NOW + timedelta(minutes=2)
        said = await other.does(f"answer.open:{short((await only(session)).id)}")
        assert "Een rolmodel sprak een antwoord in." in said

    @pytest.mark.parametrize(
        ("refused", "said"),
        [("soft", "te zacht"), ("long", "te lang"), ("broken", "niet horen"), ("lost", "niet horen")],
    )
    async def test_an_answer_that_cannot_be_heard_is_spoken_again(
        self, session: AsyncSession, refused: str, said: str
    ) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        await phone.taps("Antwoord")
        assert said in await phone.speaks(None, refused=refused)
        assert (await only(session)).state == "taken"
        assert "Uw antwoord gaat nu weg" in await phone.speaks(VOICE)

    async def test_is_given_away_in_every_way(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await rolmodel(session)
        await asks(session)
        for label, said, state in (
            ("Geef door", "Een andere rolmodel krijgt de vraag.", "waiting"),
            ("Ik ken deze stem", "Een ander antwoordt.", "waiting"),
            ("Voor gemeente", "Wij vragen het de persoon.", "asking"),
            ("Te zwaar", "Een vakmens neemt het over.", "asking"),
        ):
            await phone.does("relay.open")
            assert said in await phone.taps(label)
            assert (await only(session)).state == state
            await phone.taps("Toch niet")
        assert (await only(session)).state == "taken"

    async def test_she_may_talk_about_what_was_too_heavy(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        await phone.taps("Te zwaar")
        assert "Wij bellen u op een werkdag." in await phone.taps("Bel mij")

    async def test_is_gone_when_another_has_it(self, session: AsyncSession) -> None:
        phone, other = await rolmodel(session), await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        await phone.taps("Geef door")
        await other.does("relay.open")
        assert "Deze vraag wacht niet meer op u." in await phone.taps("Toch niet")
        assert "Er wachten nu geen vragen." in await phone.does("relay.open")

    async def test_is_not_before_others_than_rolmodellen(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asks(session)
        for action in ("relay.open", "relay.pass", "duty.open", "duty.today", "duty.off", "rolmodel.work"):
            assert "Dit bericht is oud" in await phone.does(action)
        assert (await only(session)).state == "waiting"

    async def test_her_time_counts(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await asks(session)
        await phone.does("relay.open")
        phone.now = NOW + timedelta(minutes=7)
        await phone.taps("Antwoord")
        await phone.types("Met een kaart.")
        account = await account_of(session)
        assert await volunteer.month(session, account, NOW.date(), SETTINGS.timezone) == (0, 7)


class TestDuty:
    async def test_until_the_end_of_the_day(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        assert "Tot wanneer?" in await phone.does("duty.open")
        said = await phone.taps("Vandaag")
        assert said == "U heeft dienst tot maandag 11 januari, 17:00 uur. Er wachten nu geen vragen."
        await asks(session)
        said = await phone.does("duty.open")
        assert said == "U heeft dienst tot maandag 11 januari, 17:00 uur. Er wacht 1 vraag."
        assert phone.labels == ["▶️ Bekijk", "⏸ Geen dienst", "🗣 Geef door"]
        assert "Hoe werkt de bus?" in await phone.taps("Bekijk")

    async def test_this_week(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await phone.does("duty.open")
        assert "U heeft dienst tot zondag 17 januari, 21:00 uur." in await phone.taps("Deze week")

    async def test_off_gives_the_others_what_she_had(self, session: AsyncSession) -> None:
        phone, other = await rolmodel(session), await rolmodel(session)
        await asks(session)
        await phone.does("duty.today")
        await phone.does("relay.open")
        assert "U heeft nu geen dienst." in await phone.does("duty.off")
        assert "Hoe werkt de bus?" in await other.does("relay.open")

    async def test_passes_on_what_she_did_not_look_at(self, session: AsyncSession) -> None:
        phone, other = await rolmodel(session), await rolmodel(session)
        await asks(session)
        await phone.does("duty.today")
        await phone.does("duty.open")
        assert "Een andere rolmodel krijgt de vraag." in await phone.taps("Geef door")
        assert "Hoe werkt de bus?" in await other.does("relay.open")


class TestWork:
    async def test_everything_is_in_one_bubble(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await phone.does("menu.open")
        assert "Uw werk als rolmodel" in await phone.taps("Mijn werk")
        assert {"📝 Teksten", "🗣 Schrijf nieuws", "🎙 Inspreken", "🗣 Mijn dienst", "📄 Overzicht"} <= set(phone.labels)
        assert len(phone.labels) <= 10

    async def test_a_free_week_ends_her_duty_and_can_be_taken_back(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await phone.does("duty.week")
        await phone.does("rolmodel.work")
        assert "U bent vrij tot en met zondag 17 januari." in await phone.taps("Een week vrij")
        await asks(session)
        assert (await session.scalars(select(Notice).where(Notice.kind == "work"))).all() == []
        assert all(row.ends_at <= NOW for row in await session.scalars(select(Duty)))
        assert "U bent vrij" not in await phone.taps("Toch niet")
        assert "U heeft dienst tot zondag 17 januari" in await phone.does("duty.open")

    async def test_a_duty_that_ended_by_mistake_goes_on_until_the_same_moment(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        before = await phone.does("duty.week")
        await phone.taps("Geen dienst")
        assert await phone.taps("Toch niet") == before
        for forged in ("", "x", "0", "99999999999", "9" * 40):
            await phone.does("duty.off")
            assert "Tot wanneer?" in await phone.does(f"duty.on:{forged}")

    async def test_what_she_took_and_left_waits_for_her(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        await phone.does("duty.week")
        await asks(session)
        shown = await phone.does("relay.open")
        await phone.taps("Begin")
        assert "Er wacht 1 vraag." in await phone.does("duty.open")
        assert await phone.taps("Bekijk") == shown

    async def test_her_hours_of_this_month(self, session: AsyncSession) -> None:
        phone = await rolmodel(session)
        account = await account_of(session)
        for _ in range(11):
            await volunteer.add(session, NOW, account, "review", 900)
        said = await phone.does("rolmodel.hours")
        assert said == "U deed deze maand 2 uur en 45 minuten.\nmaandag 11 januari: 165 minuten"
