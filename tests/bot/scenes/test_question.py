from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import short
from core.tables.people import Account
from core.tables.relay import Question
from core.tables.voice import Media
from core.values import Private
from messaging.channel import Attached
from scheduler.volunteers import questions, relay
from tests.bot import phones, rolmodellen
from tests.bot.phones import NOW, SETTINGS, Phone
from tests.bot.spoken import VOICE


async def rolmodel(session: AsyncSession, *languages: str) -> Account:
    spoken = languages or rolmodellen.LANGUAGES
    person = await phones.make_person(session, doelgroep="overig", languages=spoken)
    return await rolmodellen.account(session, person, "Selam", spoken)


async def asker(session: AsyncSession, *, shared: bool = False, channel: str = "telegram") -> Phone:
    person = await phones.make_person(session, languages=("ti", "nl"))
    person.pictures = [0, 3]
    return await phones.linked(session, person, shared=shared, channel=channel)


async def only(session: AsyncSession) -> Question:
    (question,) = await session.scalars(select(Question).execution_options(populate_existing=True))
    return question


async def asked(session: AsyncSession, phone: Phone, text: str = "Hoe werkt de bus?") -> Question:
    await phone.does("question.ask")
    await phone.taps("Een rolmodel")
    await phone.types(text)
    return await only(session)


