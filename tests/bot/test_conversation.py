import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import conversation
from core import addresses
from core.tables.chats import Chat, Reply
from core.tables.people import Consent
from core.values import Handle
from messaging.channel import Attached, Incoming, from_json
from tests.bot import phones
from tests.bot.phones import NOW, SETTINGS, TEXTS, Phone


async def welcomed(phone: Phone) -> None:
    """From the first word to the request for a card."""
    await phone.types("hallo")
    await phone.taps("Nederlands")
    await phone.taps("Lezen")
    await phone.taps("Verder")
    await phone.taps("Verder")
    await phone.taps("Ja, hier")
    await phone.taps("Alleen ik")
    await phone.taps("Ja")


class TestUnknownPhone:
    async def test_chooses_a_language_by_its_own_name(self, session: AsyncSession) -> None:
        phone = Phone(session=session)
        assert await phone.types("/start") == "Kies uw taal."
        assert phone.labels[:3] == ["ትግርኛ", "العربية", "دری"]
        assert phone.last.columns == 2
        await phone.taps("Meer talen")
        assert "Polski" in phone.labels
        await phone.taps("Terug")
        assert phone.labels[:3] == ["ትግርኛ", "العربية", "دری"]

    async def test_hears_in_three_messages_what_this_is(self, session: AsyncSession) -> None:
        phone = Phone(session=session)
        await phone.types("/start")
        assert "Wilt u lezen of horen?" in await phone.taps("Nederlands")
        assert "De brieven blijven ook komen" in await phone.taps("Lezen")
        assert "Telegram is een bedrijf" in await phone.taps("Verder")
        assert "Nee is ook goed" in await phone.taps("Verder")
        assert phone.labels == ["✅ Ja, hier", "❌ Nee, niet hier", "💬 Ik heb een vraag"]

    async def test_links_with_a_typed_code_and_two_pictures(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        phone = Phone(session=session)
        await welcomed(phone)
        assert "Typ nu de code" in phone.last.text
        assert "Welke twee plaatjes" in await phone.types((await phones.card(session, person)).lower())
        assert "tweede plaatje" in await phone.taps("🌳")
        assert "Deze telefoon is nu van u" in await phone.taps("🔑")
        purposes = {(row.purpose, row.given) for row in await session.scalars(select(Consent))}
        assert purposes == {("channel:telegram", True), ("news", True)}
        assert "U heeft nu geen afspraken" in await phone.taps("Mijn agenda")

    async def test_may_say_no(self, session: AsyncSession) -> None:
        phone = Phone(session=session)
        for step in ("hallo",):
            await phone.types(step)
        for label in ("Nederlands", "Lezen", "Verder", "Verder"):
            await phone.taps(label)
        assert "De brieven blijven komen" in await phone.taps("Nee, niet hier")

    async def test_hears_nothing_personal(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        row = await phones.make_appointment(session, person)
        phone = Phone(session=session)
        for action in ("agenda.open", f"appointment.where:{row.id}", "leefgeld.overview", "menu.more"):
            assert "Veghel" not in await phone.does(action)

    async def test_by_sms_hears_how_to_get_a_card_once(self, session: AsyncSession) -> None:
        phone = Phone(session=session, channel="sms")
        assert (await phone.types("hallo")).startswith("PIM Welkom, gemeente Meierijstad. Wij kennen dit nummer nog")
        assert phone.last.buttons == ()
        assert await phone.types("hallo?") == ""
        assert (await phone.types("PIM 7Q4K-M2XD-9TRA-5H")).startswith("PIM Welkom, gemeente Meierijstad. Wij kennen")


class TestCard:
    async def test_greets_in_the_language_of_the_card(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        phone = Phone(session=session)
        assert "Uw taal is Nederlands" in await phone.types(f"/start {await phones.card(session, person)}")
        for label in ("Ja", "Verder", "Verder", "Ja, hier", "Alleen ik", "Nee"):
            await phone.taps(label)
        assert "Druk op het eerste plaatje" in phone.last.text

    async def test_used_or_old_says_so_kindly(self, session: AsyncSession) -> None:
        phone = Phone(session=session, channel="whatsapp")
        assert "Deze kaart is al gebruikt, of te oud." in await phone.types("PIM 7Q4K-M2XD-9TRA-5H")

    async def test_locks_after_three_wrong_pictures(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        phone = Phone(session=session)
        await welcomed(phone)
        await phone.types(await phones.card(session, person))
        for _ in range(2):
            await phone.taps("🐟")
            assert "Probeer het rustig nog een keer" in await phone.taps("🐟")
        await phone.taps("🐟")
        assert "De gemeente belt u" in await phone.taps("🐟")
        assert ("wrong_card", "pictures") in await phones.tasks_of(session, person.id)

    async def test_ends_the_old_chat_on_the_same_channel(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        old = await phones.linked(session, person)
        phone = Phone(session=session)
        await welcomed(phone)
        await phone.types(await phones.card(session, person))
        await phone.taps("🌳")
        await phone.taps("🔑")
        assert "Kies uw taal" in await old.does("agenda.open")


class TestUniversalWords:
    @pytest.mark.parametrize("word", ["STOP", "stop alstublieft", "توقف", "ደው", "ኣቁም", "dur"])
    async def test_stop_in_any_language(self, session: AsyncSession, word: str) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "U krijgt hier geen berichten meer" in await phone.types(word)
        assert "Welkom terug" in await phone.taps("START")

    async def test_after_stop_no_answer_goes_that_still_waits(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        await phone.types("help")
        stopped = await phone.types("STOP")
        waiting = await session.scalars(select(Reply).where(Reply.state == "planned").order_by(Reply.n))
        assert [from_json(reply.message or {}).text for reply in waiting] == [stopped]

    async def test_a_sentence_with_stop_is_asked_about(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert await phone.types("Ik wil stoppen met de cursus") == "Wilt u geen berichten meer?"
        assert "blijft zoals het is" in await phone.taps("Nee")

    @pytest.mark.parametrize(
        ("reason", "said", "alive"),
        [
            ("stopped_at_provider", "start", True),
            ("stopped_at_provider", "hallo", False),
            ("not_mobile", "hallo", True),
            ("number_gone", "hallo", False),
            ("number_gone", "start", False),
        ],
    )
    async def test_an_address_that_was_given_up_and_writes(
        self, session: AsyncSession, reason: str, said: str, alive: bool
    ) -> None:
        phone = await phones.linked(session, await phones.make_person(session), channel="sms")
        address = await addresses.ensure(session, phone.now, "sms", phone.handle)
        address.dead_at, address.dead_reason = phone.now, reason
        await session.flush()
        await phone.types(said)
        await session.refresh(address)
        assert (address.dead_at is None) is alive

    async def test_help_names_a_number(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "14 0413" in await phone.types("help")

    async def test_really_tells_how_many_messages_went(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert (await phone.types("echt?")).startswith("Nee. Vandaag stuurden wij u niets.")

    async def test_menu_words_may_be_typed_and_misspelled(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "geen afspraken" in await phone.types("mijn agnda")
        assert "geen afspraken" in await phone.types("Agenda")


class TestWhatIsNotUnderstood:
    async def test_gets_the_menu(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "Dit begrijp ik nog niet" in await phone.types("wanneer komt mijn dochter")
        assert phone.labels == ["📞 Bel mij", "💬 Vraag stellen", "📅 Mijn agenda"]

    async def test_by_sms_is_answered_once(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session), channel="sms")
        assert "dit begrijpen wij niet" in await phone.types("bla bla bla")
        assert await phone.types("bla bla bla") == ""

    @pytest.mark.parametrize("action", ["", "x", "agenda", "agenda.", "nothing.open", "appointment.yes:", "call.not:x"])
    async def test_a_guessed_button_looks_like_one_that_is_gone(self, session: AsyncSession, action: str) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "Dit bericht is oud" in await phone.does(action)

    @pytest.mark.parametrize("kind", [Attached.PHOTO, Attached.DOCUMENT, Attached.CONTACT])
    async def test_a_photo_gets_a_fixed_answer(self, session: AsyncSession, kind: Attached) -> None:
        phone = await phones.linked(session, await phones.make_person(session))
        assert "Wij kijken niet naar foto's" in await phone.sends(kind)

    async def test_a_group_hears_one_polite_sentence(self, session: AsyncSession) -> None:
        incoming = Incoming(channel="telegram", handle=Handle("-100"), text="agenda", group=True)
        for expected in (1, 0):
            ids = await conversation.answer(session, SETTINGS, TEXTS, NOW, incoming, edits=True)
            assert len(ids) == expected


class TestSms:
    async def test_the_first_one_is_answered_with_1(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        phone = await phones.linked(session, person, channel="sms")
        assert (await phone.types("1")).startswith("PIM Welkom: dank u.")

    async def test_3_is_always_a_call(self, session: AsyncSession) -> None:
        person = await phones.make_person(session)
        phone = await phones.linked(session, person, channel="sms")
        assert (await phone.types("3")).startswith("PIM Welkom: goed. Karin belt u")
        assert await phones.tasks_of(session, person.id) == [("call_me", "asked")]

    async def test_answers_are_numbered_from_4_where_no_digit_is_fixed(self, session: AsyncSession) -> None:
        phone = await phones.linked(session, await phones.make_person(session), channel="sms")
        await phone.does("settings.less")
        assert [(button.digit, button.label) for button in phone.last.buttons] == [
            (4, "Geen nieuws"),
            (5, "Alleen overdag"),
            (6, "Alles stop"),
        ]
        chat = (await session.scalars(select(Chat))).all()[-1]
        assert chat.choices["5"] == "settings.daytime"