class TestAsking:
    async def test_in_own_words_and_by_when_there_is_an_answer(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        assert "Wie mag antwoord geven?" in await phone.does("question.ask")
        assert "Noem geen namen, geen BSN en geen ziekte." in await phone.taps("Een rolmodel")
        said = await phone.types("Hoe werkt de bus?")
        assert "Het antwoord komt op dinsdag 12 januari, of eerder." in said
        question = await only(session)
        assert (question.text, question.language, question.state) == (Private("Hoe werkt de bus?"), "ti", "waiting")

    async def test_hidden_marks_are_taken_out(self, session: AsyncSession) -> None:
        await rolmodel(session)
        question = await asked(session, await asker(session), "Hoe\u202e werkt\u200b dit?")
        assert question.text == Private("Hoe werkt dit?")

    async def test_nobody_speaks_her_language(self, session: AsyncSession) -> None:
        await rolmodel(session, "ar", "nl")
        phone = await asker(session)
        await phone.does("question.ask")
        assert "Er is nu geen rolmodel met uw taal." in await phone.taps("Een rolmodel")
        assert "Wij bellen u over uw vraag" in await phone.taps("Ja")

    async def test_too_long_is_said_and_waited_for(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await phone.does("question.rolmodel")
        assert "Uw vraag is te lang." in await phone.types("x" * 1001)
        assert "Dank u." in await phone.types("x" * 1000)

    async def test_after_all_not(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await phone.does("question.rolmodel")
        assert "Wij doen niets" in await phone.taps("Toch niet")
        assert "Dit begrijp ik nog niet" in await phone.types("Hoe werkt de bus eigenlijk?")
        assert (await session.scalars(select(Question))).all() == []

    async def test_taken_away_at_once(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await asked(session, phone)
        assert "Wij hebben het gewist" in await phone.taps("Wis dit")
        assert ((await only(session)).state, (await only(session)).text) == ("wiped", None)

    async def test_the_municipality_calls_as_ever(self, session: AsyncSession) -> None:
        phone = await asker(session)
        await phone.does("question.ask")
        assert "Wij bellen u over uw vraag" in await phone.taps("De gemeente")

    async def test_by_sms_a_call(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session, channel="sms")
        await phone.does("question.rolmodel")
        await phone.types("Hoe werkt de bus eigenlijk?")
        assert (await session.scalars(select(Question))).all() == []

    async def test_on_a_shared_phone_after_the_pictures(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session, shared=True)
        await phone.does("question.ask")
        assert "plaatje" in await phone.taps("Een rolmodel")
        await phone.taps("🌳")
        assert "Spreek of schrijf uw vraag." in await phone.taps("🔑")
        phone.now = NOW + timedelta(minutes=11)
        assert "plaatje" in await phone.types("Hoe werkt de bus eigenlijk?")
        assert (await session.scalars(select(Question))).all() == []


class TestVoice:
    async def test_is_a_question_where_it_was_waited_for(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await phone.does("question.rolmodel")
        assert "Dank u." in await phone.speaks(VOICE)
        question = await only(session)
        assert question.text is None
        assert (await session.get_one(Media, question.media_id)).content == b"OggS"

    @pytest.mark.parametrize(
        ("refused", "said"),
        [("long", "Uw vraag is te lang."), ("broken", "kunnen wij niet horen"), ("soft", "is te zacht")],
    )
    async def test_that_cannot_be_used_is_asked_for_again(self, session: AsyncSession, refused: str, said: str) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await phone.does("question.rolmodel")
        assert said in await phone.speaks(None, refused=refused)
        assert "Dank u." in await phone.speaks(VOICE)

    async def test_outside_a_question_is_fetched_only_after_yes(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        assert "Wilt u dit als vraag sturen?" in await phone.speaks(VOICE)
        assert phone.fetched == []
        assert "Dank u." in await phone.taps("Ja")
        assert len(phone.fetched) == 1
        assert (await only(session)).media_id is not None

    async def test_outside_a_question_is_forgotten_after_no(self, session: AsyncSession) -> None:
        await rolmodel(session)
        phone = await asker(session)
        await phone.speaks(VOICE)
        assert "Wij hebben het gewist" in await phone.taps("Nee")
        assert phone.fetched == []
        assert (await session.scalars(select(Question))).all() == []

    async def test_a_photo_gets_the_answer_it_always_got(self, session: AsyncSession) -> None:
        phone = await asker(session)
        assert "Wij kijken niet naar foto's" in await phone.sends(Attached.PHOTO)


class TestAnswer:
    async def answered(self, session: AsyncSession, phone: Phone, text: str) -> Question:
        account = await rolmodel(session)
        question = await asked(session, phone)
        await relay.take(session, NOW, SETTINGS, account)
        await relay.answer(session, NOW, SETTINGS, question, account, text=text)
        return question

    async def test_is_read_after_two_minutes(self, session: AsyncSession) -> None:
        phone = await asker(session)
        question = await self.answered(session, phone, "Met een kaart.")
        opened = f"answer.open:{short(question.id)}"
        assert "Met een kaart" not in await phone.does(opened)
        phone.now = NOW + timedelta(minutes=2)
        assert "🗣 Antwoord van een rolmodel:\nMet een kaart." in await phone.does(opened)
        assert phone.labels == ["✅ Duidelijk", "📞 Bel mij", "💬 Nog een vraag"]
        assert "Deze vraag is klaar." in await phone.taps("Duidelijk")

    async def test_a_long_one_is_whole_in_several_bubbles(self, session: AsyncSession) -> None:
        phone = await asker(session)
        words = " ".join(f"woord{number}" for number in range(400))
        question = await self.answered(session, phone, words)
        phone.now = NOW + timedelta(minutes=2)
        said = await phone.does(f"answer.open:{short(question.id)}")
        assert said.replace("🗣 Antwoord van een rolmodel:\n", "").replace("\n---\n", " ") == words
        assert all(len(bubble.text) <= 1600 for bubble in phone.heard)

    async def test_is_nobody_else_s(self, session: AsyncSession) -> None:
        question = await self.answered(session, await asker(session), "Met een kaart.")
        other = await asker(session)
        other.now = NOW + timedelta(minutes=2)
        for action in ("open", "yes", "no", "clear"):
            assert "Dit bericht is oud" in await other.does(f"answer.{action}:{short(question.id)}")
        assert "Dit bericht is oud" in await other.does(f"question.wipe:{short(question.id)}")
        assert (await only(session)).state == "answered"

    async def test_is_over_once_it_is_wiped(self, session: AsyncSession) -> None:
        phone = await asker(session)
        question = await self.answered(session, phone, "Met een kaart.")
        await questions.wipe(session, NOW, SETTINGS, question)
        assert "Deze vraag is klaar." in await phone.does(f"answer.open:{short(question.id)}")


class TestHandOver:
    async def about(self, session: AsyncSession, phone: Phone, why: questions.Why) -> str:
        await rolmodel(session)
        question = await asked(session, phone)
        await questions.may_see(session, NOW, SETTINGS, question, why)
        return await phone.does(f"answer.open:{short(question.id)}")

    async def test_with_her_yes_the_municipality_calls(self, session: AsyncSession) -> None:
        phone = await asker(session)
        assert "Mag de gemeente uw vraag zien?" in await self.about(session, phone, "asked")
        assert "Wij bellen u over uw vraag" in await phone.taps("Ja")
        question = await only(session)
        assert question.state == "municipality"
        assert await phones.tasks_of(session, question.person_id) == [("question", "handed_over")]
        assert "Karin belt u" in await phone.taps("Ochtend")

    async def test_without_it_the_question_stays(self, session: AsyncSession) -> None:
        phone = await asker(session)
        await self.about(session, phone, "asked")
        assert "Dan blijft de vraag hier. Wij wissen hem over 7 dagen." in await phone.taps("Nee")
        question = await only(session)
        assert (question.state, await phones.tasks_of(session, question.person_id)) == ("kept", [])

    async def test_what_was_too_heavy_asks_for_danger_first(self, session: AsyncSession) -> None:
        phone = await asker(session)
        danger, choice = (await self.about(session, phone, "heavy")).split("\n---\n")
        assert "Bent u nu in gevaar? Bel 112." in danger
        assert "Mag de gemeente uw vraag zien?" in choice
        assert [button.label for button in phone.heard[-2].buttons] == ["📞 Ik ben alleen", "🕙 Later", "🗑 Wis dit"]

    async def test_too_slow_is_said_as_it_is(self, session: AsyncSession) -> None:
        phone = await asker(session)
        assert "Het antwoord duurt langer. Dat spijt ons." in await self.about(session, phone, "slow")

    async def test_an_old_yes_after_the_answer_shows_the_answer(self, session: AsyncSession) -> None:
        phone = await asker(session)
        await self.about(session, phone, "slow")
        question, account = await only(session), await rolmodel(session)
        await relay.answer(session, NOW, SETTINGS, question, account, text="Toch nog")
        phone.now = NOW + timedelta(minutes=2)
        assert "Toch nog" in await phone.taps("Ja")
        assert (await only(session)).state == "answered"
